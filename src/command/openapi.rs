//! `homeward openapi`: prints the API document.

use std::io::Write;

use crate::api::openapi;
use crate::command::failure::Failure;

/// Prints the document: 3.1, or with `version_30` 3.0.3.
pub fn print(version_30: bool) -> Result<(), Failure> {
    let documents = openapi::make()?;
    let text = if version_30 { documents.openapi_30 } else { documents.openapi_31 };
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::unavailable(format!("Cannot print: {error}"))),
        _ => Ok(()),
    }
}
