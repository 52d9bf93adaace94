//! The shape of the source: permitted imports, the length of files, and the number of uses of each escape.
//!
//! A number that is compared with `==` may only shrink. When it shrinks, write the smaller one here; when it would grow,
//! find another way, or argue for it in the review that changes the number.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use homeward::domain::access::permission_table;

/// A source file: its path from the root of the repository, and its text.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    /// The shipped code: without comments, and without the unit tests at the end.
    pub fn code(&self) -> String {
        if self.path.ends_with("/tests.rs") {
            return String::new();
        }
        let shipped = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        shipped.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }

    /// `domain` of `src/domain/case.rs`, `error` of `src/error.rs`.
    pub fn layer(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or_default();
        inside.split_once('/').map_or(inside.trim_end_matches(".rs"), |(layer, _)| layer)
    }
}

/// Every Rust file below a folder.
pub fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap_or_else(|error| panic!("{folder}: {error}")) {
            let name = entry.expect("an entry of a source folder").file_name().to_string_lossy().into_owned();
            let path = format!("{folder}/{name}");
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") {
                let text = fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
                found.push(Source { path, text });
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds no source");
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names after each `prefix` that begins a path: the names in `crate::name`.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let begins = |at: usize| !code[..at].ends_with(|letter: char| is_name(letter) || letter == ':' || letter == '$');
    let name = |at: usize| match code[at + prefix.len()..].split(|letter: char| !is_name(letter)).next() {
        Some("") | None => "{".to_owned(),
        Some(name) => name.to_owned(),
    };
    code.match_indices(prefix).filter(|(at, _)| begins(*at)).map(|(at, _)| name(at)).collect()
}

/// The crates of Cargo.toml that the code names in a path.
fn crates_named(code: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let dependencies = manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).expect("the dependencies");
    let lines = dependencies.lines().filter(|line| !line.starts_with('#'));
    let crates = lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.replace('-', "_"));
    crates.filter(|name| !names_after(code, &format!("{name}::")).is_empty()).collect()
}

/// Each layer: the modules and the crates it may name. `std` is free. A layer that is not here may name everything.
const LAYERS: &[(&str, &str, &str)] = &[
    (
        "domain",
        "domain",
        "serde chrono uuid utoipa validator celes oxilangtag rust_decimal iso_currency any_ascii phonenumber strsim unicode_normalization icu_properties precis_profiles unicode_security ipnet chrono_tz",
    ),
    ("error", "domain", ""),
    ("config", "domain config", "tokio_postgres tracing_subscriber strsim"),
    ("text_enum", "", "serde utoipa"),
    ("places", "places", ""),
    ("backup", "crypto backup", "serde serde_json"),
    (
        "files",
        "domain error crypto files places",
        "object_store hyper hyper_util http_body_util tokio tokio_rustls rustls async_trait bytes futures_util uuid zeroize",
    ),
    ("crypto", "domain error crypto", "aws_lc_rs base64 bech32 zeroize uuid unicode_normalization"),
    ("tables", "domain tables", "calamine csv encoding_rs flate2 serde_json unicode_normalization"),
    (
        "db",
        "domain error config crypto backup db",
        "diesel diesel_migrations rusqlite hashlink bytes futures_util tokio tokio_postgres tokio_postgres_rustls rustls crossbeam_channel \
         serde serde_json chrono uuid base64 unicode_normalization zeroize tracing moka rustix",
    ),
    (
        "auth",
        "domain error config crypto auth places",
        "argon2 jsonwebtoken totp_rs qrcode aws_lc_rs zeroize base64 unicode_normalization tokio serde serde_json chrono uuid",
    ),
    (
        "api",
        "domain error config crypto db auth files places api",
        "actix_web utoipa utoipa_actix_web validator serde serde_json json_patch form_urlencoded \
         futures_util prometheus_client chrono uuid zeroize base64 bytes tracing tokio maud csv \
         pulldown_cmark flate2 actix_cors governor",
    ),
    ("reference", "domain error db reference", "serde serde_json uuid chrono"),
    ("demo", "domain error db reference demo", "chrono uuid"),
];

/// Exceptions in which a layer imports a higher one, with the reason. The list may only become shorter.
const REACHING_UP: &[(&str, &str)] = &[];

#[test]
fn a_layer_names_only_what_is_below_it() {
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for source in sources("src") {
        let Some((layer, modules, crates)) = LAYERS.iter().find(|(layer, ..)| *layer == source.layer()) else { continue };
        let code = source.code();
        let allowed: BTreeSet<&str> = modules.split_whitespace().chain(crates.split_whitespace()).collect();
        for name in names_after(&code, "crate::").into_iter().chain(crates_named(&code)) {
            match REACHING_UP.iter().find(|(path, up)| *path == source.path && *up == name) {
                _ if allowed.contains(name.as_str()) => {}
                Some(exception) => {
                    used.insert(exception);
                }
                None => wrong.push(format!("{} names {name}, which {layer} must not (DESIGN §1)", source.path)),
            }
        }
    }
    assert!(wrong.is_empty(), "move the code to the layer it belongs to:\n{}", wrong.join("\n"));
    assert_eq!(used.len(), REACHING_UP.len(), "an exception is not needed any more: take it out of REACHING_UP");
}

