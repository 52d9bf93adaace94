//! The frame of every page: head, navigation, foot.

use maud::{DOCTYPE, Markup, html};

use crate::api::docs::assets::{COPY_PATH, ICON_PATH, SETUP_PATH, STYLE_PATH, TRY_PATH};
use crate::api::docs::{groups, guide_list};

/// A page to read.
pub fn page(title: &str, path: &str, body: &Markup) -> String {
    frame(title, path, body, None)
}

/// A guide, with the script that copies its commands.
pub fn page_to_copy(title: &str, path: &str, body: &Markup) -> String {
    frame(title, path, body, Some(&COPY_PATH))
}

/// A page of the reference, with the script that signs in and tries.
pub fn page_to_try(title: &str, path: &str, body: &Markup) -> String {
    frame(title, path, body, Some(&TRY_PATH))
}

/// The page of the first sign-in, with its script.
pub fn page_to_set_up(title: &str, path: &str, body: &Markup) -> String {
    frame(title, path, body, Some(&SETUP_PATH))
}

fn frame(title: &str, path: &str, body: &Markup, script: Option<&str>) -> String {
    let is_documentation = path.starts_with("/docs/") || path.starts_with("/problems/");
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
                @if let Some(script) = script { script type="module" src=(script) {} }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header { (top(path)) }
                @if is_documentation {
                    div.page {
                        (side(path))
                        main #content tabindex="-1" { (body) }
                    }
                } @else {
                    main.alone #content tabindex="-1" { (body) }
                }
                footer {
                    p { "Homeward " (env!("CARGO_PKG_VERSION")) ". This page comes from your own server and loads nothing from anywhere else." }
                }
            }
        }
    };
    page.into_string()
}

/// The parts of the documentation.
fn top(path: &str) -> Markup {
    let parts = [("/docs/", "Guides"), ("/docs/reference/", "Reference"), ("/problems/", "Errors"), ("/setup", "First sign-in")];
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

/// What there is beside the page: the groups of operations in the reference, the guides everywhere else.
fn side(path: &str) -> Markup {
    if path.starts_with("/docs/reference/") {
        return html! { nav.side aria-label="Groups of operations" { (groups::groups(path)) } };
    }
    html! {
        nav.side aria-label="Guides" {
            ol {
                @for guide in guide_list::ALL {
                    @let address = guide.path();
                    li { a href=(address) aria-current=[(path == address).then_some("page")] { (guide.title()) } }
                }
            }
        }
    }
}
