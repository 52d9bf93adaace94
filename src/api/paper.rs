//! What is printed: the frame of a page on A4 paper. Everything it needs is inside it, so it prints the same at a border
//! post without a network; and it runs nothing.

use actix_web::HttpResponse;
use actix_web::http::header;
use base64::Engine;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::crypto::sha256;
use crate::db::{Tx, users};
use crate::domain::dates::Timestamp;
use crate::error::Result;

const STYLE: &str = "\
@page { size: A4; margin: 15mm 12mm; }
body { font: 10pt/1.35 system-ui, 'Noto Sans', 'Noto Sans Khmer', 'Noto Sans Myanmar', 'Noto Sans Arabic', 'Noto Sans CJK SC', sans-serif; color: #000; background: #fff; margin: 0 auto; max-width: 186mm; }
header, footer { font-size: 8pt; color: #333; }
header { border-bottom: 1px solid #333; margin-bottom: 4mm; }
footer { border-top: 1px solid #333; margin-top: 6mm; }
h1 { font-size: 15pt; margin: 2mm 0; }
h2 { font-size: 12pt; margin: 5mm 0 1mm; break-after: avoid; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 1px solid #999; padding: 1mm 1.5mm; text-align: start; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.5mm 4mm; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; }
@media print { th { print-color-adjust: exact; } }
";

/// Who printed a page, and when.
pub struct Printed {
    /// What the user is called.
    pub by: String,
    /// Their organisation.
    pub organisation: String,
    /// When.
    pub at: Timestamp,
}

impl Printed {
    /// The user who acts, now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn now(tx: &mut Tx<'_>) -> Result<Self> {
        let (by, organisation) = users::own_names(tx)?.unwrap_or_else(|| ("Homeward".to_owned(), String::new()));
        Ok(Self { by, organisation, at: tx.now })
    }

    fn line(&self) -> Markup {
        html! {
            "Printed by " span dir="auto" { (self.by) } ", " span dir="auto" { (self.organisation) } ", "
            (self.at.utc().format("%Y-%m-%d %H:%M")) " UTC"
        }
    }
}

/// A page to be printed. Give every value that somebody typed an element with `dir="auto"`, so that any script prints right.
pub fn page(title: &str, printed: &Printed, body: Markup) -> HttpResponse {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { p { "Confidential: about people who may be in danger. " (printed.line()) } }
                main { h1 dir="auto" { (title) } (body) }
                footer { p { (printed.line()) ". Destroy when it is not needed any more." } }
            }
        }
    };
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy()))
        .body(page.into_string())
}

/// Nothing but this one style, named by its hash: not even a style that somebody smuggled into a name.
fn policy() -> String {
    let hash = base64::prelude::BASE64_STANDARD.encode(sha256(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}
