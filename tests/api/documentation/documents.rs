//! Every shell block of the README, of `docs` and of the guides is run as printed, in the order of reading, and its answer is
//! compared with the one shown after it. The service is the demo as the README starts it.

pub mod blocks;
mod claims;
mod in_the_clear;
mod shown;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use blocks::{Block, Document, documents, files, name_of, root};
use shown::fits;

/// The line with which the documents start the demo. This is the one line that is not run as printed: the demo is the binary
/// under test, it runs already, and it listens on a free port, to which curl is led by its own settings.
const START: &str = "cargo run --release -- demo\n";
/// The line with which the documents start a new installation. It runs beside the commands that follow.
const SERVE: &str = "homeward serve --create\n";
/// The document for operators. It begins in an empty folder, and not in the demo.
const OPERATIONS: &str = "docs/operations.md";
/// The address of the service in the documents.
const PRINTED: &str = "127.0.0.1:8080";
/// The demo as the README starts it.
const DEMO: &[&str] = &["demo"];
/// The smaller demo that the README offers.
const SMALL_DEMO: &[&str] = &["demo", "--without-wave"];
/// Blocks that cannot be run by a test. May only shrink.
const NOT_RUN: usize = 5;
/// A guide whose `console` blocks begin on a server without accounts; `first_sign_in` runs them.
const FIRST_SIGN_IN: &str = "first-sign-in.md";
/// Answers that are shown and compared. May only grow.
const COMPARED: usize = 40;

/// A folder in which a reader works: a terminal in which `homeward` is found, and `127.0.0.1:8080` is a free port.
struct Terminal {
    folder: tempfile::TempDir,
    tools: tempfile::TempDir,
    listen: String,
}

impl Terminal {
    fn open() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let (folder, tools) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let curl = format!("connect-to = \"{PRINTED}:127.0.0.1:{port}\"\n");
        std::fs::write(tools.path().join(".curlrc"), curl).expect("the settings of curl");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_homeward"), tools.path().join("homeward")).expect("a link");
        Self { folder, tools, listen: format!("127.0.0.1:{port}") }
    }

    fn command(&self, program: &str) -> Command {
        let mut path = self.tools.path().as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").expect("a PATH"));
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("PATH", path).env("CURL_HOME", self.tools.path()).env("no_proxy", "127.0.0.1").env("HOMEWARD_LISTEN", &self.listen);
        command
    }

    fn bash(&self, script: &str) -> Output {
        self.command("bash").args(["-u", "-c", script]).output().expect("bash")
    }

    /// Starts the demo in this folder, and waits until it is ready.
    fn demo(&self, arguments: &[&str]) -> Demo {
        let mut command = self.command("homeward");
        command.args(arguments).args(["--listen", &self.listen]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut demo = Demo(command.spawn().expect("homeward starts"));
        let said = BufReader::new(demo.0.stdout.take().expect("an output"));
        assert!(said.lines().map_while(Result::ok).any(|line| line.contains("Ctrl-C")), "the demo ended");
        demo
    }
}

/// Ends the demo with the test.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        // The process may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The commands of a document as one script. Each block is preceded by its place.
fn script(document: &Document) -> String {
    let mut script = String::new();
    for block in document.blocks.iter().filter(|block| block.is_run() && block.text != START) {
        script.push_str(&format!("\necho '@@@ {}'\n", block.place));
        match block.text == SERVE {
            true => script.push_str(&beside(SERVE.trim())),
            false => script.push_str(&block.text),
        }
    }
    script
}

/// A command that serves until the script ends.
fn beside(command: &str) -> String {
    format!(
        "{command} 2>server.log &\nSERVER=$!\ntrap 'kill $SERVER; wait $SERVER' EXIT\n\
         until curl -sf http://{PRINTED}/readyz -o ready.json; do sleep 0.2; kill -0 $SERVER || exit 1; done\n"
    )
}

/// The shown answers that differ from the real ones, and the number of answers compared.
fn compare(document: &Document, out: &str) -> (Vec<String>, usize) {
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for pair in document.blocks.windows(2) {
        let [commands, shown] = pair else { continue };
        if !commands.is_run() || commands.text == START || shown.language != "text" {
            continue;
        }
        let mark = format!("@@@ {}\n", commands.place);
        let answered = out.split_once(&mark).map(|(_, rest)| rest.split("@@@ ").next().unwrap_or_default());
        compared += 1;
        if let Err(why) = fits(&shown.text, answered.expect("an output of each block")) {
            wrong.push(format!("{}: {why}", commands.place));
        }
    }
    (wrong, compared)
}

