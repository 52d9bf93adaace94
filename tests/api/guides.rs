//! Every command of the guides is run against a demo, in the order in which a reader meets it, and answers what the guide shows.
//! `…` in a guide stands for anything; ids, codes, days and versions are compared by their form.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use homeward::api::docs;

/// Ends the demo with the test.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The folder has the name that the guides say.
fn demo(folder: &Path) -> (Demo, String) {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let listen = format!("127.0.0.1:{port}");
    let child = Command::new(env!("CARGO_BIN_EXE_homeward"))
        .args(["demo", "--without-wave", "--listen", &listen])
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut demo = Demo(child.expect("homeward starts"));
    let said = BufReader::new(demo.0.stdout.take().expect("an output"));
    assert!(said.lines().map_while(Result::ok).any(|line| line.contains("Ctrl-C")), "the demo ended");
    (demo, format!("http://{listen}"))
}

/// A block of a guide: where it stands, its language and its text.
struct Block {
    place: String,
    language: String,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (guide, text) in docs::guides() {
        let mut inside = false;
        for (at, line) in text.lines().enumerate() {
            match line.strip_prefix("```") {
                Some(_) if inside => inside = false,
                Some(language) => {
                    inside = true;
                    blocks.push(Block { place: format!("{guide}.md:{}", at + 1), language: language.to_owned(), text: String::new() });
                }
                None if inside => {
                    let block = blocks.last_mut().expect("a block");
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                None => {}
            }
        }
    }
    blocks
}

/// Without white space, and with what is different each time replaced by what it is.
fn form_of(text: &str) -> String {
    let mut form = String::new();
    let mut word = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() || letter == '-' {
            word.push(letter);
            continue;
        }
        form.push_str(what_is(&word));
        word.clear();
        if !letter.is_whitespace() {
            form.push(letter);
        }
    }
    form
}

fn what_is(word: &str) -> &str {
    let parts: Vec<&str> = word.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let is_hex = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match (lengths.as_slice(), parts.as_slice()) {
        ([8, 4, 4, 4, 12], _) if is_hex => "<id>",
        ([3, 2, 6, 1], _) => "<code>",
        ([4, 2, 2], _) if is_hex => "<day>",
        (_, [version, _]) if is_hex && version.len() < 4 && version.bytes().all(|byte| byte.is_ascii_digit()) => "<etag>",
        _ => word,
    }
}

/// Whether an answer is what the guide shows.
fn fits(shown: &str, answered: &str) -> Result<(), String> {
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
    if pieces.len() == 1 && !rest.is_empty() { Err(format!("`{rest}` is not in the guide")) } else { Ok(()) }
}

#[test]
fn the_commands_of_the_guides_do_what_the_guides_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_demo, address) = demo(folder.path());
    let blocks = blocks();
    let mut script = String::new();
    for block in blocks.iter().filter(|block| block.language == "sh") {
        script.push_str(&format!("\necho '@@@ {}'\n{}", block.place, block.text.replace("http://127.0.0.1:8080", &address)));
    }
    let ran = Command::new("bash")
        .args(["-u", "-c", &script])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").expect("a PATH"))
        .env("no_proxy", "127.0.0.1")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("bash");
    let (out, err) = (String::from_utf8(ran.stdout).expect("text"), String::from_utf8(ran.stderr).expect("text"));
    assert!(ran.status.success() && err.is_empty(), "the commands complain: {err}\n{out}");

    let mut wrong = Vec::new();
    let mut compared = 0;
    for pair in blocks.windows(2) {
        let [commands, shown] = pair else { continue };
        if commands.language != "sh" || shown.language != "text" {
            continue;
        }
        let mark = format!("@@@ {}\n", commands.place);
        let answered =
            out.split_once(&mark).map(|(_, rest)| rest.split("@@@ ").next().unwrap_or_default()).expect("an output of each block");
        compared += 1;
        if let Err(why) = fits(&shown.text, answered) {
            wrong.push(format!("{}: {why}", commands.place));
        }
    }
    assert!(compared >= 15, "{compared} answers are shown");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn no_curl_stands_in_a_block_that_is_not_run_and_the_quick_start_is_quick() {
    for block in blocks() {
        // Those of the first sign-in need a server without accounts: `first_sign_in` runs them.
        let is_run = block.language == "sh" || block.language == "console" && block.place.starts_with("first-sign-in");
        assert!(is_run || !block.text.contains("curl"), "{}: a command that nobody runs", block.place);
    }
    let (_, quick) = docs::guides().next().expect("a guide");
    let until_the_answer = quick.split("```text").next().expect("a beginning");
    let commands = blocks().into_iter().filter(|block| block.place.starts_with("quick-start") && until_the_answer.contains(&block.text));
    let lines: usize = commands.map(|block| block.text.replace("\\\n", "").lines().count()).sum();
    assert!((1..=6).contains(&lines), "{lines} commands until the first authorised answer");
}
