//! The reference: a list of all operations by what they are about, and a page for each. Made from the API document.

use std::sync::LazyLock;

use maud::{Markup, html};
use serde_json::Value;

use super::page::{Kind, Page, Pages};
use super::{layout, markdown, operation, schema};
use crate::api::openapi;

/// The finished API document. If it could not be made, the service would not have started.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    openapi::document().unwrap_or_else(|error| {
        tracing::error!(cause = error.cause(), "the API document cannot be made");
        Value::Null
    })
});

/// One operation of the document.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its id.
    pub id: &'static str,
    /// Its method, in small letters.
    pub method: &'static str,
    /// Its path.
    pub path: &'static str,
    /// What the document says of it.
    pub says: &'static Value,
}

impl Operation {
    /// The page of the operation.
    pub fn address(&self) -> String {
        format!("/docs/reference/{}", self.id)
    }

    /// A text that the document has of it.
    pub fn text(&self, key: &str) -> &'static str {
        self.says.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Its summary without the full stop.
    pub fn summary(&self) -> &'static str {
        self.text("summary").trim_end_matches('.')
    }

    fn is_about(&self, tag: &str) -> bool {
        self.says.pointer("/tags/0").and_then(Value::as_str) == Some(tag)
    }
}

static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let mut pages: Pages = all().map(|one| (one.address(), Page::new(Kind::Client, move || operation::page(&one)))).collect();
    let schemas = DOCUMENT.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    pages.extend(schemas.map(|(name, says)| (schema::address(name), Page::new(Kind::Text, move || schema::page(name, says)))));
    pages.insert("/docs/reference/".to_owned(), Page::new(Kind::Client, overview));
    pages
});

/// The page of the reference at a path.
pub fn page(path: &str) -> Option<&'static Page> {
    PAGES.get(path)
}

fn all() -> impl Iterator<Item = Operation> {
    let paths = DOCUMENT.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.filter_map(move |(method, says)| Some(Operation { id: says.get("operationId")?.as_str()?, method, path, says }))
    })
}

/// What a reference leads to; anything else is itself.
pub fn resolved(value: &Value) -> &Value {
    let target = value.get("$ref").and_then(Value::as_str).and_then(|reference| DOCUMENT.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(value)
}

/// The name of the schema that a reference leads to.
pub fn named(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// The groups of operations, in the order of the document.
fn tags() -> impl Iterator<Item = (&'static str, &'static Value)> {
    let tags = DOCUMENT.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(|tag| Some((tag.get("name")?.as_str()?, tag)))
}

fn group_id(name: &str) -> String {
    format!("group-{}", markdown::anchor(name))
}

/// Links to the groups, as they stand beside every page of the reference.
pub fn groups(path: &str) -> Markup {
    let here = all().find(|one| one.address() == path);
    html! {
        ol {
            @for (name, _) in tags() {
                li {
                    a href=(format!("/docs/reference/#{}", group_id(name))) aria-current=[here.is_some_and(|one| one.is_about(name)).then_some("true")] { (name) }
                }
            }
        }
    }
}

fn overview() -> String {
    let body = html! {
        h1 { "Reference" }
        p.lead {
            (all().count()) " operations. Open one to read about it. Sign in to try it here: with your own account, and on real data. "
            "For code generators, the same as a document: " a href="/openapi.json" { "OpenAPI 3.1" } " and " a href="/openapi-3.0.json" { "3.0.3" } "."
        }
        (operation::sign_in())
        div.find hidden {
            label for="find" { "Find an operation" }
            input #find type="search" autocomplete="off" spellcheck="false";
            p #found role="status" {}
        }
        div #operations { @for (name, tag) in tags() { (group(name, tag)) } }
    };
    layout::page_to_try("Reference", "/docs/reference/", &body)
}

fn group(name: &str, tag: &Value) -> Markup {
    html! {
        details.tag id=(group_id(name)) {
            summary { h2 { (name) } span { (tag.get("description").and_then(Value::as_str).unwrap_or_default()) } }
            @for one in all().filter(|one| one.is_about(name)) {
                details.operation id=(one.id) data-page=(one.address()) {
                    summary { (operation::line(&one)) }
                    p.own { a href=(one.address()) { (one.summary()) ", on a page of its own" } }
                }
            }
        }
    }
}

/// A description of the document.
pub fn description(value: &Value) -> Markup {
    markdown::render(value.get("description").and_then(Value::as_str).unwrap_or_default())
}
