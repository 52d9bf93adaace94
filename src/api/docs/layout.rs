//! The frame of every page: head, navigation, foot.

use maud::{DOCTYPE, Markup, html};

use super::assets::{ICON_PATH, SCRIPT_PATH, STYLE_PATH};
use super::guides;

/// A page to read.
pub fn page(title: &str, path: &str, body: &Markup) -> String {
    frame(title, path, body, false)
}

/// A page of the reference, with the script that signs in and tries.
pub fn page_to_try(title: &str, path: &str, body: &Markup) -> String {
    frame(title, path, body, true)
}

fn frame(title: &str, path: &str, body: &Markup, with_script: bool) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – Homeward" }
                link rel="icon" href=(*ICON_PATH) type="image/svg+xml";
                link rel="stylesheet" href=(*STYLE_PATH);
                @if with_script { script type="module" src=(*SCRIPT_PATH) {} }
            }
            body {
                a.skip href="#content" { "To the text" }
                header { (top(path)) }
                div.page {
                    nav.guides aria-label="Guides" { (guide_list(path)) }
                    main #content tabindex="-1" { (body) }
                }
                footer {
                    p { "Homeward " (env!("CARGO_PKG_VERSION")) ". This page comes from your own server and loads nothing from elsewhere." }
                }
            }
        }
    };
    page.into_string()
}

/// The three parts of the documentation.
fn top(path: &str) -> Markup {
    let parts = [("/docs/", "Guides"), ("/docs/reference/", "Reference"), ("/problems/", "Errors")];
    let is_here = |part: &str| match part {
        "/docs/" => path == part || path.starts_with("/docs/guides/"),
        _ => path.starts_with(part),
    };
    html! {
        a.brand href="/docs/" { "Homeward" }
        nav aria-label="Documentation" {
            ul {
                @for (address, name) in parts {
                    li { a href=(address) aria-current=[is_here(address).then_some("true")] { (name) } }
                }
            }
        }
    }
}

fn guide_list(path: &str) -> Markup {
    html! {
        ol {
            @for guide in guides::ALL {
                @let address = guide.path();
                li { a href=(address) aria-current=[(path == address).then_some("page")] { (guide.title()) } }
            }
        }
    }
}
