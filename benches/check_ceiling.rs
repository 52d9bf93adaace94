//! A bare server: one thread a connection, one answer. One that is durable waits for the disk before each: all who wait share one
//! flush, as in a database.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Bytes that an entry writes.
const ENTRY: [u8; 512] = [b'.'; 512];

/// The server. Its threads end with the process.
pub struct Ceiling {
    pub address: SocketAddr,
}

impl Ceiling {
    /// Starts it, with the answer of the service.
    pub fn start((status, body): &(u16, Vec<u8>), is_durable: bool) -> io::Result<Self> {
        let head = format!("HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        let answer: Arc<[u8]> = [head.as_bytes(), body].concat().into();
        let journal = if is_durable { Some(Journal::open()?) } else { None };
        let socket = TcpListener::bind("127.0.0.1:0")?;
        let address = socket.local_addr()?;
        thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                let (answer, journal) = (answer.clone(), journal.clone());
                // Whoever hangs up ends the thread; that is no failure.
                thread::spawn(move || serve(&stream, &answer, journal.as_deref()));
            }
        });
        Ok(Self { address })
    }
}

/// Answers request after request.
fn serve(stream: &TcpStream, answer: &[u8], journal: Option<&Journal>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    let mut body = Vec::new();
    while let Some(length) = read_head(&mut reader)? {
        body.resize(length, 0);
        reader.read_exact(&mut body)?;
        if let Some(journal) = journal {
            journal.wait_until_durable()?;
        }
        writer.write_all(answer)?;
    }
    Ok(())
}

/// Reads the head of a request; gives back the length of its body, or none at the end of the connection.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<usize>> {
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            None if line.trim_end().is_empty() => return Ok(Some(length)),
            _ => {}
        }
    }
}

/// A file that entries are flushed to, all that wait at once.
struct Journal {
    state: Mutex<Entries>,
    changed: Condvar,
}

#[derive(Default)]
struct Entries {
    asked: u64,
    durable: u64,
    has_failed: bool,
}

impl Journal {
    fn open() -> io::Result<Arc<Self>> {
        // In the folder in which the databases are: on the same disk.
        let mut file = File::options().create(true).truncate(true).write(true).open("journal")?;
        // As in a log that is used again, no flush need make the file longer.
        file.write_all(&[0; 64 * 512])?;
        file.sync_all()?;
        let journal = Arc::new(Self { state: Mutex::default(), changed: Condvar::new() });
        let flushed = journal.clone();
        thread::spawn(move || flushed.flush(file));
        Ok(journal)
    }

    fn wait_until_durable(&self) -> io::Result<()> {
        let mut state = self.lock();
        state.asked += 1;
        let mine = state.asked;
        self.changed.notify_all();
        let waited = self.changed.wait_while(state, |state| state.durable < mine && !state.has_failed);
        let has_failed = waited.unwrap_or_else(PoisonError::into_inner).has_failed;
        if has_failed { Err(io::Error::other("the journal cannot be written")) } else { Ok(()) }
    }

    fn flush(&self, mut file: File) {
        loop {
            let waited = self.changed.wait_while(self.lock(), |state| state.asked == state.durable);
            let (asked, durable) = {
                let state = waited.unwrap_or_else(PoisonError::into_inner);
                (state.asked, state.durable)
            };
            let written = write_durably(&mut file, durable..asked);
            let mut state = self.lock();
            state.durable = asked;
            state.has_failed = written.is_err();
            drop(state);
            self.changed.notify_all();
            if written.is_err() {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write_durably(file: &mut File, entries: Range<u64>) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    for _ in entries {
        file.write_all(&ENTRY)?;
    }
    file.sync_data()
}
