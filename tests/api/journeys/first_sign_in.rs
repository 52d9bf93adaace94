//! The guide to the first sign-in, run as printed: from no database to an account that is set up. The browser's part with
//! `/setup` is in `tests/browser`.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use homeward::api::docs::guides;
use serde_json::Value;

use crate::support::authenticator::Authenticator;

/// Ends a shell and everything that it started.
struct Shell(Child);

impl Drop for Shell {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(Command::new("kill").args(["--", &format!("-{}", self.0.id())]).stderr(Stdio::null()).status());
        drop(self.0.wait());
    }
}

/// The commands of the guide, block by block.
fn blocks() -> Vec<String> {
    let (_, guide) = guides().find(|(name, _)| *name == "first-sign-in").expect("the guide");
    guide.split("```console\n").skip(1).map(|rest| rest.split("```").next().expect("an end").to_owned()).collect()
}

/// A shell in the folder, in which `homeward` is the binary under test.
fn shell(folder: &Path, listen: &str, commands: &str) -> Command {
    let built = Path::new(env!("CARGO_BIN_EXE_homeward")).parent().expect("a folder");
    let path = format!("{}:{}", built.display(), std::env::var_os("PATH").expect("a PATH").display());
    let mut command = Command::new("bash");
    command.args(["-c", &commands.replace("http://127.0.0.1:8080", &format!("http://{listen}"))]);
    command.env_clear().env("PATH", path).env("HOMEWARD_LISTEN", listen).env("no_proxy", "127.0.0.1");
    command.current_dir(folder).stdin(Stdio::null()).process_group(0);
    command
}

fn wait_for(listen: &str) {
    let started = Instant::now();
    while TcpStream::connect(listen).is_err() {
        assert!(started.elapsed() < Duration::from_secs(120), "the service does not start");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The code that an authenticator app shows now for this typed-in key.
fn six_digits(secret: &str) -> String {
    Authenticator::new(secret).code_at(homeward::db::Clock::default().now())
}

#[test]
fn the_commands_of_the_first_sign_in_lead_to_an_account_that_is_ready() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").to_string();
    let blocks = blocks();
    let [start, operator, person @ ..] = blocks.as_slice() else { panic!("the guide has {} blocks", blocks.len()) };

    let server = shell(folder.path(), &listen, start).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("bash");
    let _server = Shell(server);
    wait_for(&listen);
    let created = shell(folder.path(), &listen, operator).output().expect("bash");
    let told = String::from_utf8(created.stdout).expect("text");
    let code = told.lines().find_map(|line| line.strip_prefix("One-time code to set a password within a day: "));
    let code = code.unwrap_or_else(|| panic!("no code: {told}"));

    let mut typing =
        Shell(shell(folder.path(), &listen, &person.concat()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("bash"));
    let mut keys = typing.0.stdin.take().expect("an input");
    let mut screen = BufReader::new(typing.0.stdout.take().expect("an output")).lines().map(|line| line.expect("text"));
    write!(keys, "siti.rahmawati\n{code}\ntidur di bawah pohon besar\n").expect("somebody reads");
    let mut seen = Vec::new();
    let secret = screen.by_ref().find(|line| {
        seen.push(line.clone());
        line.len() == 32 && line.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    });
    let secret = secret.unwrap_or_else(|| panic!("no key for the app: {seen:?}"));
    writeln!(keys, "{}", six_digits(&secret)).expect("somebody reads");
    let rest: Vec<String> = screen.collect();
    assert!(rest.iter().any(|line| line.contains("\"recovery_codes\":[")), "{rest:?}");
    let me: Value = serde_json::from_str(rest.last().expect("a last line")).unwrap_or_else(|_| panic!("{rest:?}"));
    assert_eq!((me["username"].as_str(), me["role"].as_str()), (Some("siti.rahmawati"), Some("administrator")));
    for set_up in ["second_factor_since", "code_of_conduct_accepted_at"] {
        assert!(me[set_up].is_string(), "{set_up}: {me}");
    }
}
