//! Imports between files: every `use` of a file leads to files that do not lead back, and to folders below its own.

use std::collections::{BTreeMap, BTreeSet};

use super::architecture::{Source, sources};

/// The layers whose files are checked.
const LAYERS: &[&str] = &["api", "db", "domain"];

/// Folders that belong to no area: the mechanism of a layer.
const MECHANISM: &[&str] = &["schema", "engine", "http", "openapi", "docs"];

/// All other folders of `api` and `db`, from the bottom up: a file imports its own folder, folders left of it, and mechanism.
const ROOMS: &[&str] = &["casefile", "accounts", "reference", "process", "cases", "repatriation", "sharing", "people", "reporting"];

type Path = Vec<String>;

/// The module of a file: `db::cases::change` of `src/db/cases/change.rs`.
fn module_of(file: &str) -> Path {
    let inside = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').map(str::to_owned).collect()
}

/// The paths that a `use` declaration names, each from its first word to its last.
fn expand(tree: &str) -> Vec<Path> {
    let tree = tree.trim();
    let Some((before, inside)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|word| word.trim().to_owned()).filter(|word| !word.is_empty() && word != "self").collect()];
    };
    let inside = inside.strip_suffix('}').unwrap_or(inside);
    let prefix: Path = before.split("::").map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    let (mut depth, mut start, mut branches) = (0, 0, Vec::new());
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    branches.push(&inside[start..]);
    let branches = branches.into_iter().filter(|branch| !branch.trim().is_empty());
    branches.flat_map(expand).map(|rest| prefix.iter().cloned().chain(rest).collect()).collect()
}

/// Every `use` of a file: whether it re-exports the name, and the path.
fn imports(code: &str) -> Vec<(bool, Path)> {
    let statements = code.split(';').filter_map(|statement| {
        let begins = statement.rfind("use ").filter(|at| {
            statement[..*at].trim_end().rsplit('\n').next().is_some_and(|line| line.trim().is_empty() || line.trim().starts_with("pub"))
        })?;
        let is_face = statement[..begins].trim_end().rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with("pub"));
        Some((is_face, &statement[begins + 4..]))
    });
    statements.flat_map(|(is_face, tree)| expand(tree).into_iter().map(move |path| (is_face, path))).collect()
}

/// The files by their module, and the re-exports of each from files below it.
struct Map<'a> {
    files: BTreeMap<Path, &'a Source>,
    faces: BTreeMap<(Path, String), Path>,
}

impl<'a> Map<'a> {
    fn of(files: &'a [Source]) -> Self {
        let mut map = Self { files: files.iter().map(|source| (module_of(&source.path), source)).collect(), faces: BTreeMap::new() };
        for (module, source) in &map.files.clone() {
            for (_, path) in imports(&source.code()).into_iter().filter(|(is_face, _)| *is_face) {
                if let Some(absolute) = map.absolute(module, &path) {
                    map.faces.insert((module.clone(), path.last().cloned().unwrap_or_default()), absolute);
                }
            }
        }
        map
    }

    /// The path from the root of the crate; none if it leads out of the crate.
    fn absolute(&self, module: &Path, path: &[String]) -> Option<Path> {
        let mut child = module.clone();
        child.extend(path.first().cloned());
        match path.first().map(String::as_str)? {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some(module.iter().chain(&path[1..]).cloned().collect()),
            "super" => self
                .absolute(&module[..module.len() - 1].to_vec(), &path[1..])
                .or_else(|| Some(module[..module.len() - 1].iter().chain(&path[1..]).cloned().collect())),
            _ if self.files.contains_key(&child) => Some(module.iter().chain(path).cloned().collect()),
            _ => None,
        }
    }

    /// The file in which the path ends. A re-exported name belongs to the file that defines it.
    fn file(&self, path: &Path) -> Option<Path> {
        let length = (1..=path.len()).rev().find(|length| self.files.contains_key(&path[..*length]))?;
        let module = path[..length].to_vec();
        let handed_on = path.get(length).and_then(|name| self.faces.get(&(module.clone(), name.clone())));
        match handed_on {
            Some(from) if from != path => self.file(from),
            _ => Some(module),
        }
    }

