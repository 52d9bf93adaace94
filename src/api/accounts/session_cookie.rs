//! The session of a browser: its refresh token lies in a cookie that no script can read, so that a reload does not end the work, and a
//! script that does not belong on the page finds nothing to take away. The access token is never in a cookie: no operation but
//! `refresh` looks at one, so a cookie that a browser sends along by itself does nothing.

use actix_web::HttpRequest;
use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web;

use crate::api::http::PublicUrl;
use crate::domain::codes::SessionPlace;
use crate::error::{Error, Result};

/// The name. Its prefix makes a browser refuse it from another host, from a plain connection, and with a wider path (RFC 6265bis
/// §4.1.3.2).
const NAME: &str = "__Host-homeward-session";
/// Without a lifetime: it goes with the browser. `Strict`: no link and no form of another site brings it along.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
/// What takes the cookie away.
const GONE: &str = "__Host-homeward-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict";
/// The header that a form cannot send, and a page of another origin only after a preflight, which is refused.
const ASKED_BY: &str = "Homeward-Session";

/// Where the session is to be kept. A cookie is for pages of this server alone.
pub fn asked(request: &HttpRequest, place: Option<SessionPlace>) -> Result<SessionPlace> {
    let place = place.unwrap_or(SessionPlace::Body);
    if place == SessionPlace::Cookie {
        let public_url = request.app_data::<web::Data<PublicUrl>>().map(|url| url.0.as_str());
        require_own_page(request.headers(), public_url)?;
    }
    Ok(place)
}

/// Refuses what a page of another site can send: what lacks our own header, and what the browser says is from elsewhere. The header is no
/// parameter of the document: clients that are generated keep their session in the body, and would have to take it along.
fn require_own_page(headers: &HeaderMap, public_url: Option<&str>) -> Result<()> {
    // Browsers that do not send the second header send the third. Behind a proxy the host may be another one than the public one.
    let own = [text(headers, header::HOST.as_str()).map(str::to_owned), public_url.and_then(host_and_port)];
    let is_own = |origin: &HeaderValue| origin.to_str().ok().and_then(host_and_port).is_some_and(|origin| own.contains(&Some(origin)));
    let is_meant = text(headers, ASKED_BY) == Some(SessionPlace::Cookie.as_str());
    let is_from_here = text(headers, "Sec-Fetch-Site").is_none_or(|site| site == "same-origin");
    if is_meant && is_from_here && headers.get_all(header::ORIGIN).all(is_own) {
        return Ok(());
    }
    let message = "`cookie` is for pages of this server alone, which send the header `Homeward-Session: cookie`";
    Err(Error::field("/session", "not_applicable", message))
}

/// The only value of a header; none if there are several, or none that is text.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    let first = values.next()?;
    if values.next().is_some() { None } else { first.to_str().ok() }
}

/// Host and port of an address.
fn host_and_port(address: &str) -> Option<String> {
    address.parse::<Uri>().ok()?.authority().map(|authority| authority.as_str().to_owned())
}

/// The refresh token that the browser sent along; none if there is none, or more than one.
pub fn sent(request: &HttpRequest) -> Option<String> {
    let lines = request.headers().get_all(header::COOKIE).filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut own = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value.to_owned());
    let only = own.next().filter(|value| !value.is_empty());
    if own.next().is_some() { None } else { only }
}

/// The header that puts a refresh token into the cookie.
pub fn set(refresh_token: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(&format!("{NAME}={refresh_token}; {ATTRIBUTES}")).map_err(|_| Error::internal("a refresh token is no header"))
}

/// The header that takes the cookie away.
pub fn taken_away() -> HeaderValue {
    HeaderValue::from_static(GONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderName;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for &(name, value) in pairs {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn is_own_page(pairs: &[(&'static str, &'static str)]) -> bool {
        let pairs = [&[("host", "127.0.0.1:8080")][..], pairs].concat();
        require_own_page(&headers(&pairs), Some("https://homeward.example:8443/below")).is_ok()
    }

    #[test]
    fn only_a_page_of_this_server_is_let_in() {
        let ours = ("homeward-session", "cookie");
        assert!(is_own_page(&[ours]), "a program that is no browser sends no origin");
        assert!(is_own_page(&[ours, ("sec-fetch-site", "same-origin")]));
        for origin in ["http://127.0.0.1:8080", "https://homeward.example:8443"] {
            assert!(is_own_page(&[ours, ("origin", origin)]), "{origin}");
        }
        assert!(!is_own_page(&[("sec-fetch-site", "same-origin")]), "a form cannot send a header of our own");
        assert!(!is_own_page(&[("homeward-session", "body")]));
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!is_own_page(&[ours, ("sec-fetch-site", site)]), "{site}");
        }
        for origin in ["null", "https://evil.example", "https://homeward.example", "http://127.0.0.1:8081", ""] {
            assert!(!is_own_page(&[ours, ("origin", origin)]), "{origin}");
        }
    }

    #[test]
    fn a_browser_refuses_the_cookie_of_another_host() {
        let put = set("abc").unwrap();
        let (put, gone) = (put.to_str().unwrap(), taken_away());
        assert_eq!(put, "__Host-homeward-session=abc; Path=/; Secure; HttpOnly; SameSite=Strict");
        assert!(gone.to_str().unwrap().ends_with(ATTRIBUTES) && gone.to_str().unwrap().starts_with(NAME));
    }
}
