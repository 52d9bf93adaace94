//! `tests/asvs.toml`: every requirement of ASVS 5.0 of the levels 1 and 2 has a test that exists, or a reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// Requirements that are not met, or met without a test. The number may only become smaller.
const OPEN: usize = 29;

/// How many requirements of level 1 or 2 each chapter has, as published.
const CHAPTERS: [(&str, usize); 17] = [
    ("V1", 27),
    ("V2", 11),
    ("V3", 19),
    ("V4", 10),
    ("V5", 9),
    ("V6", 35),
    ("V7", 18),
    ("V8", 7),
    ("V9", 7),
    ("V10", 29),
    ("V11", 14),
    ("V12", 9),
    ("V13", 13),
    ("V14", 9),
    ("V15", 13),
    ("V16", 16),
    ("V17", 7),
];
/// How many of them are of level 1.
const OF_LEVEL_1: usize = 70;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    requirement: Vec<Requirement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    id: String,
    level: u8,
    text: String,
    #[serde(default)]
    tests: Vec<String>,
    reason: Option<String>,
    #[serde(default)]
    open: bool,
}

fn list() -> Vec<Requirement> {
    let text = fs::read_to_string(root().join("tests/asvs.toml")).expect("the list of requirements");
    toml::from_str::<List>(&text).expect("the list is read").requirement
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a test of this name is in the file: `path::name`.
fn exists(test: &str) -> bool {
    let Some((path, name)) = test.rsplit_once("::") else { return false };
    let Ok(text) = fs::read_to_string(root().join(path)) else { return false };
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            is_test |= line.trim_end_matches(']').ends_with("test");
        } else if let Some((_, rest)) = line.split_once("fn ") {
            if is_test && rest.split(['(', '<']).next() == Some(name) {
                return true;
            }
            is_test = false;
        } else {
            is_test = false;
        }
    }
    false
}

#[test]
fn every_requirement_is_listed_once() {
    let list = list();
    let mut chapters: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, requirement) in list.iter().enumerate() {
        let chapter = requirement.id.split('.').next().expect("a chapter");
        *chapters.entry(chapter).or_default() += 1;
        assert!(list.iter().skip(at + 1).all(|other| other.id != requirement.id), "{} is listed twice", requirement.id);
        assert!(matches!(requirement.level, 1 | 2), "{}", requirement.id);
        assert!(requirement.text.len() > 20, "{} does not say what it asks", requirement.id);
    }
    assert_eq!(chapters, CHAPTERS.into_iter().collect());
    assert_eq!(list.iter().filter(|requirement| requirement.level == 1).count(), OF_LEVEL_1);
}

#[test]
fn every_requirement_has_a_test_that_exists_or_a_reason() {
    let list = list();
    for Requirement { id, tests, reason, open, .. } in &list {
        let has_reason = reason.as_ref().is_some_and(|reason| reason.len() > 15);
        assert!(has_reason == tests.is_empty(), "{id} has either tests or a reason");
        assert!(!open || has_reason, "{id} is open: say what is missing");
        for test in tests {
            assert!(exists(test), "{id}: there is no test {test}");
        }
    }
    assert!(
        !exists("tests/api/walkers/asvs.rs::list") && !exists("tests/api/walkers/none.rs::none"),
        "what is no test is found to be none"
    );
    let open: Vec<&str> = list.iter().filter(|requirement| requirement.open).map(|requirement| requirement.id.as_str()).collect();
    assert_eq!(open.len(), OPEN, "the number of open requirements may only become smaller; write the smaller one here. Open: {open:?}");
}
