//! Answers, and their checks in tests.

use std::io::Read;

use actix_web::http::header::HeaderMap;
use serde_json::Value;

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The body as it was sent, compressed or not.
    pub sent: Vec<u8>,
}

impl Answer {
    /// The answer with its body uncompressed.
    pub fn unpacked(mut self) -> Self {
        if self.header("content-encoding") == "gzip" {
            let mut body = Vec::new();
            flate2::read::GzDecoder::new(self.body.as_slice()).read_to_end(&mut body).expect("gzip");
            self.body = body;
        }
        self
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON ({}): {}", self.status, self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as text, without the minute in which it was printed: two answers of one state may lie on both sides of one.
    pub fn text_of_any_minute(&self) -> String {
        let text = self.text();
        let mut parts = text.split(" (UTC");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |mut told, rest| {
            let minute = told.char_indices().nth_back(4).map_or(0, |(at, _)| at);
            told.truncate(minute);
            told + "(UTC" + rest
        })
    }

    /// A header as text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The ETag.
    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The stable code of a problem, which must have this status.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem = self.expect(status).json();
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }

    /// The pointers of a problem.
    pub fn pointers(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["pointer"].as_str().unwrap_or_default().to_owned()).collect()
    }
}
