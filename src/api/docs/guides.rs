//! The guides, in the order in which they are read and run. Their text is Markdown beside this file; the commands in it are run by the tests.

use std::sync::LazyLock;

use maud::html;

use super::page::{Kind, Page, Pages};
use super::{layout, markdown};

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

guides!("quick-start", "register", "paging", "changes", "errors", "road-home", "consent", "machines", "attachments");

impl Guide {
    /// Its title.
    pub fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// What it is for: its first paragraph.
    fn summary(&self) -> &'static str {
        self.text.split("\n\n").nth(1).unwrap_or_default()
    }

    /// Its address.
    pub fn path(&self) -> String {
        format!("/docs/guides/{}", self.slug)
    }
}

static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let mut pages: Pages = ALL.iter().map(|guide| (guide.path(), Page::new(Kind::Text, || written(guide)))).collect();
    pages.insert("/docs/".to_owned(), Page::new(Kind::Text, overview));
    pages
});

/// The guide at a path, or the first page.
pub fn page(path: &str) -> Option<&'static Page> {
    PAGES.get(path)
}

fn written(guide: &Guide) -> String {
    let next = ALL.iter().skip_while(|other| other.slug != guide.slug).nth(1);
    let body = html! {
        h1 { (guide.title()) }
        (markdown::guide(guide.text))
        @if let Some(next) = next {
            p.next { "Next: " a href=(next.path()) { (next.title()) } }
        }
    };
    layout::page(guide.title(), &guide.path(), &body)
}

fn overview() -> String {
    let body = html! {
        h1 { "Homeward for programmers" }
        p.lead {
            "Homeward is case management that gets people rescued from scam compounds home. \
             It is a JSON API: this is what you need to write a client for it, or to have one generated."
        }
        ul.parts {
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
