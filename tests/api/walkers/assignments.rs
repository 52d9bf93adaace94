//! What is assigned, and to whom, is decided in one place: rows hold the types of `casefile/assignees`, which no other file can make,
//! and a statement that writes an assignee without a row stands in a file of this list.

use super::architecture::sources;

/// Files with a statement that assigns many cases or tasks at once, to an assignee that was asked about.
const MOVES: &[&str] = &["src/db/casefile/assignments.rs", "src/db/casefile/handing_over.rs"];

/// The values that the statements of a file assign. A filter asks who it is, and assigns nothing.
fn assigned(code: &str) -> Vec<String> {
    const COLUMN: &str = "assigned_to.eq(";
    let is_written = |at: usize| {
        let before = code[..at].rsplit(';').next().unwrap_or_default();
        before.rfind(".set(").is_some_and(|set| before.rfind(".filter(").is_none_or(|filter| filter < set))
    };
    let value = |at: usize| code[at + COLUMN.len()..].split(')').next().unwrap_or_default().to_owned();
    code.match_indices(COLUMN).filter(|(at, _)| is_written(*at)).map(|(at, _)| value(at)).collect()
}

#[test]
fn a_statement_assigns_nobody_unless_it_stands_where_the_account_was_asked_about() {
    let (mut moves, mut others) = (0, 0);
    for source in sources("src") {
        for value in assigned(&source.code()) {
            if value.starts_with("None::<") {
                others += 1;
            } else {
                assert!(MOVES.contains(&source.path.as_str()), "{}: ask `assignees` who can act, and assign that: {value}", source.path);
                moves += 1;
            }
        }
    }
    assert!(moves >= 3 && others >= 3, "{moves} and {others}: these statements are written otherwise now");
}

#[test]
fn a_statement_that_assigns_a_user_is_found() {
    let written = "diesel::update(tasks::table.filter(tasks::id.eq(id))).set((tasks::version.eq(2), tasks::assigned_to.eq(Some(user))));";
    assert_eq!(assigned(written), ["Some(user"]);
    assert_eq!(assigned("let held = cases::table.filter(cases::assigned_to.eq(user));"), [""; 0]);
}
