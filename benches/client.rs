//! The load generator: one blocking thread a connection, HTTP/1.1 keep-alive over loopback. Nothing but the standard library:
//! check.rs uses it too.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// An answer takes no longer than this, or the run fails.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests of one connection in one cell, whatever happens.
const MOST_REQUESTS: usize = 2_000_000;
/// The part of a cell's time that comes before it and is not counted: caches fill, connections are accepted.
const WARM_UP_PART: u32 = 10;

/// A keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// An answer, in the buffer of its connection.
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: &'a [u8],
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
        Ok(Self { stream, received: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and waits for its whole answer. Any status but 2xx is an error that carries the answer's body.
    pub fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        self.received.clear();
        let head_end = self.receive_head()?;
        let head = self.received.get(..head_end).unwrap_or_default();
        let (status, length) = read_head(head).ok_or_else(|| io::Error::other("an answer without status or Content-Length"))?;
        let body = self.receive_body(head_end, length)?;
        let body = self.received.get(body).unwrap_or_default();
        if !(200..300).contains(&status) {
            return Err(io::Error::other(format!("status {status}: {}", String::from_utf8_lossy(body))));
        }
        Ok(Answer { status, body })
    }

    /// Receives until the blank line after the headers; gives back where it ends.
    fn receive_head(&mut self) -> io::Result<usize> {
        loop {
            let end = self.received.windows(4).position(|window| window == b"\r\n\r\n");
            match end {
                Some(at) => return Ok(at + 4),
                None => self.receive_more()?,
            }
        }
    }

    fn receive_body(&mut self, start: usize, length: usize) -> io::Result<Range<usize>> {
        while self.received.len() < start + length {
            self.receive_more()?;
        }
        Ok(start..start + length)
    }

    fn receive_more(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        let count = self.stream.read(&mut chunk)?;
        if count == 0 {
            return Err(io::Error::other("the server closed the connection"));
        }
        self.received.extend_from_slice(chunk.get(..count).unwrap_or_default());
        Ok(())
    }
}

/// Status and length of the body.
fn read_head(head: &[u8]) -> Option<(u16, usize)> {
    let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    if status == 204 {
        return Some((status, 0));
    }
    let mut headers = lines.filter_map(|line| line.split_once(':'));
    let (_, length) = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    Some((status, length.trim().parse().ok()?))
}

/// A request as bytes.
pub fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let sign_in = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let content =
        if body.is_empty() { String::new() } else { format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()) };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{sign_in}{content}\r\n{body}").into_bytes()
}

/// What one cell of the table is measured with.
pub struct Load<'a> {
    /// The server.
    pub address: SocketAddr,
    /// Connections, each used by a thread of its own.
    pub connections: usize,
    /// The time that counts.
    pub time: Duration,
    /// Numbers the requests, so that none is like another.
    pub numbers: &'a AtomicU64,
    /// Makes the request with a number.
    pub request: &'a (dyn Fn(u64) -> Vec<u8> + Sync),
}

/// What was measured.
pub struct Measured {
    /// Answers a second.
    pub per_second: f64,
    /// Half of the answers took no longer, in milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 answers took no longer, in milliseconds.
    pub p99_ms: f64,
}

impl Load<'_> {
    /// Runs the load on all connections at once.
    pub fn run(&self) -> io::Result<Measured> {
        let connections = (0..self.connections).map(|_| Connection::open(self.address)).collect::<io::Result<Vec<_>>>()?;
        let counted_from = Instant::now() + self.time / WARM_UP_PART;
        let mut times = thread::scope(|scope| {
            let threads: Vec<_> =
                connections.into_iter().map(|connection| scope.spawn(move || self.drive(connection, counted_from))).collect();
            let finished = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a client panicked"))));
            finished.collect::<io::Result<Vec<_>>>().map(|times| times.concat())
        })?;
        times.sort_unstable();
        let count = u32::try_from(times.len()).map_err(io::Error::other)?;
        Ok(Measured {
            per_second: f64::from(count) / self.time.as_secs_f64(),
            p50_ms: percentile_ms(&times, 50)?,
            p99_ms: percentile_ms(&times, 99)?,
        })
    }

    /// One connection: request after request. Gives back the microseconds of every answer that came within the counted time.
    fn drive(&self, mut connection: Connection, counted_from: Instant) -> io::Result<Vec<u32>> {
        let end = counted_from + self.time;
        let mut times = Vec::new();
        for _ in 0..MOST_REQUESTS {
            let request = (self.request)(self.numbers.fetch_add(1, Ordering::Relaxed));
            let sent = Instant::now();
            connection.exchange(&request)?;
            let answered = Instant::now();
            if answered >= end {
                return Ok(times);
            }
            if answered >= counted_from {
                times.push(u32::try_from((answered - sent).as_micros()).unwrap_or(u32::MAX));
            }
        }
        Err(io::Error::other("too many requests for one connection; choose fewer --seconds"))
    }
}

/// The time that so many percent of the sorted times do not exceed (nearest rank).
fn percentile_ms(sorted: &[u32], percent: usize) -> io::Result<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    let micros = sorted.get(rank.saturating_sub(1)).ok_or_else(|| io::Error::other("no answer came within the counted time"))?;
    Ok(f64::from(*micros) / 1000.0)
}
