//! One page an error, at the address that its problems name as their `type`.

use std::sync::LazyLock;

use actix_web::body::MessageBody;
use maud::{Markup, html};
use uuid::Uuid;

use super::advice::{self, Retry};
use super::page::{Kind, Page, Pages};
use super::{layout, markdown};
use crate::api::problem;
use crate::domain::access::Permission;
use crate::domain::ids::RequestId;
use crate::domain::repatriation::Guard;
use crate::error::{Error, ErrorCode};

/// A request id that no request has.
const EXAMPLE: Uuid = Uuid::from_u128(0x5b1a_2c3d_4e5f_4a6b_8c7d_9e0f_1a2b_3c4d);

static PAGES: LazyLock<Pages> = LazyLock::new(|| {
    let mut pages: Pages = ErrorCode::ALL.iter().map(|code| (address(*code), Page::new(Kind::Text, || explained(*code)))).collect();
    pages.insert("/problems/".to_owned(), Page::new(Kind::Text, overview));
    pages
});

/// The page of an error at a path, or the list of all.
pub fn page(path: &str) -> Option<&'static Page> {
    PAGES.get(path)
}

/// Where the page of a code is: the `type` of its problems.
pub fn address(code: ErrorCode) -> String {
    problem::address(code)
}

fn overview() -> String {
    let body = html! {
        h1 { "Errors" }
        p {
            "Every failure is a problem (RFC 9457, " code { "application/problem+json" } "). Programs decide by " code { "code" } ", which never changes its meaning. "
            "The address of its page is " code { "type" } ". " a href="/docs/guides/errors" { "How to handle errors" } " is a guide of its own."
        }
        div.wide tabindex="0" role="region" aria-label="All errors" {
            table {
                thead { tr { th { "Status" } th { "Code" } th { "Title" } th { "Send it again?" } } }
                tbody {
                    @for code in ErrorCode::ALL {
                        tr {
                            td { (code.status()) }
                            td { a href=(address(*code)) { code { (code.as_str()) } } }
                            td { (code.title()) }
                            td { (advice::of(*code).retry.short()) }
                        }
                    }
                }
            }
        }
    };
    layout::page("Errors", "/problems/", &body)
}

fn explained(code: ErrorCode) -> String {
    let advice = advice::of(code);
    let body = html! {
        h1 { (code.title()) }
        p.lead { code { (code.as_str()) } " comes with HTTP status " (code.status()) "." }
        h2 { "What it means" }
        (markdown::render(advice.meaning))
        h2 { "Why it comes" }
        (markdown::render(advice.cause))
        h2 { "What to do" }
        (markdown::render(advice.action))
        h2 { "Does it help to send it again?" }
        p.retry data-retry=[(advice.retry == Retry::No).then_some("no")] { (advice.retry.long()) }
        h2 { "An example" }
        (example(code))
        p.next { a href="/problems/" { "All errors" } }
    };
    layout::page(code.title(), &address(code), &body)
}

/// The answer that the service itself makes for an error of this code.
fn example(code: ErrorCode) -> Markup {
    let answer = problem::render(problem::pending(occurrence(code)), RequestId(EXAMPLE));
    let status = answer.status();
    let mut lines = vec![format!("HTTP/1.1 {} {}", status.as_u16(), status.canonical_reason().unwrap_or_default())];
    lines.extend(answer.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default())));
    let body = answer.into_body().try_into_bytes().unwrap_or_default();
    let body = serde_json::from_slice::<serde_json::Value>(&body).and_then(|json| serde_json::to_string_pretty(&json)).unwrap_or_default();
    html! {
        pre.answer tabindex="0" role="region" aria-label="Example of the answer" { code { (lines.join("\n")) "\n\n" (body) } }
    }
}

/// An error as it occurs, with what belongs to this code.
fn occurrence(code: ErrorCode) -> Error {
    let error = Error::new(code);
    match code {
        ErrorCode::InvalidBody => error.at("/nickname", "unknown_field", "there is no such field"),
        ErrorCode::ValidationFailed => error
            .at("/identity/birth_date", "date_in_future", "must not lie in the future")
            .at("/exited_on", "date_in_future", "must not lie in the future"),
        ErrorCode::InvalidQuery => error.at("nationalty", "unknown_parameter", "is not a parameter of this operation"),
        ErrorCode::InvalidHeader => error.at("Idempotency-Key", "invalid_header", "must be 1 to 128 visible ASCII characters"),
        ErrorCode::InsufficientScope => error.scope(Permission::CaseRead),
        ErrorCode::UnmetGuards => Error::unmet(vec![Guard::InformedOfRights.unmet(), Guard::ContactAccepted.unmet()]),
        ErrorCode::MissionDoesNotCover => error.at("/mission_id", "not_covered", "does not serve this nationality in this country"),
        ErrorCode::CaseMerged => error.detail(format!("Go on with /v1/cases/{EXAMPLE}.")),
        ErrorCode::ConsentRequired => error
            .detail(
                "There is no live consent for share_with_ngo that includes this organisation and covers identity, health. Ask the person, and \
                 record the answer at /v1/cases/{id}/consents.",
            )
            .at("/consent_id", "consent_required", "needs a live consent of the person"),
        ErrorCode::TooManyRequests => error.retry_after(17),
        ErrorCode::SearchBudgetSpent => error.retry_after(28_800),
        ErrorCode::DatabaseUnavailable | ErrorCode::NamesNotReady | ErrorCode::AuditUnavailable => error.retry_after(1),
        ErrorCode::OutcomeUnknown => {
            error.retry_after(2).detail("Repeat the request with the same Idempotency-Key, or read before you write again.")
        }
        _ => error,
    }
}
