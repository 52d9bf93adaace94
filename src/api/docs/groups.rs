//! The operations of the document in groups, as the reference lists them.

use crate::api::docs::document::{DOCUMENT, Operation};
use crate::api::docs::markdown;
use maud::{Markup, html};
use serde_json::Value;

/// Every operation.
pub fn all() -> impl Iterator<Item = Operation> {
    let paths = DOCUMENT.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.filter_map(move |(method, says)| Some(Operation { id: says.get("operationId")?.as_str()?, method, path, says }))
    })
}

/// The groups of operations, in the order of the document.
pub fn tags() -> impl Iterator<Item = (&'static str, &'static Value)> {
    let tags = DOCUMENT.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(|tag| Some((tag.get("name")?.as_str()?, tag)))
}

/// The anchor of a group on the page of the reference.
pub fn group_id(name: &str) -> String {
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
