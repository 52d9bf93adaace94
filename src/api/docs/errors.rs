//! One page an error, at the address that its problems name as their `type`.

use actix_web::body::MessageBody;
use maud::{Markup, html};
use std::sync::LazyLock;

use crate::api::docs::advice::{self, Retry};
use crate::api::docs::markdown::{self, anchor};
use crate::api::docs::{layout, links};
use crate::api::http::problem;
use crate::api::http::static_page::{Kind, Page, Pages};
use crate::api::openapi::example_problem;
use crate::domain::access::Permission;
use crate::domain::ids::RequestId;
use crate::error::{Error, ErrorCode};

static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let mut pages: Pages = ErrorCode::ALL.iter().map(|code| (links::address(*code), Page::new(Kind::Text, || explained(*code)))).collect();
    pages.insert("/problems/".to_owned(), Page::new(Kind::Text, overview));
    pages
});

/// The page of an error at a path, or the list of all.
pub fn page(path: &str) -> Option<&'static Page> {
    PAGES.get(path)
}

fn overview() -> String {
    let body = html! {
        h1 { "Errors" }
        p {
            "Every failure is a problem (RFC 9457, " code { "application/problem+json" } "). Let your program decide by " code { "code" } ", which never changes its meaning. "
            code { "type" } " is the address of a page that explains it. The guide " a href="/docs/guides/errors" { "When something goes wrong" } " shows how to handle errors."
        }
        nav.groups aria-label="Groups of errors" {
            ul { @for group in GROUPS { li { a href=(format!("#{}", anchor(group.title))) { (group.title) } } } }
        }
        @for group in GROUPS {
            h2 id=(anchor(group.title)) { (group.title) }
            ul.errors { @for code in ErrorCode::ALL.iter().filter(|code| group.holds(**code)) { (line(*code)) } }
        }
    };
    layout::page("Errors", "/problems/", &body)
}

/// Errors that are about the same kind of thing, which their status tells.
struct Group {
    title: &'static str,
    statuses: &'static [u16],
}

/// Every status that a code has is in one of these.
const GROUPS: &[Group] = &[
    Group { title: "The request itself", statuses: &[400, 405, 406, 408, 413, 414, 415, 416, 422, 428, 431] },
    Group { title: "Signing in", statuses: &[401] },
    Group { title: "What you may do", statuses: &[403] },
    Group { title: "What does not exist", statuses: &[404] },
    Group { title: "The current state", statuses: &[409, 412] },
    Group { title: "Too much at once", statuses: &[429] },
    Group { title: "The server", statuses: &[500, 503, 507] },
];

impl Group {
    fn holds(&self, code: ErrorCode) -> bool {
        self.statuses.contains(&code.status())
    }
}

fn line(code: ErrorCode) -> Markup {
    html! {
        li {
            a href=(links::address(code)) { code { (code.as_str()) } } " "
            span.status { (code.status()) } " "
            span.title { (code.title()) } " "
            span.again { span.label { "Send it again? " } (advice::of(code).retry.short()) }
        }
    }
}

fn explained(code: ErrorCode) -> String {
    let advice = advice::of(code);
    let body = html! {
        h1 { (code.title()) }
        p.lead { code { (code.as_str()) } ", HTTP status " (code.status()) }
        h2 { "What it means" }
        (markdown::render(advice.meaning))
        h2 { "Why it happens" }
        (markdown::render(advice.cause))
        h2 { "What to do" }
        (markdown::render(advice.action))
        h2 { "Does it help to send the request again?" }
        p.retry data-retry=[(advice.retry == Retry::No).then_some("no")] { (advice.retry.long()) }
        h2 { "An example" }
        (example(code))
        p.next { a href="/problems/" { "All errors" } }
    };
    layout::page(code.title(), &links::address(code), &body)
}

/// The answer that the service itself makes for an error of this code.
fn example(code: ErrorCode) -> Markup {
    let answer = problem::render(problem::pending(occurrence(code)), RequestId::EXAMPLE);
    let status = answer.status();
    let mut lines = vec![format!("HTTP/1.1 {} {}", status.as_u16(), status.canonical_reason().unwrap_or_default())];
    lines.extend(answer.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default())));
    let body = answer.into_body().try_into_bytes().unwrap_or_default();
    let body = serde_json::from_slice::<serde_json::Value>(&body).and_then(|json| serde_json::to_string_pretty(&json)).unwrap_or_default();
    html! {
        pre.answer { code { (lines.join("\n")) "\n\n" (body) } }
    }
}

/// An error as the API document shows it, with what a header or a sentence adds.
fn occurrence(code: ErrorCode) -> Error {
    let error = example_problem(code);
    match code {
        ErrorCode::Unauthenticated => Error::invalid_token("The access token has expired. Get a new one, or sign in again."),
        ErrorCode::RouteNotFound => error.detail("Every address is listed at /docs/reference/."),
        ErrorCode::NotAcceptable => {
            error.detail("This address answers with application/json. text/csv is at /v1/reports/funnel/csv. image/svg+xml is at /v1/reports/funnel/chart.")
        }
        ErrorCode::InsufficientScope => error.scope(Permission::CaseRead),
        ErrorCode::CaseMerged => error.detail(format!("Continue with /v1/cases/{}.", RequestId::EXAMPLE)),
        ErrorCode::ConsentRequired => error.detail(
            "There is no consent in force for share_with_ngo that includes this organisation and covers identity, health. Ask the person, and \
             record the answer at /v1/cases/{id}/consents.",
        ),
        ErrorCode::TooManyRequests => error.retry_after(17),
        ErrorCode::SearchBudgetSpent | ErrorCode::FigureBudgetSpent => error.retry_after(28_800),
        ErrorCode::DatabaseUnavailable | ErrorCode::NamesNotReady | ErrorCode::AuditUnavailable => error.retry_after(1),
        ErrorCode::DatabaseDamaged => error.retry_after(10),
        ErrorCode::OutcomeUnknown => {
            error.retry_after(2).detail("Repeat the request with the same Idempotency-Key, or read before you write again.")
        }
        _ => error,
    }
}
