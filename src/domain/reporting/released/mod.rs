//! Released figures: what may be told of a group without telling of anybody in it (DOMAIN §5).
//!
//! A release is a frozen count of records by the ten dimensions below. Everything that can be asked about it is a table by at most three of
//! them: a filter is one more dimension, and its answer a part of that table. So what an attacker can know is the finite set of these
//! tables, whatever is asked, and in whatever order.

mod cross;
mod dimension;
mod published;
mod rounding;
mod settled;

pub use cross::{Cross, Facts, Record};
pub use dimension::{MOST_CELLS, MOST_DIMENSIONS, ReleasedDimension, is_barred};
pub use published::{Published, PublishedCell};
pub use rounding::{LARGEST_GROUP, ReleaseRules, SMALLEST_GROUP, figure, rounded};
