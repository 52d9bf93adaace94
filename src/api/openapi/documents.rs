//! The API documents, and where the handlers that serve them get them from.

use serde_json::Value;
use std::sync::OnceLock;

use crate::api::http::static_page::{Kind, Page};
use crate::error::{Error, Result};

/// The API documents.
pub struct Documents {
    /// OpenAPI 3.1.
    pub openapi_31: String,
    /// OpenAPI 3.0.3.
    pub openapi_30: String,
}

/// The documents as an installation serves them. The handlers get it as application data: they cannot import what lists the
/// handlers.
pub struct DocumentSource {
    make: fn() -> Result<&'static Documents>,
    public_url: String,
    openapi_31: OnceLock<Page>,
    openapi_30: OnceLock<Page>,
}

impl DocumentSource {
    /// The documents of an installation with this public address, made by `make` when they are first asked for.
    pub fn new(make: fn() -> Result<&'static Documents>, public_url: &str) -> Self {
        Self { make, public_url: public_url.to_owned(), openapi_31: OnceLock::new(), openapi_30: OnceLock::new() }
    }

    /// OpenAPI 3.1.
    pub fn openapi_31(&self) -> Result<&Page> {
        let document = (self.make)()?;
        self.page(&self.openapi_31, &document.openapi_31)
    }

    /// OpenAPI 3.0.3.
    pub fn openapi_30(&self) -> Result<&Page> {
        let document = (self.make)()?;
        self.page(&self.openapi_30, &document.openapi_30)
    }

    fn page<'a>(&self, page: &'a OnceLock<Page>, text: &str) -> Result<&'a Page> {
        if let Some(page) = page.get() {
            return Ok(page);
        }
        let served = served(text, &self.public_url)?;
        Ok(page.get_or_init(|| Page::new(Kind::Document, move || served.clone())))
    }
}

/// The document as it is served: with the address of this installation, which tools take requests to, and without the white space
/// that makes the printed one readable and the download twice as long.
fn served(text: &str, public_url: &str) -> Result<String> {
    let mut document: Value = serde_json::from_str(text).map_err(Error::internal)?;
    if let Some(url) = document.pointer_mut("/servers/0/url") {
        *url = Value::from(public_url);
    }
    serde_json::to_string(&document).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_served_document_names_the_installation_and_is_no_longer_than_it_must_be() {
        let served = served("{\n  \"servers\": [ { \"url\": \"/\" } ],\n  \"paths\": {}\n}", "https://cases.example").unwrap();
        assert_eq!(served, r#"{"servers":[{"url":"https://cases.example"}],"paths":{}}"#);
    }
}
