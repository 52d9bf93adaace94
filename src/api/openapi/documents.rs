//! The API documents, and where the handlers that serve them get them from.

use crate::error::Result;

/// The API documents.
pub struct Documents {
    /// OpenAPI 3.1.
    pub openapi_31: String,
    /// OpenAPI 3.0.3.
    pub openapi_30: String,
}

/// Makes the documents when they are first asked for. The handlers get it as application data: they cannot import what lists
/// the handlers.
pub struct DocumentSource(pub fn() -> Result<&'static Documents>);
