//! The page of one operation: who may call it, what it takes, what it answers, and a form to try it.

use maud::{Markup, html};
use serde_json::Value;

use crate::api::docs::document::{Operation, description, resolved};
use crate::api::docs::{layout, markdown, sample, schema};
use crate::domain::access::Role;
use crate::error::ErrorCode;

/// Lines of the box for a body: as many as the example has, within these.
const LEAST_ROWS: usize = 4;
const MOST_ROWS: usize = 40;

/// The page of an operation.
pub fn page(operation: &Operation) -> String {
    let body = html! {
        p.crumb { a href="/docs/reference/" { "Reference" } }
        h1 { (operation.summary()) }
        p.line { (line(operation)) }
        (sign_in())
        (article(operation))
    };
    layout::page_to_try(operation.summary(), &operation.address(), &body)
}

/// Method, path and summary in one line.
pub fn line(operation: &Operation) -> Markup {
    html! {
        span.method data-method=(operation.method) { (operation.method.to_uppercase()) } " "
        code { (operation.path) } " "
        span.summary { (operation.summary()) }
    }
}

/// The form to sign in with. Nothing is kept but in the memory of the page, so that it is gone when the page is.
pub fn sign_in() -> Markup {
    html! {
        section.sign-in aria-label="Sign in" hidden {
            form #sign-in method="post" {
                p { "Sign in to try operations here. The token is kept in the memory of this page only, and is gone when you close it." }
                label { "Username" input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200"; }
                label { "Password" input name="password" type="password" autocomplete="current-password" required maxlength="1000"; }
                label { "Second-factor code" input name="code" autocomplete="one-time-code" maxlength="100"; }
                button { "Sign in" }
                p { "The code is needed if your account has a second factor. No password yet? Your " a href="/setup" { "first sign-in" } " starts with a one-time code." }
            }
            div #signed-in hidden { p { "Signed in as " b #who {} "." } button #sign-out type="button" { "Sign out" } }
            p #sign-in-says role="status" {}
            dialog #step-up aria-labelledby="step-up-title" {
                form method="post" {
                    h2 #step-up-title { "Prove your identity again" }
                    p { "This operation asks for a proof of identity that is at most five minutes old." }
                    label { "Password" input name="password" type="password" autocomplete="current-password" required maxlength="1000"; }
                    label { "Second-factor code, if you have one" input name="code" autocomplete="one-time-code" maxlength="100"; }
                    p role="status" {}
                    button { "Confirm and send again" } " " button.quiet type="button" value="cancel" { "Cancel" }
                }
            }
        }
    }
}

/// What the page says, which the list of operations also shows in its place.
fn article(operation: &Operation) -> Markup {
    let parameters: Vec<&Value> = operation.says.get("parameters").and_then(Value::as_array).into_iter().flatten().map(resolved).collect();
    let body = operation.says.get("requestBody").map(resolved).and_then(content);
    html! {
        article {
            (markdown::render(&about(operation)))
            (callers(operation))
            @if !parameters.is_empty() { h2 { "Parameters" } (parameter_table(&parameters)) }
            @if let Some((media_type, part)) = body {
                @let says = part.get("schema").unwrap_or(&Value::Null);
                h2 { "Body" }
                p { code { (media_type) } ", " (schema::kind(says)) }
                details.fields { summary { "Fields of the body" } (schema::contents(resolved(says))) }
            }
            (form(operation, &parameters, body))
            h2 { "Answers" }
            (answers(operation))
        }
    }
}

/// What the operation does. Who may call it, which the document says in its own paragraphs, is told once, by [`callers`].
fn about(operation: &Operation) -> String {
    let text = match scope(operation) {
        Some(scope) => operation
            .text("description")
            .replace(&format!("Needs `{scope}`."), "")
            .replace(&format!("Needs `{scope}`; recorded"), "Recorded"),
        None => operation.text("description").replace("Needs no session.", ""),
    };
    let is_about_callers =
        |paragraph: &&str| paragraph.starts_with("Permission `") || paragraph.starts_with("Machine clients with the scope");
    text.split("\n\n").filter(|paragraph| !is_about_callers(paragraph)).collect::<Vec<_>>().join("\n\n")
}

fn scope(operation: &Operation) -> Option<&'static str> {
    operation.says.get("x-permission").and_then(Value::as_str)
}

