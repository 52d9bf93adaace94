//! Addresses that people try first, and where they lead.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::api::http::problem;
use crate::error::ErrorCode;

/// What is missing a slash, or has no page of its own: address and where it leads.
const LEADS: &[(&str, &str)] = &[
    ("/console", "/console/"),
    ("/docs", "/docs/"),
    ("/docs/guides", "/docs/"),
    ("/docs/guides/", "/docs/"),
    ("/docs/reference", "/docs/reference/"),
    ("/problems", "/problems/"),
    ("/setup/", "/setup"),
];

/// Where the API begins, which is not a page: the reference lists what is below it. Not for ever, since it may get one.
const API: &[&str] = &["/v1", "/v1/"];

/// The routes to the documentation.
pub fn configure(app: &mut web::ServiceConfig) {
    for (from, to) in LEADS {
        let lead = move || async move { HttpResponse::PermanentRedirect().insert_header((header::LOCATION, *to)).finish() };
        app.service(web::resource(*from).route(web::get().to(lead)).default_service(web::to(only_read)));
    }
    for from in API {
        let lead = || async { HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "/docs/reference/")).finish() };
        app.service(web::resource(*from).route(web::get().to(lead)).default_service(web::to(only_read)));
    }
    app.service(web::resource("/").route(web::get().to(root)).default_service(web::to(only_read)));
}

/// Leads people to the documentation, and tells programs where things are.
async fn root(request: HttpRequest) -> HttpResponse {
    let accepts = |media_type: &str| {
        let asked = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
        asked.flat_map(|value| value.split([',', ';'])).any(|range| range.trim() == media_type)
    };
    let mut answer = if accepts("application/json") && !accepts("text/html") {
        HttpResponse::Ok().json(json!({
            "console": "/console/",
            "documentation": "/docs/",
            "reference": "/docs/reference/",
            "openapi": "/openapi.json",
            "first_sign_in": "/setup",
            "health": "/healthz",
        }))
    } else {
        HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "/docs/")).finish()
    };
    answer.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    answer
}

/// Answers a method that a page does not have.
pub async fn only_read(request: HttpRequest) -> HttpResponse {
    let mut response = match *request.method() {
        Method::OPTIONS => HttpResponse::NoContent().finish(),
        _ => problem::pending(ErrorCode::MethodNotAllowed.into()),
    };
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
    response
}
