//! What is in the memory of the process stays there.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use super::{Place, Running};

/// The user that owns nothing, to run the binary as where the suite runs as root, who may read every process.
const NOBODY: u32 = 65_534;

/// Starts the service on a new database, as a user who is not root.
fn served_by_somebody(place: &Place) -> Running {
    let mut command = place.command(&["serve", "--create"]);
    let is_root = fs::metadata("/proc/self").expect("this process").uid() == 0;
    if is_root {
        // Not every folder on the way to the binary is open to everybody.
        let binary = place.folder.path().join("homeward");
        fs::copy(env!("CARGO_BIN_EXE_homeward"), &binary).expect("the binary is copied");
        fs::set_permissions(place.folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        chown(place.folder.path(), Some(NOBODY), Some(NOBODY)).expect("the folder changes hands");
        command = Command::new(binary);
        command.args(["serve", "--create"]).env_clear().current_dir(place.folder.path()).uid(NOBODY).gid(NOBODY);
        command.env("HOMEWARD_LISTEN", format!("127.0.0.1:{}", place.port)).stdin(Stdio::null());
    }
    let mut running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("homeward starts"));
    place.wait_until_ready(&mut running.0);
    running
}

fn core_limit(child: &Child) -> Vec<String> {
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("the limits of a child");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).expect("a limit for cores");
    line.split_whitespace().take(2).map(ToOwned::to_owned).collect()
}

#[test]
fn no_core_is_dumped_and_nobody_else_reads_the_memory() {
    let place = Place::new();
    let mut running = served_by_somebody(&place);
    assert_eq!(core_limit(&running.0), ["0", "0"], "neither the soft nor the hard limit lets a core out");
    // The kernel gives what is in /proc of a process that is not dumpable to root, so that its own user cannot read it.
    let memory = fs::metadata(format!("/proc/{}/mem", running.0.id())).expect("the memory of a child");
    assert_eq!(memory.uid(), 0, "the memory belongs to nobody but root");

    let killed = Command::new("kill").args(["-ABRT", &running.0.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let status = running.0.wait().expect("the process ends");
    assert!(!std::os::unix::process::ExitStatusExt::core_dumped(&status), "{status}");
    let left: Vec<String> = fs::read_dir(place.folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!left.iter().any(|name| name.contains("core")), "{left:?}");
}