/// Who may call it: with which permission, which roles have it, and whether machine clients may.
fn callers(operation: &Operation) -> Markup {
    let security = operation.says.get("security").and_then(Value::as_array);
    let by_machine = security.is_some_and(|all| all.iter().any(|one| one.get("oauth2").is_some()));
    let roles: Vec<&str> =
        operation.says.get("x-roles").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    html! {
        p.callers {
            @match scope(operation) {
                None => "Needs no sign-in.",
                Some(scope) => {
                    "Needs the permission " code { (scope) }
                    @if roles.len() == Role::ALL.len() { ", which every user has." } @else {
                        ", which these roles have: " @for (at, role) in roles.iter().enumerate() { @if at > 0 { ", " } code { (role) } } "."
                    }
                    @if by_machine { " Machine clients may call it too, with this scope." }
                },
            }
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_required(parameter: &Value) -> bool {
    parameter.get("required").and_then(Value::as_bool).unwrap_or(false)
}

fn parameter_table(parameters: &[&Value]) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label="Parameters" {
            table {
                thead { tr { th { "Name" } th { "In" } th { "Type" } th { "Meaning" } } }
                tbody {
                    @for parameter in parameters {
                        tr {
                            td { code { (text(parameter, "name")) } @if is_required(parameter) { " " span.required { "required" } } }
                            td { (text(parameter, "in")) }
                            td { (schema::kind(parameter.get("schema").unwrap_or(&Value::Null))) }
                            td { (description(parameter)) }
                        }
                    }
                }
            }
        }
    }
}

/// The first media type of a body or an answer, and what is said of it.
fn content(part: &Value) -> Option<(&str, &Value)> {
    part.get("content")?.as_object()?.iter().next().map(|(media_type, part)| (media_type.as_str(), part))
}

/// The example that the document has, if it has one.
fn documented(part: &Value) -> Option<&Value> {
    let first = || resolved(part.get("examples")?.as_object()?.values().next()?).get("value");
    part.get("example").or_else(first)
}

/// Without the script the form could do nothing, so that it is hidden until the script is there.
fn form(operation: &Operation, parameters: &[&Value], body: Option<(&str, &Value)>) -> Markup {
    html! {
        form.try method="post" hidden data-method=(operation.method.to_uppercase()) data-path=(operation.path) {
            h2 { "Try it" }
            div.inputs { @for parameter in parameters { (input(parameter)) } }
            @if let Some((media_type, part)) = body {
                @let example = documented(part).cloned().unwrap_or_else(|| sample::to_send(part.get("schema").unwrap_or(&Value::Null)));
                @let typed = if media_type.ends_with("json") { serde_json::to_string_pretty(&example).unwrap_or_default() } else { as_form(&example) };
                @if media_type == "application/octet-stream" {
                    label { "File" input type="file" name="body" data-type=(media_type) required; }
                } @else { label { "Body"
                    textarea name="body" data-type=(media_type) rows=(typed.lines().count().clamp(LEAST_ROWS, MOST_ROWS)) spellcheck="false" { (typed) }
                } }
            }
            button { "Send" }
            p.says role="status" {}
            div.result {}
        }
    }
}

fn as_form(example: &Value) -> String {
    let fields = example.as_object().into_iter().flatten().map(|(name, value)| (name, schema::plain(value)));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn input(parameter: &Value) -> Markup {
    let (name, place) = (text(parameter, "name"), text(parameter, "in"));
    let says = parameter.get("schema").unwrap_or(&Value::Null);
    let values = schema::values(says);
    let required = is_required(parameter);
    html! {
        label {
            (name) @if required { " " span.required { "required" } }
            @if values.is_empty() {
                input name=(name) data-in=(place) required[required] autocomplete="off" spellcheck="false";
            } @else {
                select name=(name) data-in=(place) required[required] {
                    option value="" {}
                    @for value in &values { option { (value) } }
                }
            }
        }
    }
}

/// The codes of the operation that have this status, with what each means.
fn problems(operation: &Operation, status: &str) -> String {
    let codes = operation.says.get("x-problem-codes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let known = codes.filter_map(|code| ErrorCode::ALL.iter().find(|known| known.as_str() == code));
    let lines = known.filter(|code| code.status().to_string() == status).map(|code| format!("`{}`: {}.", code.as_str(), code.title()));
    lines.collect::<Vec<_>>().join(" ")
}

fn answers(operation: &Operation) -> Markup {
    let all = operation.says.get("responses").and_then(Value::as_object).into_iter().flatten();
    let (good, bad): (Vec<_>, Vec<_>) = all.partition(|(status, _)| !status.starts_with(['4', '5']));
    html! {
        @for (status, answer) in good {
            @let answer = resolved(answer);
            p { b { (status) } " " (text(answer, "description")) "." }
            @if let Some((media_type, part)) = content(answer) {
                @let says = part.get("schema").unwrap_or(&Value::Null);
                p { code { (media_type) } ", " (schema::kind(says)) }
                @if media_type.ends_with("json") {
                    details.fields {
                        summary { "Example and fields of the answer" }
                        (schema::example(&documented(part).cloned().unwrap_or_else(|| sample::to_read(says))))
                        (schema::contents(resolved(says)))
                    }
                }
            }
        }
        details.fields {
            summary { "Errors" }
            dl { @for (status, _) in bad { dt { (status) } dd { (markdown::render(&problems(operation, status))) } } }
        }
    }
}
