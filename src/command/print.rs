//! Standard output of the commands. The reader may close it early, as `head` does: that is no failure.

use std::io::{ErrorKind, Write};

use crate::command::failure::Failure;

/// Prints a text and a line break.
pub fn line(text: impl std::fmt::Display) -> Result<(), Failure> {
    text_as_is(&format!("{text}\n"))
}

/// Prints a text whose line breaks are in it.
pub fn text_as_is(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::unavailable(format!("Cannot print: {error}"))),
        _ => Ok(()),
    }
}
