//! The answer to an address that does not exist. The API document lists all of them publicly, so it discloses nothing of any case.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use maud::html;

use crate::api::docs::layout;
use crate::api::http::problem::{self, OwnForm, Shown};
use crate::api::http::static_page::Kind;
use crate::error::{Error, ErrorCode};

/// A page for a person who opened the address in a browser; a problem for programs, and for everybody who asks the API.
pub async fn answer(request: HttpRequest) -> HttpResponse {
    let is_api = request.path().split('/').nth(1) == Some("v1");
    if is_api || !asks_for_a_page(&request) {
        return problem::pending(Error::new(ErrorCode::RouteNotFound).detail("Every address is listed at /docs/reference/."));
    }
    let mut response = HttpResponse::NotFound()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, Kind::Text.policy()))
        .insert_header((header::VARY, "Accept"))
        .body(page());
    response.extensions_mut().insert(OwnForm);
    response.extensions_mut().insert(Shown(ErrorCode::RouteNotFound));
    response
}

/// Whether a browser asks: programs do not name HTML.
fn asks_for_a_page(request: &HttpRequest) -> bool {
    let asked = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    asked.flat_map(|value| value.split([',', ';'])).any(|range| range.trim() == "text/html")
}

fn page() -> String {
    let body = html! {
        h1 { "There is no such page" }
        p { "The address may be misspelt, or the page may have moved. Homeward has these:" }
        ul {
            li { a href="/console/" { "Staff console" } }
            li { a href="/docs/" { "Guides" } }
            li { a href="/docs/reference/" { "Reference of the API" } }
            li { a href="/problems/" { "Errors, and what to do about them" } }
            li { a href="/setup" { "First sign-in" } }
        }
    };
    layout::page("There is no such page", "", &body)
}