#[test]
fn no_module_reaches_out_of_its_layer_by_climbing() {
    for source in sources("src") {
        let module = source.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        let climb = "super::".repeat(module.split('/').count());
        assert!(!source.code().contains(&climb), "{}: write `crate::` instead of `{climb}`, so that the layer can be seen", source.path);
    }
}

#[test]
fn a_row_that_is_inserted_says_what_none_is() {
    let mut rows = 0;
    for source in sources("src") {
        for row in source.text.split("#[derive(").skip(1).filter(|row| row.split(')').next().is_some_and(|of| of.contains("Insertable"))) {
            let attributes = row.split('{').next().unwrap_or_default();
            assert!(
                attributes.contains("treat_none_as_default_value = false"),
                "{}: say `treat_none_as_default_value = false`, or diesel writes DEFAULT for a None, and SQLite does not know the word:\n{attributes}",
                source.path
            );
            rows += 1;
        }
    }
    assert!(rows > 40, "only {rows} rows were found");
}

/// Files that exceed the limit, with their length today. The list may only become shorter.
const LONG: &[(&str, usize)] = &[];

#[test]
fn no_file_is_longer_than_400_lines() {
    for source in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let lines = source.text.lines().count();
        let limit = LONG.iter().find(|(path, _)| *path == source.path).map_or(400, |(_, lines)| *lines);
        assert!(lines <= limit, "{} has {lines} lines, and {limit} is the limit: split it where its subject splits", source.path);
    }
    for (path, _) in LONG {
        let lines = fs::read_to_string(root().join(path)).map_or(0, |text| text.lines().count());
        assert!(lines > 400, "{path} is short enough now: take it out of LONG");
    }
}

/// The number of times that a text occurs in the shipped code, by file.
fn uses(text: &str) -> Vec<(String, usize)> {
    let counted = sources("src").into_iter().map(|source| (source.path.clone(), source.code().matches(text).count()));
    counted.filter(|(_, count)| *count > 0).collect()
}

fn total(text: &str) -> usize {
    uses(text).iter().map(|(_, count)| count).sum()
}

#[test]
fn escapes_may_only_shrink() {
    for (escape, count, instead) in [
        (".as_system(", 13, "the database is handed out by a door (api::access); system work needs a reason that a reviewer accepts"),
        (".keep_house(", 2, "work of the system leaves an entry, but for the probe and for the seal of the trail itself"),
        ("#[expect(", 5, "write code that the lint accepts"),
        ("#[allow(", 1, "use #[expect(…, reason)], which goes away with its cause"),
        ("#![allow(", 2, "document it"),
        ("sql::<", 3, "build the query: the compiler checks what is built"),
        (".batch(", 10, "build the query: the compiler checks what is built"),
        (".later(", 2, "build the query: the compiler checks what is built"),
        ("unsafe ", 0, "there is a safe way"),
    ] {
        assert_eq!(total(escape), count, "`{escape}` may only shrink: {instead}. Found: {:#?}", uses(escape));
    }
}

#[test]
fn what_an_operation_does_is_not_decided_by_its_name() {
    let document = crate::support::contract::document();
    let items = document["paths"].as_object().expect("paths").values().filter_map(|item| item.as_object());
    let operations = items.flat_map(|item| item.values()).filter_map(|operation| operation["operationId"].as_str());
    let found: Vec<_> = operations.flat_map(|name| uses(&format!("\"{name}\""))).collect();
    let count: usize = found.iter().map(|(_, count)| count).sum();
    // Includes the table of problems in the API document and the table of authority, by which no door decides; and other meanings
    // of the words: a reason, an act that two persons answer for.
    assert_eq!(count, 101, "what a door must know is a type at the door (api::access::may); this may only shrink. Found: {found:#?}");
    for (text, count) in [
        // Comparisons that tell whether a repeated request is the same one; and raids in the demo.
        (".operation !=", 3),
        (".operation ==", 1),
        ("operation.contains(", 0),
        ("operation.starts_with(", 0),
        ("operation.ends_with(", 0),
        (".path().starts_with(", 0),
        (".path().contains(", 0),
    ] {
        assert_eq!(total(text), count, "`{text}` may only shrink: ask the route or the door. Found: {:#?}", uses(text));
    }
}

