//! The peer: a service in Node (benches/peer), on the same Postgres server, asked by the same clients.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use super::*;

/// The peer while it runs.
pub struct Peer {
    pub address: SocketAddr,
    process: Child,
}

impl Peer {
    /// Installs it, unless it is there, fills its table and starts it.
    pub fn start(server: &PostgresServer, cases: u32) -> Result<Self, Failure> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        succeed(&mut Command::new(here.join("benches/peer/prepare")))?;
        let folder = here.join("target/peer");
        let started = Instant::now();
        succeed(node(&folder, server).args(["fill.mjs", &cases.to_string()]))?;
        show(&format!("The peer was filled in {:.1} s.\n", started.elapsed().as_secs_f64()));
        let address = free_address()?;
        let mut command = node(&folder, server);
        command.arg("server.mjs").env("PEER_PORT", address.port().to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut peer = Self { address, process: command.spawn().map_err(failed("node"))? };
        let said = peer.process.stdout.take().ok_or_else(|| Failure::unavailable("the peer has no output"))?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).map_err(failed("the peer"))?;
        if line.trim() == "listening" { Ok(peer) } else { Err(Failure::unavailable("the peer did not start")) }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It ends when nobody holds its input any more.
        drop(self.process.stdin.take());
        if let Err(error) = self.process.wait() {
            eprintln!("The peer was left running: {error}");
        }
    }
}

fn node(folder: &Path, server: &PostgresServer) -> Command {
    let mut command = Command::new("node");
    command.current_dir(folder).env("DATABASE_URL", &server.text).env("NODE_ENV", "production");
    command
}

/// Runs a command to its end, and lets it say what went wrong.
fn succeed(command: &mut Command) -> Result<(), Failure> {
    let text = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().map_err(failed(&text))?;
    if status.success() { Ok(()) } else { Err(Failure::unavailable(format!("{text}: {status}"))) }
}
