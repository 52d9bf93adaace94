//! The tables and queries of the area `cases`: registering and changing cases, stays, relations, attachments, history and
//! location.

pub mod attachment_cleanup;
pub mod attachment_content;
pub mod attachments;
pub mod change;
pub mod coming_of_age;
pub mod family;
pub mod history;
pub mod linking;
pub mod location;
pub mod register;
pub mod stays;
