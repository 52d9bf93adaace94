//! Entity tags in the headers of conditional requests (RFC 9110 §8.8.3 and §13.1).
//!
//! A tag of this service names a version of a record and not the bytes of an answer. It stays true where a proxy that compresses made
//! it weak, so both headers compare without regard to that: by the letter of §13.1.1, nobody behind such a proxy could change anything.

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};

/// Characters that a conditional header, or a preference, may have.
pub const LONGEST: usize = 1000;

/// What a conditional header names.
pub enum EntityTags<'a> {
    /// `*`: whatever is there.
    Any,
    /// One of these, each without its quotes and without what proxies add.
    OneOf(Vec<&'a str>),
}

impl<'a> EntityTags<'a> {
    /// The tags of a header, all its lines together; none if it is absent or not well-formed.
    pub fn of(headers: &'a HeaderMap, name: HeaderName) -> Option<Self> {
        let lines: Vec<&str> = headers.get_all(name).map(|line| line.to_str()).collect::<Result<_, _>>().ok()?;
        if let [line] = lines.as_slice()
            && line.trim() == "*"
        {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        for line in lines {
            listed(line, &mut tags)?;
        }
        (!tags.is_empty()).then_some(Self::OneOf(tags))
    }

    /// Whether the header names the tag of a current representation.
    pub fn name(&self, etag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.contains(&unquoted(etag)),
        }
    }
}

/// Whether the caller says that it has this version.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    EntityTags::of(headers, IF_NONE_MATCH).is_some_and(|tags| tags.name(etag))
}

/// Whether a caller who asks for one version (`If-Match`) would read another one. A tag may be the version alone, as for a change.
pub fn is_missed(headers: &HeaderMap, etag: &str) -> bool {
    let current = unquoted(etag);
    let is_it = |tag: &&str| current == *tag || current.strip_prefix(*tag).is_some_and(|rest| rest.starts_with('-'));
    headers.contains_key(IF_MATCH)
        && match EntityTags::of(headers, IF_MATCH) {
            Some(EntityTags::Any) => false,
            Some(EntityTags::OneOf(tags)) => !tags.iter().any(is_it),
            None => true,
        }
}

/// Reads one line of a header. A comma within a tag belongs to the tag.
fn listed<'a>(line: &'a str, tags: &mut Vec<&'a str>) -> Option<()> {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(());
        }
        let (tag, after) = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        rest = after.trim_start();
        if tag.contains([' ', '\t']) || !(rest.is_empty() || rest.starts_with(',')) {
            return None;
        }
        tags.push(without_encoding(tag));
    }
}

fn unquoted(etag: &str) -> &str {
    without_encoding(etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"'))
}

/// Apache names the encoding of what it compressed within the tag.
fn without_encoding(tag: &str) -> &str {
    ["-gzip", ";gzip", "-br", "-zstd"].iter().find_map(|ending| tag.strip_suffix(ending)).unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderValue, IF_MATCH};

    use super::EntityTags;

    fn read(lines: &[&'static str]) -> Option<Vec<String>> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(IF_MATCH, HeaderValue::from_static(line));
        }
        EntityTags::of(&headers, IF_MATCH).map(|tags| match tags {
            EntityTags::Any => vec!["*".to_owned()],
            EntityTags::OneOf(tags) => tags.into_iter().map(ToOwned::to_owned).collect(),
        })
    }

    #[test]
    fn one_tag_a_list_and_the_star_are_read() {
        assert_eq!(read(&[r#""1-3f""#]), Some(vec!["1-3f".into()]));
        assert_eq!(read(&[r#"W/"1-3f""#]), Some(vec!["1-3f".into()]));
        assert_eq!(read(&[r#""1-3f-gzip""#]), Some(vec!["1-3f".into()]));
        assert_eq!(read(&[r#""x","1-3f" , W/"a,b","#]), Some(vec!["x".into(), "1-3f".into(), "a,b".into()]));
        assert_eq!(read(&[r#""x""#, r#""1""#]), Some(vec!["x".into(), "1".into()]), "two lines are one list");
        assert_eq!(read(&[" * "]), Some(vec!["*".into()]));
    }

    #[test]
    fn what_is_no_tag_is_not_read() {
        for line in ["", ",", "1", "1-3f", r#""1"#, r#"1""#, r#"w/"1""#, r#""1" "2""#, r#""1", 2"#, r#""1", *"#, r#""a b""#, "*, *"] {
            assert_eq!(read(&[line]), None, "{line}");
        }
        assert_eq!(read(&["*", r#""1""#]), None);
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_weak_tag_names_the_strong_one() {
        let mut headers = HeaderMap::new();
        headers.append(IF_MATCH, HeaderValue::from_static(r#"W/"1-3f""#));
        let tags = EntityTags::of(&headers, IF_MATCH).unwrap();
        assert!(tags.name(r#""1-3f""#) && !tags.name(r#""1-3e""#) && !tags.name(r#""2-3f""#));
    }

    #[test]
    fn a_version_that_was_asked_for_is_the_current_one_or_missed() {
        for (asked, is_missed) in [
            (Some(r#""1-3f-ab""#), false),
            (Some(r#""1-3f""#), false),
            (Some(r#""1""#), false),
            (Some(r#""2", W/"1-3f-ab""#), false),
            (Some("*"), false),
            (None, false),
            (Some(r#""2""#), true),
            (Some(r#""1-3""#), true),
            (Some("1"), true),
        ] {
            let mut headers = HeaderMap::new();
            asked.into_iter().for_each(|asked| headers.append(IF_MATCH, HeaderValue::from_static(asked)));
            assert_eq!(super::is_missed(&headers, r#""1-3f-ab""#), is_missed, "{asked:?}");
        }
    }
}
