//! The documentation, the page for the first sign-in, and the files of the staff console. Needs no session, loads nothing from elsewhere,
//! and holds nothing of any case.
//!
//! The errors are plain pages without any script. The guides bring one that copies, the reference one that signs in and tries,
//! and `/setup` one that leads through the first sign-in: a client of the API like any other.

mod advice;
mod assets;
mod console;
mod diagram;
mod document;
mod entrance;
mod errors;
mod groups;
mod guide_list;
pub mod guides;
mod layout;
mod links;
mod markdown;
pub mod missing;
mod operation;
mod reference;
mod sample;
mod schema;
mod setup;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::api::docs::entrance::only_read;
use crate::api::http::static_page::{Page, Pages};

/// The pages that differ from one installation to the next, because they name its address.
pub struct Documentation {
    guides: Pages,
    /// The console of a demo, for whoever sits at its computer.
    demo: Option<Page>,
}

impl Documentation {
    /// The documentation of the server that clients reach at this address. A demo also names its accounts, as a JSON text.
    pub fn new(public_url: &str, demo_accounts: Option<&str>) -> Self {
        Self { guides: guides::pages(public_url), demo: demo_accounts.and_then(console::page_of_demo) }
    }
}

/// Every route of the documentation. They are outside of the API document, which they explain.
pub fn configure(app: &mut web::ServiceConfig) {
    entrance::configure(app);
    app.service(web::resource(setup::PATH).route(web::get().to(serve)).default_service(web::to(only_read)));
    for path in ["/console", "/docs", "/problems"] {
        app.service(web::resource(format!("{path}/{{rest:.*}}")).route(web::get().to(serve)).default_service(web::to(only_read)));
    }
}

/// Answers with a page, or says that there is none.
async fn serve(request: HttpRequest, documentation: web::Data<Documentation>) -> HttpResponse {
    let path = request.path();
    let demo = documentation.demo.as_ref().filter(|_| path == console::PATH && console::is_asked_here(&request));
    let clients = || assets::page(path).or_else(|| setup::page(path)).or_else(|| console::page(path));
    let shared = || errors::page(path).or_else(clients).or_else(|| reference::page(path));
    match demo.or_else(|| documentation.guides.get(path)).or_else(shared) {
        Some(page) => page.answer(&request),
        None => missing::answer(request).await,
    }
}

/// The guides as they are written, in the order in which they are read and run: name and Markdown.
pub fn guides() -> impl Iterator<Item = (&'static str, &'static str)> {
    guide_list::ALL.iter().map(|guide| (guide.slug, guide.text))
}
