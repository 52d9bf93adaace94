//! The API documents, and where the handlers that serve them get them from.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::api::http::static_page::{Kind, Page};
use crate::api::openapi::audience;
use crate::api::openapi::compact;
use crate::api::openapi::downgrade;
use crate::domain::access::audience::Audience;
use crate::error::{Error, Result};

/// The versions of OpenAPI in which the document is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// OpenAPI 3.1.
    V31,
    /// OpenAPI 3.0.3.
    V30,
}

/// The documents as an installation serves them. The handlers get it as application data: they cannot import what lists the
/// handlers. Each is made when it is first asked for, and only the bytes that are sent are kept.
pub struct DocumentSource {
    make: fn() -> Result<Value>,
    public_url: String,
    pages: BTreeMap<(Version, Option<Audience>), OnceLock<Page>>,
}

impl DocumentSource {
    /// The documents of an installation with this public address, made from what `make` makes.
    pub fn new(make: fn() -> Result<Value>, public_url: &str) -> Self {
        let audiences = || std::iter::once(None).chain(Audience::ALL.iter().copied().map(Some));
        let pages = [Version::V31, Version::V30].into_iter().flat_map(|version| audiences().map(move |audience| (version, audience)));
        Self { make, public_url: public_url.to_owned(), pages: pages.map(|page| (page, OnceLock::new())).collect() }
    }

    /// One document; for everybody, if no audience is named.
    pub fn page(&self, version: Version, audience: Option<Audience>) -> Result<&Page> {
        let page = self.pages.get(&(version, audience)).ok_or_else(|| Error::internal("a document that nobody listed"))?;
        if let Some(page) = page.get() {
            return Ok(page);
        }
        let text = served((self.make)()?, version, audience, &self.public_url)?;
        Ok(page.get_or_init(|| Page::of(Kind::Document, text)))
    }
}

/// A document as it is served: with the address of this installation, which tools take requests to, and without what makes the
/// printed one readable and the download twice as long.
fn served(mut document: Value, version: Version, audience: Option<Audience>, public_url: &str) -> Result<String> {
    if let Some(url) = document.pointer_mut("/servers/0/url") {
        *url = Value::from(public_url);
    }
    if let Some(audience) = audience {
        audience::narrow(&mut document, audience);
    }
    compact::shorten(&mut document);
    if version == Version::V30 {
        compact::leave_out_pagination(&mut document);
        document = downgrade::down_convert(&document);
    }
    serde_json::to_string(&document).map_err(Error::internal)
}
