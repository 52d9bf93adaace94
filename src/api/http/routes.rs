//! The operations of the API document, by path: one table for names, for methods, and for unknown paths.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};

use crate::api::http::plain_path::PlainPath;
use crate::api::http::problem;
use crate::domain::ids::CaseId;
use crate::error::ErrorCode;

/// One path with its methods.
struct PathOperations {
    /// The path as the document and the router write it: `/v1/cases/{id}`.
    pattern: String,
    segments: Vec<Option<String>>,
    methods: Vec<PathOperation>,
}

/// One method of a path.
pub struct PathOperation {
    method: Method,
    /// The name in the document.
    pub name: String,
    /// Whether it changes a case or a record on one.
    pub is_change_of_case: bool,
    /// Whether it changes anything.
    pub changes_something: bool,
    /// The media type of its successful answer.
    media_type: String,
    /// The status of its successful answer.
    pub success: u16,
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
                let segments: Vec<Option<String>> = path.split('/').map(segment).collect();
                let is_of_case = path.split('/').nth(2) == Some("cases");
                let named = operations.into_iter().filter_map(|(method, operation)| {
                    let operation = operation.as_ref()?;
                    let is_change_of_case = is_of_case && method != Method::GET;
                    let name = operation.operation_id.clone()?;
                    Some(PathOperation {
                        changes_something: method != Method::GET && !only_reads(path, &name),
                        method,
                        name,
                        is_change_of_case,
                        media_type: media_type(operation),
                        success: success(operation),
                    })
                });
                let methods = named.collect();
                PathOperations { pattern: path.clone(), segments, methods }
            })
            .collect();
        // A literal segment wins over a parameter.
        paths.sort_by_key(|path| path.segments.iter().filter(|segment| segment.is_none()).count());
        Self(paths)
    }

    /// The operation whose route a request took: the one under which the log and the figures know it. None if the router took
    /// another route than the table finds, so that a disagreement of the two opens no door.
    pub fn of_route(request: &HttpRequest) -> Option<&PathOperation> {
        let operations = request.app_data::<web::Data<Self>>()?;
        let at = operations.at(PlainPath::of(request.uri())?)?;
        let is_route = request.match_pattern().is_some_and(|pattern| pattern == at.pattern);
        at.methods.iter().find(|known| known.method == *request.method() && is_route)
    }

    /// The case that the route of a request names.
    pub fn case_of_route(request: &HttpRequest) -> Option<CaseId> {
        let path = PlainPath::of(request.uri())?;
        let mut segments = path.segments().skip_while(|segment| segment.is_empty());
        let is_of_case = segments.next() == Some("v1") && segments.next() == Some("cases");
        segments.next().filter(|_| is_of_case)?.parse().ok().map(CaseId)
    }

    /// The operation at a path, before any handler runs.
    pub fn find(&self, method: &Method, path: PlainPath<'_>) -> Option<&PathOperation> {
        self.at(path)?.methods.iter().find(|known| known.method == *method)
    }

    /// The media type of the successful answer of the operation at a path.
    pub fn media_type(&self, method: &Method, path: PlainPath<'_>) -> Option<&str> {
        self.find(method, path).map(|known| known.media_type.as_str())
    }

    /// Every operation: its name, its method, and a path that leads to it.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Method, String)> {
        self.0.iter().flat_map(|at| {
            let segments: Vec<&str> = at.segments.iter().map(|segment| segment.as_deref().unwrap_or("any")).collect();
            let path = segments.join("/");
            at.methods.iter().map(move |known| (known.name.as_str(), &known.method, path.clone()))
        })
    }

    /// The other forms of the resource at a path: media types and addresses, as the document writes them.
    pub fn other_forms(&self, path: PlainPath<'_>) -> Vec<(&str, &str)> {
        let Some(known) = self.at(path) else { return Vec::new() };
        let is_below = |other: &&PathOperations| {
            let (last, above) = other.segments.split_last().unzip();
            above == Some(known.segments.as_slice()) && last.is_some_and(Option::is_some)
        };
        let forms = self.0.iter().filter(is_below).filter_map(|other| {
            let read = other.methods.iter().find(|operation| operation.method == Method::GET)?;
            (read.media_type != "application/json").then_some((read.media_type.as_str(), other.pattern.as_str()))
        });
        forms.collect()
    }

    fn at(&self, path: PlainPath<'_>) -> Option<&PathOperations> {
        let asked: Vec<&str> = path.segments().collect();
        self.0.iter().find(|known| {
            known.segments.len() == asked.len()
                && known.segments.iter().zip(&asked).all(|(known, asked)| match known {
                    Some(literal) => literal == asked,
                    None => !asked.is_empty(),
                })
        })
    }

    fn allow(&self, path: PlainPath<'_>) -> Option<String> {
        let operations = self.at(path)?;
        let mut methods: Vec<&str> = operations.methods.iter().map(|known| known.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        Some(methods.join(", "))
    }
}

/// Whether an operation that is no GET only reads: what it asks for is about people, and must not stand in an address.
pub fn only_reads(path: &str, name: &str) -> bool {
    path.starts_with("/v1/cases/search") || name == "list_duplicate_candidates"
}

/// The status of the successful answer.
fn success(operation: &Operation) -> u16 {
    operation.responses.responses.keys().filter_map(|status| status.parse().ok()).find(|status| (200..300).contains(status)).unwrap_or(200)
}

/// The media type of the successful answer; JSON where there is no body.
fn media_type(operation: &Operation) -> String {
    let answers = operation.responses.responses.iter().filter(|(status, _)| status.starts_with('2'));
    let mut types = answers.filter_map(|(_, answer)| match answer {
        RefOr::T(answer) => answer.content.keys().next().cloned(),
        RefOr::Ref(_) => None,
    });
    types.next().unwrap_or_else(|| "application/json".to_owned())
}

fn segment(text: &str) -> Option<String> {
    (!text.starts_with('{')).then(|| text.to_owned())
}

impl Operations {
    /// The answer where no handler may take the request: OPTIONS, or a method that the path does not have. None if a handler
    /// takes it, or if the path does not exist.
    pub fn without_handler(&self, method: &Method, path: PlainPath<'_>) -> Option<HttpResponse> {
        if self.find(method, path).is_some() {
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
