//! The style, the icon and the scripts. Their addresses name their contents.

use std::sync::LazyLock;

use crate::api::http::static_page::{Kind, Page, Pages, fingerprint};

const STYLE: &str = include_str!("assets/style.css");
/// What the scripts that speak with the server share stands before each of them: a file less to load.
const TRY: &str = concat!(include_str!("assets/base.js"), include_str!("assets/try.js"));
const SETUP: &str = concat!(include_str!("assets/base.js"), include_str!("assets/setup.js"));
const COPY: &str = include_str!("assets/copy.js");
const ICON: &str = include_str!("assets/icon.svg");

/// Where the style is.
pub static STYLE_PATH: LazyLock<String> = LazyLock::new(|| path("css", STYLE));
/// Where the script of the reference is.
pub static TRY_PATH: LazyLock<String> = LazyLock::new(|| path("js", TRY));
/// Where the script of the first sign-in is.
pub static SETUP_PATH: LazyLock<String> = LazyLock::new(|| path("js", SETUP));
/// Where the script of the guides is.
pub static COPY_PATH: LazyLock<String> = LazyLock::new(|| path("js", COPY));
/// Where the icon is.
pub static ICON_PATH: LazyLock<String> = LazyLock::new(|| path("svg", ICON));

static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let asset = |path: &str, content_type, text: &'static str| (path.to_owned(), Page::new(Kind::Asset(content_type), || text.to_owned()));
    Pages::from([
        asset(&STYLE_PATH, "text/css; charset=utf-8", STYLE),
        asset(&TRY_PATH, "text/javascript; charset=utf-8", TRY),
        asset(&SETUP_PATH, "text/javascript; charset=utf-8", SETUP),
        asset(&COPY_PATH, "text/javascript; charset=utf-8", COPY),
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
