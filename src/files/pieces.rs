//! A file as a stream of pieces.

use bytes::Bytes;
use futures_util::Stream;
use std::pin::Pin;

use crate::error::Result;

/// Bytes of a file, one piece after another.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;
