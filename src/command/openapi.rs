//! `homeward openapi`: prints the API document.

use crate::api::openapi;
use crate::command::failure::Failure;
use crate::command::print;

/// Prints the document: 3.1, or with `version_30` 3.0.3.
pub fn print(version_30: bool) -> Result<(), Failure> {
    let documents = openapi::make()?;
    let text = if version_30 { documents.openapi_30 } else { documents.openapi_31 };
    print::text_as_is(&text)
}
