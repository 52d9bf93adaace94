//! The pages of the guides.

use maud::html;

use crate::api::docs::guide_list::{ALL, Guide};
use crate::api::docs::{layout, markdown};
use crate::api::http::static_page::{Kind, Page, Pages};

/// The first page and every guide, for the server at this address.
pub fn pages(public_url: &str) -> Pages {
    let mut pages = Pages::new();
    for guide in ALL {
        let text = guide.text_at(public_url);
        pages.insert(guide.path(), Page::new(Kind::Guide, move || written(guide, &text)));
    }
    pages.insert("/docs/".to_owned(), Page::new(Kind::Text, overview));
    pages
}

fn written(guide: &Guide, text: &str) -> String {
    let next = ALL.iter().skip_while(|other| other.slug != guide.slug).nth(1);
    let body = html! {
        h1 { (guide.title()) }
        (markdown::guide(text))
        @if let Some(next) = next {
            p.next { "Next: " a href=(next.path()) { (next.title()) } }
        }
    };
    layout::page_to_copy(guide.title(), &guide.path(), &body)
}

fn overview() -> String {
    let body = html! {
        h1 { "Homeward" }
        p.lead {
            "Homeward is case management that helps people rescued from scam compounds to get home. \
             It is a JSON API: here is everything you need to write a client for it, or to generate one."
        }
        ul.parts {
            li { a href="/setup" { "First sign-in" } p { "You were given a one-time code: set up your account here, in the browser." } }
            li { a href="/docs/guides/quick-start" { "Quick start" } p { "From nothing to the first answer, in five commands." } }
            li { a href="/docs/reference/" { "Reference" } p { "Every operation, with a form: sign in, send, see the answer." } }
            li { a href="/problems/" { "Errors" } p { "What each code means, what to do, and whether it helps to try again." } }
            li { a href="/openapi.json" { "OpenAPI 3.1" } p { "The document to generate a client from. Also " a href="/openapi-3.0.json" { "as 3.0.3" } "." } }
        }
        h2 { "Guides" }
        dl {
            @for guide in ALL {
                dt { a href=(guide.path()) { (guide.title()) } }
                dd { (markdown::render(guide.summary())) }
            }
        }
    };
    layout::page("Documentation", "/docs/", &body)
}
