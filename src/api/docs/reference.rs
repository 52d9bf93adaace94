//! The reference: a list of all operations by what they are about, and a page for each. Made from the API document.

use maud::{Markup, html};
use serde_json::Value;
use std::sync::LazyLock;

use crate::api::docs::document::DOCUMENT;
use crate::api::docs::groups::{all, group_id, tags};
use crate::api::docs::{layout, operation, schema};
use crate::api::http::static_page::{Kind, Page, Pages};

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
