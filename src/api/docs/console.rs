//! The staff console: one page and what it loads, built from `console/` and part of the binary. It is a client of the API like any
//! other: it has no other way to the data, and needs no session to be loaded, because nothing of any case is in it.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::http::uri::Authority;
use maud::html;
use std::net::IpAddr;
use std::sync::LazyLock;

use crate::api::http::static_page::{Kind, Page, Pages};

/// Where the page is.
pub const PATH: &str = "/console/";

/// Name, media type and text of every file: `console/build` writes the list. Each name but the page's holds a hash of the contents.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/files.rs"));

static PAGES: LazyLock<Pages> = LazyLock::new(|| FILES.iter().map(|&(name, media_type, text)| file(name, media_type, text)).collect());

/// What a proxy or a tunnel adds to a request that it hands on.
const HANDED_ON: &[&str] = &["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Whether a browser on this computer asks for the page of the console by an address of this computer. A page of elsewhere that gave its name
/// the address of this computer, and whoever comes through a proxy, is told no accounts.
pub fn is_asked_here(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let is_here = host.is_some_and(|host| {
        let name = host.host();
        name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    is_here && !HANDED_ON.iter().any(|name| headers.contains_key(*name))
}

/// The page of a demo: it also offers the accounts, so that one click fills in the sign-in. `accounts` is the JSON text of a list of `username`,
/// `password`, `role` and `organisation`.
pub fn page_of_demo(accounts: &str) -> Option<Page> {
    let offered = html! { meta name="homeward-demo" content=(accounts); }.into_string();
    let (.., text) = FILES.iter().find(|(name, ..)| *name == "index.html")?;
    Some(Page::of(Kind::Console, text.replacen("</head>", &format!("{offered}\n</head>"), 1)))
}

fn file(name: &str, media_type: &'static str, text: &'static str) -> (String, Page) {
    let (path, kind) = match name {
        "index.html" => (PATH.to_owned(), Kind::Console),
        name => (format!("{PATH}{name}"), Kind::Asset(media_type)),
    };
    (path, Page::new(kind, move || text.to_owned()))
}

/// The file at a path.
pub fn page(path: &str) -> Option<&'static Page> {
    PAGES.get(path)
}
