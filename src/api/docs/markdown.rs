//! Markdown as HTML: the guides, and the descriptions of the API document. Only what is written here is rendered; raw HTML is text.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::api::docs::{diagram, links};
use crate::error::ErrorCode;

/// The place of the diagram in a guide.
const DIAGRAM: &str = "<!-- diagram -->";

/// A text without its first heading, which is the title of its page.
pub fn guide(text: &str) -> Markup {
    render(text.split_once('\n').map_or(text, |(_, rest)| rest))
}

/// A text as blocks.
pub fn render(text: &str) -> Markup {
    let mut heading: Option<(HeadingLevel, String, Vec<Event<'_>>)> = None;
    let mut events = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        let event = change(event);
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { level, .. }), _) => heading = Some((level, String::new(), Vec::new())),
            (Event::End(TagEnd::Heading(_)), open) => {
                if let Some((level, words, inside)) = open.take() {
                    events.push(Event::Html(format!("<{level} id=\"{}\">", anchor(&words)).into()));
                    events.extend(inside);
                    events.push(Event::Html(format!("</{level}>\n").into()));
                }
            }
            (event, Some((_, words, inside))) => {
                if let Event::Text(text) | Event::Code(text) = &event {
                    words.push_str(text);
                }
                inside.push(event);
            }
            (event, None) => events.push(event),
        }
    }
    let mut page = String::new();
    pulldown_cmark::html::push_html(&mut page, events.into_iter());
    PreEscaped(page)
}

/// What is rendered in a way of our own.
fn change(event: Event<'_>) -> Event<'_> {
    match event {
        // A wide table scrolls, which must be possible from the keyboard too. A block of code wraps.
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
            let role = if matches!(&*language, "sh" | "bash" | "console") { "commands" } else { "answer" };
            Event::Html(format!("<pre class=\"{role}\"><code>").into())
        }
        Event::End(TagEnd::CodeBlock) => Event::Html("</code></pre>\n".into()),
        Event::Start(Tag::Table(_)) => {
            Event::Html("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table>".into())
        }
        Event::End(TagEnd::Table) => Event::Html("</tbody></table></div>\n".into()),
        Event::Code(code) => problem_link(&code).map_or(Event::Code(code), |link| Event::Html(link.into_string().into())),
        Event::Html(html) if html.trim() == DIAGRAM => Event::Html(CowStr::from(diagram::drawing().into_string())),
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        other => other,
    }
}

/// The code of an error leads to its page wherever it is named.
fn problem_link(code: &str) -> Option<Markup> {
    let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code)?;
    Some(html! { a href=(links::address(*known)) { code { (code) } } })
}

/// `What comes next?` as `what-comes-next`.
pub fn anchor(words: &str) -> String {
    let letters = words.to_lowercase();
    letters.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::{guide, render};

    #[test]
    fn html_in_a_text_is_text() {
        let page = render("a <script>alert(1)</script> b\n\n<img src=x>\n").into_string();
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    }

    #[test]
    fn codes_of_errors_are_links_and_headings_can_be_linked_to() {
        let page = guide("# Title\n\n## What comes next?\n\n`stale_version`, `other`\n").into_string();
        assert!(!page.contains("Title"), "{page}");
        assert!(page.contains("<h2 id=\"what-comes-next\">What comes next?</h2>"), "{page}");
        assert!(page.contains("<a href=\"/problems/stale_version\"><code>stale_version</code></a>, <code>other</code>"), "{page}");
    }
}