#[test]
fn the_escapes_stand_where_they_stood() {
    for (escape, files) in [
        ("sql::<", "src/db/reporting/statistics.rs"),
        ("sql_query", ""),
        ("batch_execute", "src/db/engine/connection.rs src/db/engine/postgres.rs"),
        ("Utc::now", "src/db/engine/clock.rs"),
        // One reader of a path: who else looks at one sooner or later reads it differently.
        ("uri.path()", "src/api/http/plain_path.rs"),
        (".uri()", "src/api/http/middleware.rs src/api/http/routes.rs src/files/s3_http.rs"),
        // The ids in a path, for the audit trail.
        ("match_info", "src/api/http/access.rs"),
        ("match_pattern", "src/api/http/routes.rs"),
        ("unprocessed", ""),
        ("percent_decode", ""),
        // Each takes the path whole, after it was found to be plain.
        ("request.path()", "src/api/http/idempotency_key.rs src/api/http/respond.rs src/api/docs/missing.rs src/api/docs/mod.rs"),
        ("env::var", "src/command/mod.rs"),
        (
            "aws_lc_rs::",
            "src/auth/client_assertion.rs src/auth/token.rs src/crypto/blind_index.rs src/crypto/envelope.rs src/crypto/recipients/agreement.rs src/crypto/mod.rs src/crypto/signing.rs src/crypto/stream.rs src/db/engine/postgres.rs src/files/s3_http.rs",
        ),
    ] {
        let allowed: BTreeSet<&str> = files.split_whitespace().collect();
        for (path, _) in uses(escape) {
            assert!(allowed.contains(path.as_str()), "{path} uses `{escape}`, which stands only in: {files}");
        }
    }
}

#[test]
fn every_input_is_read_after_the_door() {
    // A door is what lets a request in; every other extractor waits for it, which its future alone can prove.
    let doors = ["src/api/http/access.rs", "src/api/http/access/public.rs"];
    let mut inputs = 0;
    for source in sources("src").into_iter().filter(|source| !doors.contains(&source.path.as_str())) {
        let code = source.code();
        for implementation in code.split("FromRequest for ").skip(1) {
            let future = implementation.split("type Future = ").nth(1).and_then(|rest| rest.split(';').next());
            assert_eq!(future, Some("Extraction<Self>"), "{}: an input waits for the door (api::http::admission)", source.path);
            inputs += 1;
        }
        for extractor in ["Query", "Json", "Path", "Form", "Either", "Header"] {
            let taken = format!(": web::{extractor}<");
            assert!(!code.contains(&taken), "{}: take an input of api::http::extract, which waits for the door", source.path);
        }
    }
    assert!(inputs >= 6, "only {inputs} inputs were found: the test does not look where they are");
}

#[test]
fn nothing_that_ships_panics_on_purpose_or_prints() {
    for source in sources("src") {
        let code = source.code();
        for text in [".unwrap()", ".expect(", "todo!(", "unimplemented!(", "unreachable!(", "panic!(", "dbg!("] {
            assert_eq!(code.matches(text).count(), 0, "{} has `{text}`: give back an error instead", source.path);
        }
        let on_error = code.matches("eprintln!(").count();
        assert!(on_error == 0 || source.path == "src/main.rs", "{} prints: use tracing", source.path);
        for (text, allowed) in [("println!(", on_error), ("print!(", 0)] {
            let found = code.matches(text).count();
            assert_eq!(found, allowed, "{} prints: the commands do with `command::print`, everything else uses tracing", source.path);
        }
    }
}

/// The folders of `db` whose tables belong to no case: their functions are called before the caller is known, at sign-in for
/// example, or hold reference data that every signed-in user may read. All other tables belong to a case.
const UNSCOPED: &[&str] = &["schema", "engine", "accounts", "reference"];

#[test]
fn every_function_on_a_case_takes_the_transaction_that_knows_the_actor() {
    let mut functions = 0;
    let room = |source: &Source| source.path.split('/').nth(2).unwrap_or_default().to_owned();
    for source in sources("src").into_iter().filter(|source| source.layer() == "db" && source.path.matches('/').count() > 2) {
        if UNSCOPED.contains(&room(&source).as_str()) {
            continue;
        }
        // Only functions at the beginning of a line: a method already has its row, and a function read that row.
        for signature in source.text.split("\npub fn ").skip(1) {
            functions += 1;
            let name = signature.split(['(', '<']).next().unwrap_or_default();
            let arguments = signature.split_once('(').map_or("", |(_, arguments)| arguments.trim_start());
            let takes = arguments.split(") ").next().unwrap_or_default();
            assert!(
                takes.starts_with("tx: &") || !["Connection", "Tx<"].iter().any(|reached| takes.contains(reached)),
                "{}: {name} must take `tx: &mut Tx<'_>` first, which carries actor, scope and audit",
                source.path
            );
        }
    }
    assert!(functions > 100, "only {functions} functions were found: the test does not look where they are");
}

#[test]
fn the_permission_table_is_the_reviewed_one() {
    let path = root().join("tests/api/walkers/permissions.txt");
    let made = permission_table();
    if crate::walkers::openapi::update() {
        fs::write(&path, &made).expect("the table is written");
    }
    let reviewed = fs::read_to_string(&path).unwrap_or_default();
    assert!(reviewed == made, "roles and permissions changed. Run with HOMEWARD_UPDATE=1, and have the difference reviewed:\n{made}");
}
