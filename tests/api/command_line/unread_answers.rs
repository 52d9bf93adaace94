//! What callers who ask for much and read none of it cost the service.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::stalled_bodies::{allow_connections, resident_mib};
use super::{Place, Running};

/// Connections whose answers nobody reads.
const CONNECTIONS: usize = 1150;
/// What all of them together may cost in resident memory.
const MOST_MIB: u64 = 64;
/// The time after which all of them are cut.
const CUT: Duration = Duration::from_secs(35);
/// The bytes a second of a slow line: 200 kbit/s.
const SLOW: usize = 25_000;
/// Connections that one address may have.
const OF_ONE_ADDRESS: usize = 64;

const ASKED: &[u8] = b"GET /openapi.json HTTP/1.1\r\nHost: homeward\r\n\r\n";

fn serve_at(place: &Place, address: &str) -> Running {
    let mut command = place.command(&["serve", "--create"]);
    command.env("HOMEWARD_LISTEN", address).env("HOMEWARD_RATE_LIMIT", "10000").stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = Running(command.spawn().expect("homeward starts"));
    place.wait_until_ready(&mut running.0);
    running
}

/// Asks for a document of megabytes, and reads nothing of it.
fn unread(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server accepts");
    stream.write_all(ASKED).expect("a request");
    stream
}

/// Files and connections that the service has open.
fn open_files(running: &Running) -> usize {
    fs::read_dir(format!("/proc/{}/fd", running.0.id())).expect("the files of a child").count()
}

/// Reads the document as over a slow line. Returns how many bytes of it came.
fn read_slowly(port: u16) -> usize {
    let mut stream = unread(port);
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
    let (mut piece, mut came, begun) = ([0; SLOW / 10], 0, Instant::now());
    let mut length = None;
    while length.is_none_or(|length| came < length) {
        let read = stream.read(&mut piece).unwrap_or_else(|error| panic!("cut after {came} bytes of {length:?}: {error}"));
        assert_ne!(read, 0, "cut after {came} bytes of {length:?}");
        if length.is_none() {
            let text = String::from_utf8_lossy(&piece[..read]).to_lowercase();
            let (head, _) = text.split_once("\r\n\r\n").expect("the head of an answer");
            let body =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length").parse::<usize>().expect("bytes");
            length = Some(head.len() + 4 + body);
        }
        came += read;
        let due = Duration::from_millis(u64::try_from(came * 1000 / SLOW).expect("a time"));
        thread::sleep(due.saturating_sub(begun.elapsed()));
    }
    came
}

#[test]
fn answers_that_nobody_reads_take_little_memory_and_end_and_a_slow_reader_gets_all_of_it() {
    allow_connections();
    let place = Place::new();
    let running = serve_at(&place, &format!("127.0.0.1:{}", place.port));
    // What the first answer takes, which is kept for all.
    let document = place.call("GET", "/openapi.json", "", None);
    assert!(document.body.len() > 35 * SLOW, "a slow reader takes longer than a stalled one has: {}", document.body.len());
    let (before, files) = (resident_mib(&running), open_files(&running));
    let port = place.port;
    let slow = thread::spawn(move || read_slowly(port));
    let streams: Vec<TcpStream> = (0..CONNECTIONS).map(|_| unread(port)).collect();
    // Answered after those that came before it.
    place.call("GET", "/readyz", "", None);
    let asked = Instant::now();
    let mut most = 0;
    let mut fullest = 0;
    while asked.elapsed() < CUT && (fullest < CONNECTIONS || open_files(&running) > files + 2) {
        most = most.max(resident_mib(&running));
        fullest = fullest.max(open_files(&running).saturating_sub(files));
        let called = Instant::now();
        assert_eq!(place.call("GET", "/readyz", "", None).status, 200, "whoever else comes is served");
        assert!(called.elapsed() < Duration::from_secs(10), "{:?}", called.elapsed());
        thread::sleep(Duration::from_millis(200));
    }
    let left = open_files(&running).saturating_sub(files);
    println!("{CONNECTIONS} unread: {} MiB more, all but {left} cut after {:?}", most.saturating_sub(before), asked.elapsed());
    assert!(fullest >= CONNECTIONS, "all were open at once: {fullest}");
    assert!(most.saturating_sub(before) <= MOST_MIB, "{} MiB", most.saturating_sub(before));
    // The slow reader, and what was opened since for the database.
    assert!(left <= 8, "{left} are still open after {:?}", asked.elapsed());
    assert_eq!(
        slow.join().expect("a slow reader is not cut"),
        document.head.len() + document.body.len() + 4 - "connection: close\r\n".len()
    );
    drop(streams);
}

/// An address of this computer that is not its own loop: as such a client on the network has one. None: it has no network.
fn own_address() -> Option<std::net::IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent: the system only looks for the way.
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|address| !address.is_loopback())
}

#[test]
fn one_address_has_no_more_connections_than_its_share_and_others_come_in() {
    let Some(address) = own_address() else {
        eprintln!("SKIPPED: THIS COMPUTER HAS NO NETWORK, SO EVERY CONNECTION COMES FROM ITSELF");
        return;
    };
    let place = Place::new();
    let _running = serve_at(&place, &format!("0.0.0.0:{}", place.port));
    let mut held: Vec<TcpStream> =
        (0..OF_ONE_ADDRESS).map(|_| TcpStream::connect((address, place.port)).expect("the server accepts")).collect();
    let answers = |stream: &mut TcpStream| {
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
        let mut status = [0; 12];
        let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: homeward\r\n\r\n").and_then(|()| stream.read_exact(&mut status));
        asked.is_ok() && status.ends_with(b"200")
    };
    // Its answer shows that every earlier one was accepted.
    assert!(held.iter_mut().all(answers), "as many as it may have");
    let mut more = TcpStream::connect((address, place.port)).expect("the system accepts");
    assert!(!answers(&mut more), "one more");
    assert_eq!(place.call("GET", "/healthz", "", None).status, 200, "another address");
    held.pop();
    let until = Instant::now() + Duration::from_secs(10);
    while !answers(&mut TcpStream::connect((address, place.port)).expect("the system accepts")) {
        assert!(Instant::now() < until, "a place comes back");
        thread::sleep(Duration::from_millis(50));
    }
}
