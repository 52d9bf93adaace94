//! The staff console: one page and what it loads, built from `console/` and part of the binary. It is a client of the API like any
//! other: it has no other way to the data, and needs no session to be loaded, because nothing of any case is in it.

use maud::html;
use std::sync::LazyLock;

use crate::api::http::static_page::{Kind, Page, Pages};

/// Where the page is.
const PATH: &str = "/console/";

/// Name, media type and text of every file: `console/build` writes the list. Each name but the page's holds a hash of the contents.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/console/dist/files.rs"));

static PAGES: LazyLock<Pages> = LazyLock::new(|| FILES.iter().map(|&(name, media_type, text)| file(name, media_type, text)).collect());

/// The page of a demo, and where it is: it also offers the accounts, so that one click fills in the sign-in. `accounts` is the JSON text of a
/// list of `username`, `password`, `role` and `organisation`.
pub fn page_of_demo(accounts: &str) -> impl Iterator<Item = (String, Page)> {
    let offered = html! { meta name="homeward-demo" content=(accounts); }.into_string();
    let page = FILES.iter().find(|(name, ..)| *name == "index.html");
    page.into_iter()
        .map(move |(.., text)| (PATH.to_owned(), Page::of(Kind::Console, text.replacen("</head>", &format!("{offered}\n</head>"), 1))))
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
