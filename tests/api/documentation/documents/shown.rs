//! Compares an answer with the one that a document shows: `…` matches any text, and values that differ each time are compared by their
//! form.

/// Whether an answer matches the shown one.
pub fn fits(shown: &str, answered: &str) -> Result<(), String> {
    let (shown, answered) = (form_of(shown), form_of(answered));
    let pieces: Vec<&str> = shown.split('…').collect();
    let mut rest = answered.as_str();
    for (at, piece) in pieces.iter().enumerate() {
        let found = match at {
            0 => rest.starts_with(piece).then_some(0),
            _ if at + 1 == pieces.len() => rest.len().checked_sub(piece.len()).filter(|_| rest.ends_with(piece)),
            _ => rest.find(piece),
        };
        let found = found.ok_or_else(|| format!("`{piece}` is missing in `{rest}`"))?;
        rest = &rest[found + piece.len()..];
    }
    if pieces.len() == 1 && !rest.is_empty() { Err(format!("`{rest}` is not shown")) } else { Ok(()) }
}

/// The text without white space, with ids, codes, days and ETags replaced by their kind.
fn form_of(text: &str) -> String {
    let mut form = String::new();
    let mut word = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() || letter == '-' {
            word.push(letter);
            continue;
        }
        form.push_str(kind_of(&word));
        word.clear();
        if !letter.is_whitespace() {
            form.push(letter);
        }
    }
    form
}

fn kind_of(word: &str) -> &str {
    let parts: Vec<&str> = word.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let is_hex = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match (lengths.as_slice(), parts.as_slice()) {
        ([8, 4, 4, 4, 12], _) if is_hex => "<id>",
        ([3, 2, 6, 1], _) => "<code>",
        ([4, 2, 2], _) if is_hex => "<day>",
        (_, [version, _, _]) if is_hex && version.len() < 4 && version.bytes().all(|byte| byte.is_ascii_digit()) => "<etag>",
        _ => word,
    }
}

#[test]
fn an_answer_fits_what_is_shown_or_the_difference_is_named() {
    let shown = r#"{"id":"b5d658ab-3bfc-4500-a5c0-6305a4b3fc14",…"version":2}"#;
    let id = "00000000-0000-4000-8000-000000000000";
    assert_eq!(fits(shown, &format!("{{\"id\": \"{id}\", \"stage\": \"x\", \"version\": 2}}")), Ok(()));
    assert!(fits(shown, &format!("{{\"id\": \"{id}\", \"version\": 3}}")).is_err());
    assert!(fits("200\n", "200\n404\n").is_err(), "more than is shown");
    assert!(fits("\"1-3f-ab12\"", "\"12-1f-0c34\"").is_ok() && fits("\"1-3f-ab12\"", "\"\"").is_err());
    assert!(fits("{…}", "").is_err(), "nothing is not anything");
}
