//! Which form of a resource a caller asks for (RFC 9110 §12.5.1).

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web;

use crate::api::http::plain_path::PlainPath;
use crate::api::http::routes::Operations;

const JSON: &str = "application/json";
const CSV: &str = "text/csv";

/// Leads a request for the table of a report to its own address: the one is asked for as the other is.
pub fn lead_to_table(request: &mut ServiceRequest) {
    if let Some(address) = table_of(request) {
        request.match_info_mut().get_mut().update(&address);
        request.head_mut().uri = address;
    }
}

fn table_of(request: &ServiceRequest) -> Option<Uri> {
    let operations = request.app_data::<web::Data<Operations>>()?;
    let path = PlainPath::of(request.uri())?;
    if *request.method() != actix_web::http::Method::GET || !operations.has_table(path) || !prefers_table(request.headers()) {
        return None;
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/csv{query}", request.uri().path()).parse().ok()
}

/// Whether a caller names CSV, and likes it better than JSON.
fn prefers_table(headers: &HeaderMap) -> bool {
    let accepted = || headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let weight = |ranges: &[&str]| ranges.iter().find_map(|wanted| accepted().find_map(|range| weight_of(range, wanted))).unwrap_or(0);
    weight(&[CSV]) > weight(&[JSON, "application/*", "*/*"])
}

/// How much a caller likes a range, in thousandths; none if the entry is another range.
fn weight_of(entry: &str, wanted: &str) -> Option<u16> {
    let mut parts = entry.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(wanted) {
        return None;
    }
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let thousandths = |weight: &str| {
        let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
        format!("{whole}{fraction:0<3}").get(..4)?.parse().ok()
    };
    Some(weight.map_or(1000, |weight| thousandths(weight).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT, HeaderMap, HeaderValue};

    use super::prefers_table;

    #[test]
    fn a_table_is_what_names_csv_before_json() {
        for (accept, is_table) in [
            (&["text/csv"][..], true),
            (&["text/csv; charset=utf-8"], true),
            (&["Text/CSV, */*;q=0.1"], true),
            (&["application/json;q=0.5, text/csv"], true),
            (&["application/json;q=0.5", "text/csv;q=0.8"], true),
            (&["application/json, text/csv"], false),
            (&["text/csv;q=0"], false),
            (&["text/csv;q=0.4, application/json;q=0.5"], false),
            (&["text/*"], false),
            (&["*/*"], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            accept.iter().for_each(|value| headers.append(ACCEPT, HeaderValue::from_static(value)));
            assert_eq!(prefers_table(&headers), is_table, "{accept:?}");
        }
    }
}