    /// The files that a file leads to: its imports, and the files below it that it calls. A mere re-export does not count.
    fn arrows(&self, module: &Path, source: &Source) -> BTreeSet<Path> {
        let code = source.code();
        let named = imports(&code).into_iter().filter(|(is_face, _)| !is_face).filter_map(|(_, path)| self.absolute(module, &path));
        let below = self.files.keys().filter(|file| file.len() == module.len() + 1 && file.starts_with(module));
        let called = below.filter(|file| {
            let name = format!("{}::", file.last().map_or("", String::as_str));
            code.lines().any(|line| !line.trim_start().starts_with("pub") && !line.trim_start().starts_with("use ") && calls(line, &name))
        });
        let reached = named.filter_map(|path| self.file(&path)).chain(called.cloned());
        reached.filter(|file| file != module).collect()
    }
}

/// Whether a line begins a path with this name.
fn calls(line: &str, name: &str) -> bool {
    let begins = |at: usize| !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':');
    line.match_indices(name).any(|(at, _)| begins(at))
}

fn files_of(layer: &str) -> Vec<Source> {
    let is_test = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
    sources("src").into_iter().filter(|source| source.layer() == layer && !is_test(&source.path)).collect()
}

/// The files from which a file leads back to itself.
fn in_circles(arrows: &BTreeMap<Path, BTreeSet<Path>>) -> Vec<String> {
    let reaches_itself = |start: &Path| {
        let (mut seen, mut ahead) = (BTreeSet::new(), vec![start]);
        while let Some(at) = ahead.pop() {
            for next in arrows.get(at).into_iter().flatten() {
                if next == start {
                    return true;
                }
                if seen.insert(next) {
                    ahead.push(next);
                }
            }
        }
        false
    };
    arrows.keys().filter(|start| reaches_itself(start)).map(|file| file.join("::")).collect()
}

#[test]
fn no_file_leads_back_to_itself() {
    for layer in LAYERS {
        let files = files_of(layer);
        let map = Map::of(&files);
        let arrows: BTreeMap<Path, BTreeSet<Path>> =
            map.files.iter().map(|(module, source)| (module.clone(), map.arrows(module, source))).collect();
        let count: usize = arrows.values().map(BTreeSet::len).sum();
        assert!(count > 60, "{layer}: only {count} arrows were found");
        let circles = in_circles(&arrows);
        assert!(circles.is_empty(), "{layer}: a circle of files: move what they share below them:\n{}", circles.join("\n"));
    }
}

#[test]
fn a_file_imports_only_rooms_below_its_own() {
    let mut wrong = Vec::new();
    for layer in ["api", "db"] {
        let files = files_of(layer);
        let map = Map::of(&files);
        for (module, source) in map.files.iter().filter(|(module, _)| module.len() > 2) {
            let (own, known) = (module[1].as_str(), |room: &str| ROOMS.iter().position(|known| *known == room));
            let is_mechanism = MECHANISM.contains(&own);
            assert!(is_mechanism || known(own).is_some(), "{} stands in no room that the order knows", source.path);
            for to in map.arrows(module, source).into_iter().filter(|to| to.len() > 1) {
                let Some(there) = known(&to[1]) else { continue };
                if is_mechanism || known(own).is_some_and(|here| there > here) {
                    wrong.push(format!("{} imports {}", source.path, to.join("::")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "an arrow that leads up:\n{}", wrong.join("\n"));
}

#[test]
fn a_circle_is_found_through_a_face_and_through_a_call() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let files = [
        source("src/db/a/mod.rs", "mod rows;\npub use rows::Row;\n"),
        source("src/db/a/rows.rs", "use crate::db::b::{self, change};\npub struct Row;\n"),
        source("src/db/b.rs", "mod under;\nfn go() { under::work(); }\n"),
        source("src/db/b/under.rs", "use crate::db::{\n    a::Row,\n};\n"),
    ];
    let map = Map::of(&files);
    let arrows = map.files.iter().map(|(module, source)| (module.clone(), map.arrows(module, source))).collect();
    assert_eq!(in_circles(&arrows), ["db::a::rows", "db::b", "db::b::under"]);
}
