//! `docs/security.md`: every claim names the test that proves it, and the test exists.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::blocks::root;

const SECURITY: &str = "docs/security.md";
/// Headings without tests: the introduction, and the claims that are marked as untested.
const WITHOUT_A_TEST: [&str; 2] = ["Security", "Said without a test"];

/// The names in one `(test: …)` or `(measured by: …)`.
fn named<'a>(text: &'a str, opening: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    for part in text.split(opening).skip(1) {
        let list = part.split(')').next().unwrap_or_default();
        names.extend(list.split('`').skip(1).step_by(2));
    }
    names
}

/// The tests of this binary, by the last part of their name that a document uses.
fn listed() -> BTreeSet<String> {
    let itself = std::env::current_exe().expect("this binary");
    let out = Command::new(itself).args(["--list", "--format", "terse"]).output().expect("the list of tests").stdout;
    let out = String::from_utf8(out).expect("text");
    let tests = out.lines().filter_map(|line| line.strip_suffix(": test"));
    tests.flat_map(|test| test.split("::")).map(str::to_owned).collect()
}

/// Functions with a test attribute, or declared for both databases: those of the library, and those that exist in another build
/// only.
fn attributed(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            attributed(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                if line.starts_with("#[") {
                    is_test |= line.trim_end_matches(']').ends_with("test");
                } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test || line.contains("(world) {")) {
                    found.insert(rest.split('(').next().unwrap_or_default().to_owned());
                    is_test = false;
                } else {
                    is_test = false;
                }
            }
        }
    }
}

/// The paragraphs, list items and tables below each heading. A list item is a claim of its own.
fn claims(text: &str) -> Vec<(String, String)> {
    let mut claims: Vec<(String, String)> = Vec::new();
    let mut heading = String::new();
    let mut is_open = false;
    for line in text.lines() {
        if let Some(title) = line.strip_prefix('#') {
            heading = title.trim_start_matches('#').trim().to_owned();
            is_open = false;
        } else if line.is_empty() || line.starts_with("<!--") {
            is_open = false;
        } else {
            let begins = line.starts_with("- ") || line.split_once(". ").is_some_and(|(number, _)| number.parse::<u8>().is_ok());
            if begins || !is_open {
                claims.push((heading.clone(), String::new()));
            }
            is_open = true;
            let (_, claim) = claims.last_mut().expect("a claim");
            claim.push_str(line);
            claim.push('\n');
        }
    }
    claims
}

/// Whether every row of a table names its test, where the table has a column for it.
fn rows_are_named(table: &str) -> bool {
    let mut rows = table.lines();
    let has_column = rows.next().is_some_and(|head| head.ends_with("| Test |"));
    !has_column || rows.skip(1).all(|row| !named(row, "(test:").is_empty())
}

#[test]
fn every_claim_about_security_names_a_test_that_exists() {
    let text = std::fs::read_to_string(root().join(SECURITY)).expect("the document");
    let mut tests = listed();
    attributed(&root().join("src"), &mut tests);
    attributed(&root().join("tests"), &mut tests);
    let names = named(&text, "(test:");
    let missing: Vec<&&str> = names.iter().filter(|name| !tests.contains(**name)).collect();
    assert!(missing.is_empty(), "no such test, and so nothing proves what {SECURITY} says: {missing:#?}");
    assert!(names.len() > 150, "{} tests are named", names.len());
    for script in named(&text, "(measured by:") {
        assert!(root().join(script).is_file(), "there is no {script}");
    }

    let mut unproven = Vec::new();
    let mut before = String::new();
    for (heading, claim) in claims(&text) {
        let is_named = |text: &str| text.contains("(test: `") || text.contains("(measured by: `");
        let is_proven = match claim.starts_with('|') {
            true => rows_are_named(&claim) && (claim.contains("| Test |") || is_named(&before)),
            false => is_named(&claim),
        };
        if !is_proven && !WITHOUT_A_TEST.contains(&heading.as_str()) {
            unproven.push(format!("{heading}: {claim}"));
        }
        before = claim;
    }
    assert!(unproven.is_empty(), "claims without a test; give it, or move them to \"Said without a test\": {unproven:#?}");
}
