//! The style, the icon and the one script. Their addresses name their contents.

use std::sync::LazyLock;

use super::page::{Kind, Page, Pages, fingerprint};

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/try.js");
const ICON: &str = include_str!("assets/icon.svg");

/// Where the style is.
pub static STYLE_PATH: LazyLock<String> = LazyLock::new(|| path("css", STYLE));
/// Where the script of the reference is.
pub static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("js", SCRIPT));
/// Where the icon is.
pub static ICON_PATH: LazyLock<String> = LazyLock::new(|| path("svg", ICON));

static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let asset = |path: &str, content_type, text: &'static str| (path.to_owned(), Page::new(Kind::Asset(content_type), || text.to_owned()));
    Pages::from([
        asset(&STYLE_PATH, "text/css; charset=utf-8", STYLE),
        asset(&SCRIPT_PATH, "text/javascript; charset=utf-8", SCRIPT),
        asset(&ICON_PATH, "image/svg+xml", ICON),
    ])
});

fn path(ending: &str, text: &str) -> String {
    format!("/docs/assets/{}.{ending}", fingerprint(text.as_bytes()))
}

/// The asset at a path.
pub fn page(path: &str) -> Option<&'static Page> {
    PAGES.get(path)
}
