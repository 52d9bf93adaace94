//! The header of the format of age: the key of the file, wrapped once for each recipient, under a code of authentication.

use std::io::{BufRead, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;

use crate::crypto::envelope::derived;
use crate::crypto::recipients::agreement::FileSecret;
use crate::crypto::{authentication_code, is_same};
use crate::error::Result;

const FIRST_LINE: &str = "age-encryption.org/v1";
/// The kind of stanza that is known here. Those of other kinds are left to other programs.
const X25519: &str = "X25519";
/// What begins the last line. Everything up to it is authenticated, and itself.
const END: &str = "---";
/// Characters of a full line of a stanza. A shorter one ends it.
const FULL_LINE: usize = 64;
/// The longest header that is read: some 600 recipients.
const LONGEST: u64 = 64 * 1024;

/// The key of a file, wrapped for one recipient.
pub(super) struct Stanza {
    /// The public half of a key that was used once.
    pub share: [u8; 32],
    /// The key of the file, and a tag.
    pub wrapped: Vec<u8>,
}

/// A header as it was read.
pub(super) struct Header {
    pub stanzas: Vec<Stanza>,
    authenticated: Vec<u8>,
    code: Vec<u8>,
}

impl Header {
    /// The bytes of a header.
    pub fn written(stanzas: Vec<Stanza>, secret: &FileSecret) -> Result<Vec<u8>> {
        let lines =
            stanzas.iter().map(|stanza| format!("-> {X25519} {}\n{}\n", BASE64.encode(stanza.share), BASE64.encode(&stanza.wrapped)));
        let mut header = format!("{FIRST_LINE}\n{}{END}", lines.collect::<String>());
        let code = BASE64.encode(code(secret, header.as_bytes())?);
        header.push_str(&format!(" {code}\n"));
        Ok(header.into_bytes())
    }

    /// Reads a header and nothing after it. None: it is none.
    pub fn read(from: &mut impl BufRead) -> Option<Self> {
        let mut from = from.take(LONGEST);
        let mut header = Self { stanzas: Vec::new(), authenticated: Vec::new(), code: Vec::new() };
        if header.line(&mut from)? != FIRST_LINE {
            return None;
        }
        loop {
            let line = line(&mut from)?;
            if let Some(code) = line.strip_prefix(END) {
                header.authenticated.extend_from_slice(END.as_bytes());
                header.code = BASE64.decode(code.strip_prefix(' ')?).ok()?;
                return Some(header);
            }
            header.take(&line);
            let arguments: Vec<&str> = line.strip_prefix("-> ")?.split(' ').collect();
            let wrapped = header.body(&mut from)?;
            if let [X25519, share] = arguments.as_slice() {
                let share = BASE64.decode(share).ok()?.try_into().ok()?;
                header.stanzas.push(Stanza { share, wrapped });
            }
        }
    }

    /// Whether whoever knew the key of the file wrote this header.
    pub fn is_of(&self, secret: &FileSecret) -> bool {
        code(secret, &self.authenticated).is_ok_and(|code| is_same(&code, &self.code))
    }

    fn take(&mut self, line: &str) {
        self.authenticated.extend_from_slice(line.as_bytes());
        self.authenticated.push(b'\n');
    }

    fn line(&mut self, from: &mut impl BufRead) -> Option<String> {
        let line = line(from)?;
        self.take(&line);
        Some(line)
    }

    fn body(&mut self, from: &mut impl BufRead) -> Option<Vec<u8>> {
        let mut body = String::new();
        loop {
            let line = self.line(from)?;
            body.push_str(&line);
            if line.len() < FULL_LINE {
                return BASE64.decode(body).ok();
            }
        }
    }
}

fn code(secret: &FileSecret, bytes: &[u8]) -> Result<Vec<u8>> {
    Ok(authentication_code(&*derived(secret.as_slice(), &[], b"header")?, bytes))
}

/// A line, without its end. None: it has none, or is not text.
fn line(from: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line).ok()?;
    (line.pop()? == b'\n').then(|| String::from_utf8(line).ok())?
}
