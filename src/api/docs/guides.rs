//! The guides, in the order in which they are read and run. Their text is Markdown beside this file; the commands in it are run by the tests.

use maud::html;

use super::page::{Kind, Page, Pages};
use super::{layout, markdown};

/// The address that the guides are written with.
const EXAMPLE_URL: &str = "http://127.0.0.1:8080";

/// A guide: its name in its address, and its text.
pub struct Guide {
    /// Its name in its address.
    pub slug: &'static str,
    /// Its text, which begins with its title.
    pub text: &'static str,
}

macro_rules! guides {
    ($($slug:literal),+ $(,)?) => {
        /// Every guide.
        pub const ALL: &[Guide] = &[$(Guide { slug: $slug, text: include_str!(concat!("guides/", $slug, ".md")) }),+];
    };
}

guides!("quick-start", "first-sign-in", "register", "paging", "changes", "errors", "road-home", "consent", "machines", "attachments");

impl Guide {
    /// Its title.
    pub fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// What it is for: its first paragraph.
    fn summary(&self) -> &'static str {
        self.text.split("\n\n").nth(1).unwrap_or_default()
    }

    /// Its text for the reader of a server: it names that server, and the command that is installed rather than the one of developers.
    fn text_at(&self, public_url: &str) -> String {
        self.text.replace(EXAMPLE_URL, public_url).replace("cargo run --release -- ", "homeward ")
    }

    /// Its address.
    pub fn path(&self) -> String {
        format!("/docs/guides/{}", self.slug)
    }
}

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