/// Runs every document twice in a row in this demo: a reader may repeat the commands.
fn run_in(arguments: &[&str]) {
    let terminal = Terminal::open();
    let _demo = terminal.demo(arguments);
    let documents = documents();
    for round in 1..=2 {
        let (mut wrong, mut compared) = (Vec::new(), 0);
        for document in documents.iter().filter(|document| document.name != OPERATIONS) {
            let ran = terminal.bash(&script(document));
            let (out, err) = (String::from_utf8(ran.stdout).expect("text"), String::from_utf8(ran.stderr).expect("text"));
            assert!(ran.status.success() && err.is_empty(), "{}, round {round}, complains: {err}\n{out}", document.name);
            let (found, more) = compare(document, &out);
            wrong.extend(found);
            compared += more;
        }
        assert!(wrong.is_empty(), "round {round}:\n{}", wrong.join("\n\n"));
        assert!(compared >= COMPARED, "only {compared} answers are shown");
    }
}

#[test]
fn the_commands_of_the_documents_do_what_is_shown_in_the_demo() {
    run_in(DEMO);
}

#[test]
fn the_commands_of_the_documents_do_what_is_shown_in_the_demo_without_its_wave() {
    run_in(SMALL_DEMO);
}

#[test]
fn an_installation_is_made_as_the_document_for_operators_says() {
    let document = documents().into_iter().find(|document| document.name == OPERATIONS).expect("the document");
    let terminal = Terminal::open();
    let ran = terminal.bash(&format!("set -e\n{}", script(&document)));
    let (out, err) = (String::from_utf8(ran.stdout).expect("text"), String::from_utf8(ran.stderr).expect("text"));
    assert!(ran.status.success(), "{err}\n{out}");
    assert_eq!(out.matches("One-time code").count(), 3, "each user has a code: {out}");
    let (wrong, compared) = compare(&document, &out);
    assert!(wrong.is_empty() && compared > 0, "{}", wrong.join("\n\n"));
    for user in ["administrator", "siti.rahmawati", "dara.sok"] {
        assert!(out.contains(user), "{user} is not listed: {out}");
    }
}

#[test]
fn a_command_stands_in_a_block_that_is_run_or_says_why_it_is_not() {
    let documents = documents();
    let blocks: Vec<&Block> = documents.iter().flat_map(|document| &document.blocks).collect();
    for block in &blocks {
        if block.language == "console" && block.place.starts_with(FIRST_SIGN_IN) {
            continue;
        }
        assert!(!["bash", "shell", "console"].contains(&block.language.as_str()), "{}: a shell block is an `sh` block", block.place);
        assert!(block.is_shell() || !block.text.contains("curl "), "{}: a command that is not run", block.place);
        assert!(block.is_run() || !block.is_shell() || block.reason().is_some_and(|why| why.len() > 10), "{}: no reason", block.place);
    }
    let not_run = blocks.iter().filter(|block| block.reason().is_some()).count();
    assert_eq!(not_run, NOT_RUN, "blocks that are not run may only become fewer");
    let starts = blocks.iter().filter(|block| block.text == START).count();
    assert_eq!(starts, 2, "the README starts the demo, and so does the guide that is read without it");
}

#[test]
fn the_readme_is_short() {
    let lines = std::fs::read_to_string(root().join("README.md")).expect("the README").lines().count();
    assert!(lines <= 150, "the README has {lines} lines; what not every newcomer needs belongs into docs/");
}

/// The anchor of a heading, as code hosts make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter.to_ascii_lowercase() }).collect()
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let more = ["migrations/README.md", "benches/README.md"].map(|name| root().join(name));
    let mut found = 0;
    for file in files().into_iter().chain(more) {
        let text = std::fs::read_to_string(&file).expect("a document");
        for link in links(&text).filter(|link| !link.contains("://")) {
            let (path, place) = link.split_once('#').unwrap_or((link, ""));
            let target: PathBuf = match path {
                "" => file.clone(),
                path => file.parent().unwrap_or(Path::new("")).join(path),
            };
            assert!(target.exists(), "{}: {link} leads nowhere", name_of(&file));
            let is_there = |text: String| text.lines().any(|line| line.starts_with('#') && anchor(line.trim_start_matches('#')) == place);
            let has_place = place.is_empty() || std::fs::read_to_string(&target).is_ok_and(is_there);
            assert!(has_place, "{}: {link} has no such heading", name_of(&file));
            found += 1;
        }
    }
    assert!(found > 30, "{found} links");
}
