//! Deprecated operations, their last day and their replacement: one table for the API document and for the headers of every
//! answer (`Deprecation`: RFC 9745, `Sunset`: RFC 8594).
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document that was just made: a missing member reads as null and is inserted when written"
)]

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use chrono::{NaiveDate, NaiveTime};
use serde_json::{Value, json};

/// A deprecated operation.
#[derive(Clone, Copy, Debug)]
pub struct Deprecation {
    /// Its name in the document.
    pub operation: &'static str,
    /// The day from which it was deprecated, `YYYY-MM-DD`.
    pub since: &'static str,
    /// The last day on which it answers, `YYYY-MM-DD`: at least 180 days later.
    pub sunset: &'static str,
    /// The operation to use instead.
    pub instead: &'static str,
}

/// Every deprecated operation. `CONTRIBUTING.md` says how an operation gets here, and how it leaves.
pub const DEPRECATED: &[Deprecation] = &[];

impl Deprecation {
    fn of<'a>(table: &'a [Self], operation: &str) -> Option<&'a Self> {
        table.iter().find(|deprecation| deprecation.operation == operation)
    }

    /// `@` and the seconds since 1970 (RFC 9745 §2.1).
    fn deprecated_at(&self) -> Option<String> {
        Some(format!("@{}", day(self.since)?.and_time(NaiveTime::MIN).and_utc().timestamp()))
    }

    /// A date of HTTP (RFC 9110 §5.6.7).
    fn sunset_at(&self) -> Option<String> {
        Some(day(self.sunset)?.format("%a, %d %b %Y 23:59:59 GMT").to_string())
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// Adds the headers of a deprecated operation to an answer.
pub fn tell(headers: &mut HeaderMap, table: &[Deprecation], operation: &str) {
    let Some(deprecation) = Deprecation::of(table, operation) else { return };
    let explained = format!("</docs/reference/{operation}>; rel=\"deprecation\"; type=\"text/html\"");
    let told = [
        (HeaderName::from_static("deprecation"), deprecation.deprecated_at()),
        (HeaderName::from_static("sunset"), deprecation.sunset_at()),
        // A list has a link to its next page already.
        (header::LINK, Some(explained)),
    ];
    for (name, value) in told {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.append(name, value);
        }
    }
}

/// Marks a deprecated operation in the document.
pub fn mark(operation: &mut Value, table: &[Deprecation]) {
    let Some(deprecation) = Deprecation::of(table, operation["operationId"].as_str().unwrap_or_default()) else { return };
    let description = operation["description"].as_str().unwrap_or_default();
    let told = format!(
        "{description}\n\nDeprecated since {}; gone after {}. Use `{}` instead.",
        deprecation.since, deprecation.sunset, deprecation.instead
    );
    operation["description"] = json!(told);
    operation["deprecated"] = json!(true);
    operation["x-sunset"] = json!(deprecation.sunset);
    for (_, answer) in operation["responses"].as_object_mut().into_iter().flatten().filter(|(status, _)| status.starts_with('2')) {
        for name in ["Deprecation", "Sunset"] {
            answer["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, web};
    use chrono::Duration;

    use super::{DEPRECATED, Deprecation, day, mark};
    use crate::api::http::middleware::Settings;
    use crate::api::http::middleware::wrap;
    use crate::api::http::routes::Operations;
    use crate::api::openapi;

    const PLANTED: &[Deprecation] =
        &[Deprecation { operation: "get_health", since: "2026-01-01", sunset: "2026-07-31", instead: "get_readiness" }];

    #[test]
    fn whoever_is_warned_has_half_a_year_and_somewhere_to_go() {
        let document = openapi::document().expect("the document").to_string();
        let exists = |operation: &str| document.contains(&format!("\"operationId\":\"{operation}\""));
        for deprecation in DEPRECATED.iter().chain(PLANTED) {
            let (since, sunset) = (day(deprecation.since).expect("a day"), day(deprecation.sunset).expect("a day"));
            assert!(sunset - since >= Duration::days(180), "{deprecation:?}");
            assert!(exists(deprecation.operation) && exists(deprecation.instead), "{deprecation:?}");
        }
    }

    #[actix_web::test]
    async fn every_answer_of_what_goes_away_says_so_and_no_other_does() {
        let app = init_service(
            App::new()
                .app_data(web::Data::new(Settings { deprecated: PLANTED, ..Settings::default() }))
                .app_data(web::Data::new(Operations::of(&openapi::from_handlers())))
                .route("/healthz", web::get().to(HttpResponse::Ok))
                .route("/readyz", web::get().to(HttpResponse::Ok))
                .wrap(from_fn(wrap)),
        )
        .await;
        let answer = call_service(&app, TestRequest::with_uri("/healthz").to_request()).await;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(header("deprecation"), "@1767225600");
        assert_eq!(header("sunset"), "Fri, 31 Jul 2026 23:59:59 GMT");
        assert!(header("link").contains("rel=\"deprecation\""));
        let answer = call_service(&app, TestRequest::with_uri("/readyz").to_request()).await;
        assert!(!answer.headers().contains_key("deprecation"));
    }

    #[test]
    fn the_document_says_what_goes_away() {
        let mut operation =
            serde_json::json!({ "operationId": "get_health", "description": "Alive.", "responses": { "200": { "description": "Yes" } } });
        mark(&mut operation, PLANTED);
        assert_eq!(operation["deprecated"], true);
        assert!(operation["description"].as_str().is_some_and(|text| text.contains("2026-07-31") && text.contains("`get_readiness`")));
        assert!(operation["responses"]["200"]["headers"]["Sunset"].is_object());
    }
}
