//! Pages for the printer: A4, any script, nothing loaded, marked with the user who printed them and the time.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::crypto::sha256;
use crate::domain::zones::Today;

/// The page's own style is allowed, and no other. No script, no image, no frame.
static POLICY: LazyLock<String> =
    LazyLock::new(|| format!("default-src 'none'; style-src {}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'", *STYLE_HASH));

/// The style as a content policy names it (CSP 3 §2.3.1): a page that shows a printed one inside of itself allows it, too.
pub static STYLE_HASH: LazyLock<String> = LazyLock::new(|| format!("'sha256-{}'", BASE64_STANDARD.encode(sha256(STYLE.as_bytes()))));

/// System fonts that cover the scripts of the people in cases, each falling back to the next.
const STYLE: &str = "@page{size:A4;margin:18mm 15mm}\
*{box-sizing:border-box}\
body{font:10.5pt/1.4 'Noto Sans','Noto Sans Khmer','Noto Sans Thai','Noto Sans Lao','Noto Sans Myanmar','Noto Naskh Arabic','Noto Sans CJK SC',system-ui,sans-serif;color:#111;margin:0 auto;max-width:180mm;padding:4mm}\
h1{font-size:16pt;margin:0 0 2mm}h2{font-size:12pt;margin:6mm 0 2mm;border-bottom:1px solid #888;break-after:avoid}h3{font-size:10.5pt;margin:3mm 0 1mm;break-after:avoid}\
dl{display:grid;grid-template-columns:55mm 1fr;gap:.6mm 4mm;margin:0}dt{color:#555}dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}\
section{break-inside:auto}article{break-inside:avoid;margin-bottom:3mm}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:1mm 1.5mm;text-align:start;vertical-align:top;overflow-wrap:anywhere}thead{display:table-header-group}tr{break-inside:avoid}\
.beside{display:block;color:#333;font-size:9pt}dt .beside{display:inline}.line{display:inline-block;border-bottom:1px solid #111;width:100%;min-height:5mm}.hand{display:block;color:#555;font-size:7.5pt}\
.photo{float:inline-end;width:35mm;height:45mm;border:1px solid #111;margin:0 0 4mm 6mm;padding:2mm;text-align:center}\
.sign{display:grid;grid-template-columns:1fr 1fr;gap:0 10mm}.sign p{break-inside:avoid;margin:5mm 0 0}.sign .line{min-height:12mm}\
@page wide{size:A4 landscape}body:has(.wide){page:wide;max-width:267mm}.wide table{font-size:8.5pt}.wide th{overflow-wrap:normal}\
.mark{border:1px solid #111;padding:1.5mm 2.5mm;margin:0 0 4mm;font-size:9.5pt}footer{margin-top:8mm;border-top:1px solid #888;padding-top:2mm;font-size:9pt;color:#333}\
@media print{body{padding:0;max-width:none}}";

/// The user who printed a page, and the time.
pub struct Printed {
    /// Name of the user.
    pub by: String,
    /// Name of their organisation.
    pub organisation: String,
    /// The time, where they work.
    pub at: Today,
}

impl Printed {
    fn line(&self) -> String {
        format!("Printed by {} ({}) on {}", self.by, self.organisation, self.at.zone().written(self.at.now()))
    }
}

/// A page that stays in the house. Every value in `body` must be escaped already; text of unknown direction needs `dir="auto"`.
pub fn page(title: &str, printed: &Printed, body: Markup) -> HttpResponse {
    let mark = printed.line();
    let warned = html! {
        p.mark { (mark) ". What stands here can endanger a person: keep it locked away, and destroy it when it is not needed." }
        (body)
    };
    sheet(title, printed, warned)
}

/// A page for a person or an authority, who keep it: only its foot says who printed it. The same holds for `body`.
pub fn sheet(title: &str, printed: &Printed, body: Markup) -> HttpResponse {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                footer { (printed.line()) }
            }
        }
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .content_type("text/html; charset=utf-8")
        .body(page.into_string())
}
