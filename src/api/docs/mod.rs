//! The documentation: guides, one page an operation with a form to try it, one page an error. Needs no session, loads
//! nothing from elsewhere, and shows nothing of any case.
//!
//! The guides and the errors are plain pages without any script. Only the reference brings one, to sign in and to try.

mod advice;
mod assets;
mod diagram;
mod errors;
mod guides;
mod layout;
mod markdown;
mod operation;
mod page;
mod reference;
mod sample;
mod schema;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

pub use page::{Kind, Page};

use super::problem;
use crate::error::ErrorCode;

/// Every route of the documentation. They are outside of the API document, which they explain.
pub fn configure(app: &mut web::ServiceConfig) {
    for path in ["/docs", "/problems"] {
        app.service(web::resource(path).route(web::get().to(|request: HttpRequest| async move {
            let address = format!("{}/", request.path());
            HttpResponse::PermanentRedirect().insert_header((header::LOCATION, address)).finish()
        })));
        app.service(web::resource(format!("{path}/{{rest:.*}}")).route(web::get().to(serve)).default_service(web::to(only_read)));
    }
}

/// Answers with a page, or says that there is none.
async fn serve(request: HttpRequest) -> HttpResponse {
    let path = request.path();
    let page = guides::page(path).or_else(|| errors::page(path)).or_else(|| assets::page(path)).or_else(|| reference::page(path));
    page.map_or_else(|| problem::pending(ErrorCode::NotFound.into()), |page| page.answer(&request))
}

async fn only_read(request: HttpRequest) -> HttpResponse {
    let mut response = match *request.method() {
        Method::OPTIONS => HttpResponse::NoContent().finish(),
        _ => problem::pending(ErrorCode::MethodNotAllowed.into()),
    };
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
    response
}

/// The guides as they are written, in the order in which they are read and run: name and Markdown.
pub fn guides() -> impl Iterator<Item = (&'static str, &'static str)> {
    guides::ALL.iter().map(|guide| (guide.slug, guide.text))
}
