//! The operations of the API document, by path: one table for names, for methods, and for what is not there.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};

use super::problem;
use crate::error::ErrorCode;

/// One path with its methods.
struct PathOperations {
    segments: Vec<Option<String>>,
    methods: Vec<Known>,
}

/// One method of a path.
struct Known {
    method: Method,
    name: String,
    /// The media types that it answers with.
    produces: Vec<String>,
}

impl Known {
    fn of(method: Method, operation: &Operation) -> Option<Self> {
        let bodies = operation.responses.responses.values().filter_map(|response| match response {
            RefOr::T(response) => Some(response.content.keys().cloned()),
            RefOr::Ref(_) => None,
        });
        Some(Self { method, name: operation.operation_id.clone()?, produces: bodies.flatten().collect() })
    }
}

/// Every path and method of the document.
pub struct Operations(Vec<PathOperations>);

impl Operations {
    /// The table of a document.
    pub fn of(document: &OpenApi) -> Self {
        let mut paths: Vec<PathOperations> = document
            .paths
            .paths
            .iter()
            .map(|(path, item)| {
                let operations = [
                    (Method::GET, &item.get),
                    (Method::POST, &item.post),
                    (Method::PUT, &item.put),
                    (Method::PATCH, &item.patch),
                    (Method::DELETE, &item.delete),
                ];
                let named = operations.into_iter().filter_map(|(method, operation)| Known::of(method, operation.as_ref()?));
                PathOperations { segments: path.split('/').map(segment).collect(), methods: named.collect() }
            })
            .collect();
        // A literal segment wins over a parameter.
        paths.sort_by_key(|path| path.segments.iter().filter(|segment| segment.is_none()).count());
        Self(paths)
    }

    /// The name of the operation at a path, which is known before any handler runs.
    pub fn name(&self, method: &Method, path: &str) -> Option<&str> {
        self.known(method, path).map(|known| known.name.as_str())
    }

    /// The media types that an operation answers with. None: JSON, or nothing at all.
    pub fn produces(&self, method: &Method, path: &str) -> &[String] {
        self.known(method, path).map_or(&[], |known| known.produces.as_slice())
    }

    fn known(&self, method: &Method, path: &str) -> Option<&Known> {
        self.at(path)?.methods.iter().find(|known| known.method == method)
    }

    fn at(&self, path: &str) -> Option<&PathOperations> {
        let asked: Vec<&str> = path.split('/').collect();
        self.0.iter().find(|known| {
            known.segments.len() == asked.len()
                && known.segments.iter().zip(&asked).all(|(known, asked)| match known {
                    Some(literal) => literal == asked,
                    None => !asked.is_empty(),
                })
        })
    }

    fn allow(&self, path: &str) -> Option<String> {
        let operations = self.at(path)?;
        let mut methods: Vec<&str> = operations.methods.iter().map(|known| known.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        Some(methods.join(", "))
    }
}

fn segment(text: &str) -> Option<String> {
    (!text.starts_with('{')).then(|| text.to_owned())
}

impl Operations {
    /// The answer where no handler may take the request: OPTIONS, or a method that the path does not have.
    /// None: a handler takes it, or the path is not there at all.
    pub fn without_handler(&self, method: &Method, path: &str) -> Option<HttpResponse> {
        if self.name(method, path).is_some() {
            return None;
        }
        let allow = HeaderValue::from_str(&self.allow(path)?).ok()?;
        let mut response = match *method {
            Method::OPTIONS => HttpResponse::NoContent().finish(),
            _ => problem::pending(ErrorCode::MethodNotAllowed.into()),
        };
        response.headers_mut().insert(header::ALLOW, allow);
        Some(response)
    }
}

/// Answers a path that is not there.
pub async fn nothing_here() -> HttpResponse {
    problem::pending(ErrorCode::NotFound.into())
}
