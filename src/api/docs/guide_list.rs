//! The guides, in the order in which they are read and run. Their text is Markdown beside this file; the commands in it are run by the tests.

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

guides!(
    "quick-start",
    "first-sign-in",
    "register",
    "lists",
    "paging",
    "changes",
    "errors",
    "road-home",
    "consent",
    "published",
    "machines",
    "figures",
    "attachments"
);

impl Guide {
    /// Its title.
    pub fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// What it is for: its first paragraph.
    pub fn summary(&self) -> &'static str {
        self.text.split("\n\n").nth(1).unwrap_or_default()
    }

    /// Its text for the reader of a server: it names that server, and the command that is installed rather than the one of developers.
    pub fn text_at(&self, public_url: &str) -> String {
        self.text.replace(EXAMPLE_URL, public_url).replace("cargo run --release -- ", "homeward ")
    }

    /// Its address.
    pub fn path(&self) -> String {
        format!("/docs/guides/{}", self.slug)
    }
}
