//! The one reader of a path. Whatever decides by a path, names it or looks it up takes a [`PlainPath`], and a request without one is
//! refused before it is routed.
//!
//! The router, a proxy and a table may each decode, join and cut a path in their own way, and an attacker looks for a path that two
//! of them read differently. No address of this service needs any of that, so a path that leaves room for it is not read at all.

use actix_web::http::Uri;

/// A path that can be read in one way only: unreserved characters (RFC 3986 §2.3) between single slashes, and no segment that
/// stands for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainPath<'a>(&'a str);

impl<'a> PlainPath<'a> {
    /// The path of an address; none if it is not plain. The list is of what is allowed: a percent sign, a semicolon, a backslash, a
    /// control character and everything beyond ASCII are not on it.
    pub fn of(uri: &'a Uri) -> Option<Self> {
        Self::read(uri.path())
    }

    /// The same of a text.
    pub fn read(path: &'a str) -> Option<Self> {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        let is_plain = |segment: &str| !matches!(segment, "." | "..") && segment.bytes().all(is_unreserved);
        let segments = path.strip_prefix('/')?;
        // The last segment may be empty, as in `/docs/`.
        let (above, last) = segments.rsplit_once('/').map_or((None, segments), |(above, last)| (Some(above), last));
        let are_plain = above.is_none_or(|above| above.split('/').all(|segment| !segment.is_empty() && is_plain(segment)));
        (are_plain && is_plain(last)).then_some(Self(path))
    }

    /// The text.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The segments, the empty one before the first slash included.
    pub fn segments(self) -> impl Iterator<Item = &'a str> {
        self.0.split('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_plain_or_not_read() {
        for plain in ["/", "/v1/cases", "/v1/cases/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10", "/docs/", "/.well-known/jwks.json", "/a/..."] {
            assert!(PlainPath::read(plain).is_some(), "{plain}");
        }
        for path in [
            "",
            "*",
            "v1/cases",
            "//",
            "//v1",
            "/v1//cases",
            "/v1/cases//",
            "/.",
            "/..",
            "/v1/./cases",
            "/v1/../cases",
            "/v1/cases/.",
            "/v1/cases/..",
            "/v1/%63ases",
            "/v1/cases%2F",
            "/v1%5ccases",
            "/v1/cases%00",
            "/%2e/v1",
            "/v1/cases;a=b",
            "/v1/cases;",
            "/v1\\cases",
            "/v1/cases%",
            "/v1/cases%zz",
            "/v1/cas\u{e9}s",
            "/v1/%ff",
            "/v1/cases\u{200b}",
            "/v1/cases:search",
            "/v1/a+b",
            "/v1/cases\n",
        ] {
            assert!(PlainPath::read(path).is_none(), "{path}");
        }
    }
}
