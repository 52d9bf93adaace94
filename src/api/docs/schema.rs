//! Schemas in words: what type something has, which fields, within which limits. One page a schema, so that each is explained once.

use maud::{Markup, html};
use serde_json::Value;

use crate::api::docs::document::{named, resolved};
use crate::api::docs::{layout, markdown, sample};

/// Limits of a schema, and how they are told.
const LIMITS: &[(&str, &str)] = &[
    ("minimum", "from"),
    ("maximum", "to"),
    ("minLength", "at least this many characters:"),
    ("maxLength", "at most this many characters:"),
    ("minItems", "at least this many entries:"),
    ("maxItems", "at most this many entries:"),
    ("pattern", "pattern"),
    ("default", "if absent:"),
];

/// Where a schema is explained.
pub fn address(name: &str) -> String {
    format!("/docs/reference/schemas/{name}")
}

/// The page of a schema.
pub fn page(name: &str, schema: &Value) -> String {
    let body = html! {
        p.crumb { a href="/docs/reference/" { "Reference" } }
        h1 { (name) }
        (description(schema))
        (contents(schema))
        @if schema.get("properties").is_some() {
            h2 { "An example" }
            (example(&sample::to_read(schema)))
        }
    };
    layout::page(name, &address(name), &body)
}

/// What is in a schema: its fields, its values, or its type.
pub fn contents(schema: &Value) -> Markup {
    let fields = schema.get("properties").and_then(Value::as_object);
    html! {
        @if let Some(fields) = fields {
            @let required: Vec<&str> = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
            div.wide tabindex="0" role="region" aria-label="Fields" {
                table {
                    thead { tr { th { "Field" } th { "Type" } th { "Meaning" } } }
                    tbody {
                        @for (name, field) in fields {
                            tr {
                                td { code { (name) } @if required.contains(&name.as_str()) { " " span.required { "required" } } }
                                td { (kind(field)) }
                                td { (description(field)) (limits(field)) }
                            }
                        }
                    }
                }
            }
        } @else {
            p { "Type: " (kind(schema)) "." }
            (limits(schema))
        }
    }
}

/// A schema's description.
pub fn description(schema: &Value) -> Markup {
    markdown::render(schema.get("description").and_then(Value::as_str).unwrap_or_default())
}

/// The type of a schema, in words and with links.
pub fn kind(schema: &Value) -> Markup {
    if let Some(name) = named(schema) {
        return html! { a href=(address(name)) { (name) } };
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(branches) = schema.get(key).and_then(Value::as_array) {
            let word = if key == "allOf" { " and " } else { " or " };
            return html! { @for (at, branch) in branches.iter().enumerate() { @if at > 0 { (word) } (kind(branch)) } };
        }
    }
    for (key, words) in [("enum", "one of "), ("x-extensible-enum", "a code, more may follow: ")] {
        if let Some(values) = schema.get(key).and_then(Value::as_array) {
            return html! { (words) @for (at, value) in values.iter().enumerate() { @if at > 0 { ", " } code { (plain(value)) } } };
        }
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one],
        _ => vec!["any value"],
    };
    let format = schema.get("format").and_then(Value::as_str).filter(|format| !format.starts_with("int"));
    html! {
        @for (at, one) in types.iter().enumerate() {
            @if at > 0 { " or " }
            @match (*one, schema.get("items")) {
                ("array", Some(items)) => { "list of " (kind(items)) },
                _ => { (one) },
            }
        }
        @if let Some(format) = format { " (" (format) ")" }
    }
}

fn limits(schema: &Value) -> Markup {
    let told: Vec<String> = LIMITS.iter().filter_map(|(key, words)| Some(format!("{words} {}", plain(schema.get(*key)?)))).collect();
    html! { @if !told.is_empty() { p.limits { (told.join(", ")) } } }
}

/// The values a schema allows, if it is a closed or an open list.
pub fn values(schema: &Value) -> Vec<String> {
    let schema = resolved(schema);
    let listed = ["enum", "x-extensible-enum"].iter().find_map(|key| schema.get(*key)?.as_array());
    listed.into_iter().flatten().map(plain).collect()
}

/// A value as it is typed.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value as JSON, to be read.
pub fn example(value: &Value) -> Markup {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    html! { pre.answer tabindex="0" role="region" aria-label="Example" { code { (text) } } }
}
