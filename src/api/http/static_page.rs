//! A page that is made at the first request, compressed once, and kept.

use actix_web::http::header::{self, EntityTag};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use crate::api::http::compression::takes_gzip;
use crate::api::http::entity_tags::is_known;
use crate::api::http::print_page;
use crate::crypto::sha256;

/// The policy of a page that is only read.
const READ: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The policy of a guide, which also runs its own script; the script makes no requests.
const COPY: &str =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The policy of the reference and the first sign-in, whose script sends requests to this server alone and shows the QR code that
/// it made.
const TRY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of the staff console: as that of a client, and no text becomes markup or a script in any way (Trusted Types), for what
/// people are called and what they tell is shown on it. The style of printed pages is named, because such a page is shown inside of it.
static CONSOLE: LazyLock<String> = LazyLock::new(|| {
    let style = print_page::STYLE_HASH.as_str();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' {style}; img-src 'self' blob:; font-src 'self'; connect-src 'self'; \
         frame-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
});

/// Pages by their path.
pub type Pages = HashMap<String, Page>;

/// The kind of a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text to read.
    Text,
    /// A guide, with the script that copies its commands.
    Guide,
    /// A page whose script is a client of the API: of the reference, or the first sign-in.
    Client,
    /// The page of the staff console.
    Console,
    /// The API document.
    Document,
    /// A file that pages load. Its address names its contents, so that it can be cached for ever.
    Asset(&'static str),
}

impl Kind {
    /// The content security policy of the page.
    pub fn policy(self) -> &'static str {
        match self {
            Self::Client => TRY,
            Self::Console => &CONSOLE,
            Self::Guide => COPY,
            Self::Text | Self::Document | Self::Asset(_) => READ,
        }
    }
}

/// A page, made when it is first asked for.
pub struct Page {
    kind: Kind,
    make: Box<dyn Fn() -> String + Send + Sync>,
    made: OnceLock<Made>,
}

struct Made {
    plain: Bytes,
    packed: Bytes,
    fingerprint: String,
}

impl Page {
    /// A page of this kind.
    pub fn new(kind: Kind, make: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self { kind, make: Box::new(make), made: OnceLock::new() }
    }

    /// A page that is made already.
    pub fn of(kind: Kind, text: String) -> Self {
        Self { kind, make: Box::new(String::new), made: OnceLock::from(Made::of(text)) }
    }

    /// The answer to a request: compressed where the client takes it, 304 where the client has the page.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let made = self.made.get_or_init(|| Made::of((self.make)()));
        let packed = takes_gzip(request);
        let tag = EntityTag::new_strong(if packed { format!("{}-gzip", made.fingerprint) } else { made.fingerprint.clone() });
        let unchanged = is_known(request.headers(), &tag.to_string());
        let mut answer = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer.insert_header(header::ETag(tag)).insert_header((header::VARY, "Accept-Encoding"));
        // A browser asks for a page again each time, which costs 304 and no body: after an upgrade no old page is shown.
        let (content_type, cache) = match self.kind {
            Kind::Asset(content_type) => (content_type, "public, max-age=31536000, immutable"),
            Kind::Document => ("application/json", "public, max-age=300"),
            Kind::Text | Kind::Guide | Kind::Client => ("text/html; charset=utf-8", "public, no-cache"),
            // Not kept at all: after a sign-out the browser's history must not show the page as it was.
            Kind::Console => ("text/html; charset=utf-8", "no-store"),
        };
        answer.insert_header((header::CACHE_CONTROL, cache));
        answer.insert_header((header::CONTENT_SECURITY_POLICY, self.kind.policy()));
        if self.kind == Kind::Console {
            // No page of another origin that opened this one gets a hold of its window.
            answer.insert_header(("Cross-Origin-Opener-Policy", "same-origin"));
        }
        if unchanged {
            return answer.finish();
        }
        answer.content_type(content_type);
        if packed {
            answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(made.packed.clone())
        } else {
            answer.body(made.plain.clone())
        }
    }
}

impl Made {
    fn of(text: String) -> Self {
        let fingerprint = fingerprint(text.as_bytes());
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail; if it did, the page would be served uncompressed.
        let packed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { plain: text.into(), packed: packed.into(), fingerprint }
    }
}

/// A short name for a text, derived from its contents.
pub fn fingerprint(text: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sha256(text).get(..12).unwrap_or_default())
}
