//! Bodies: received at a pace, within a limit, and in memory that is shared out.
//!
//! A body takes memory as it arrives, whatever length it announces, and only as much as its caller has left: callers who send much
//! and then nothing cost the service neither its memory nor its time.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};
use bytes::Bytes;
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::api::http::rate_limit::CountedBy;
use crate::api::http::time_limit::TimeLimit;
use crate::domain::limits::{BODIES_MIB, BODIES_OF_CALLER_MIB, BODIES_OF_NETWORK_KIB, BODIES_OF_STRANGERS_MIB};
use crate::error::{Error, ErrorCode, Result};
use crate::places::{Place, Places};

/// Bytes a body may have.
pub const MAX_BODY: usize = 1024 * 1024;
/// Bytes a body may have where no session is needed: credentials, and nothing else.
const MAX_PUBLIC_BODY: usize = 16 * 1024;
/// Bytes that every body may have beside the shares, no more than its connection takes anyway: whoever signs in needs no share, and
/// stalled bodies of strangers close no door.
const FREE: usize = 4 * 1024;
/// Bytes by which the memory of a body grows.
const STEP: usize = 16 * 1024;
const STEP_KIB: u32 = 16;
/// Time that a body may take without moving.
const GRACE: Duration = Duration::from_secs(5);
/// Bytes a second that a body must have on average after that.
const FLOOR: u32 = 1024;

/// The memory of all bodies that are being received.
pub struct BodyMemory {
    known: Places<CountedBy>,
    strangers: Places<CountedBy>,
}

/// Steps in this many KiB.
const fn steps(kib: u32) -> u32 {
    kib / STEP_KIB
}

impl Default for BodyMemory {
    fn default() -> Self {
        Self { known: Places::new(steps(BODIES_MIB * 1024)), strangers: Places::new(steps(BODIES_OF_STRANGERS_MIB * 1024)) }
    }
}

impl BodyMemory {
    /// Room for one more step of a body.
    fn step(&self, caller: CountedBy) -> Result<Place<CountedBy>> {
        let place = match caller {
            CountedBy::Network(_) => self.strangers.take([(caller, steps(BODIES_OF_NETWORK_KIB))]),
            CountedBy::User(_) | CountedBy::Client(_) | CountedBy::Device(_) => {
                self.known.take([(caller, steps(BODIES_OF_CALLER_MIB * 1024))])
            }
        };
        let busy = "Too much is being received at the moment. Send less at once.";
        place.ok_or_else(|| Error::new(ErrorCode::TooManyRequests).retry_after(2).detail(busy))
    }
}

/// A body that is being received.
struct Receiving<'a> {
    memory: &'a BodyMemory,
    caller: CountedBy,
    /// Overwritten when it is dropped: passwords and the names of people are in it.
    bytes: Zeroizing<Vec<u8>>,
    places: Vec<Place<CountedBy>>,
}

impl Receiving<'_> {
    fn take(&mut self, chunk: &[u8], most: usize) -> Result<()> {
        let length = self.bytes.len() + chunk.len();
        if length > most {
            return Err(ErrorCode::BodyTooLarge.into());
        }
        while length > FREE + self.places.len() * STEP {
            self.places.push(self.memory.step(self.caller)?);
        }
        let room = FREE + self.places.len() * STEP;
        if room > self.bytes.capacity() {
            // A vector that grows by itself leaves its contents behind.
            let mut larger = Zeroizing::new(Vec::with_capacity(room));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

/// The time until which the next piece of a body must come: a pause uses up what came faster.
fn due(begun: Instant, arrived: usize) -> Instant {
    let arrived = u32::try_from(arrived).unwrap_or(u32::MAX);
    begun + GRACE + Duration::from_secs(u64::from(arrived / FLOOR))
}

/// The next piece of a body; none at its end. Refuses a body that is slower than the floor.
async fn next(payload: &mut Payload, due: Instant) -> Result<Option<Bytes>> {
    let came = timeout_at(due, payload.next()).await.map_err(|_| Error::new(ErrorCode::RequestTimeout))?;
    came.transpose().map_err(|_| Error::new(ErrorCode::InvalidBody).at("", "incomplete", "the body did not arrive completely"))
}

/// The body as bytes: of an accepted type, not compressed, within the limit, and fast enough. Called after the door, which knows
/// the caller.
pub(in crate::api) async fn body(
    request: &HttpRequest,
    memory: &BodyMemory,
    mut payload: Payload,
    accepted: &[&str],
) -> Result<Zeroizing<Vec<u8>>> {
    if request.headers().get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !accepted.contains(&essence.as_str()) {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    let caller = request.extensions().get::<CountedBy>().copied().ok_or_else(|| Error::internal("a body of nobody"))?;
    let most = if matches!(caller, CountedBy::Network(_)) { MAX_PUBLIC_BODY } else { MAX_BODY };
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    if announced.is_some_and(|length: usize| length > most) {
        return Err(ErrorCode::BodyTooLarge.into());
    }
    let begun = Instant::now();
    let limit = TimeLimit::find(request).unwrap_or_default();
    limit.note_wait_for_body();
    let mut receiving = Receiving { memory, caller, bytes: Zeroizing::default(), places: Vec::new() };
    while let Some(chunk) = next(&mut payload, due(begun, receiving.bytes.len())).await? {
        receiving.take(&chunk, most)?;
    }
    limit.note_body();
    Ok(receiving.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;
    use crate::domain::network::Network;

    fn filled(memory: &BodyMemory, caller: CountedBy, most: usize) -> Receiving<'_> {
        let mut receiving = Receiving { memory, caller, bytes: Zeroizing::default(), places: Vec::new() };
        let chunk = vec![b' '; most - 1];
        for piece in chunk.chunks(1024) {
            if receiving.take(piece, most).is_err() {
                break;
            }
        }
        receiving
    }

    fn held(bodies: &[Receiving<'_>]) -> usize {
        bodies.iter().map(|body| body.bytes.capacity()).sum()
    }

    #[test]
    fn stalled_bodies_hold_no_more_than_the_share_of_their_caller_and_all_no_more_than_there_is() {
        let memory = BodyMemory::default();
        let of_one = CountedBy::User(UserId::random());
        let stalled: Vec<_> = (0..900).map(|_| filled(&memory, of_one, MAX_BODY)).collect();
        assert_eq!(held(&stalled), (4 << 20) + 900 * FREE);
        let another = filled(&memory, CountedBy::User(UserId::random()), MAX_BODY);
        assert_eq!(another.bytes.len(), MAX_BODY - 1, "whoever else sends a body is received");
        let of_many: Vec<_> = (0..900).map(|_| filled(&memory, CountedBy::User(UserId::random()), MAX_BODY)).collect();
        assert!(held(&stalled) + held(&of_many) <= (16 << 20) + 1800 * FREE);
        let strangers: Vec<_> = (0..9000).map(|_| filled(&memory, CountedBy::Network(Network::default()), MAX_PUBLIC_BODY)).collect();
        assert_eq!(held(&strangers), (256 << 10) + 9000 * FREE);
        let sign_in = filled(&memory, CountedBy::Network(Network::default()), FREE);
        assert_eq!(sign_in.bytes.len(), FREE - 1, "whoever signs in needs no share");
        drop((stalled, of_many));
        assert_eq!(filled(&memory, of_one, MAX_BODY).bytes.len(), MAX_BODY - 1, "what ended gives its memory back");
    }

    #[test]
    fn what_is_announced_takes_no_memory() {
        let memory = BodyMemory::default();
        let mut receiving =
            Receiving { memory: &memory, caller: CountedBy::User(UserId::random()), bytes: Zeroizing::default(), places: Vec::new() };
        receiving.take(b"{", MAX_BODY).unwrap();
        assert!(receiving.bytes.capacity() <= FREE);
    }

    #[test]
    fn a_body_must_move() {
        let begun = Instant::now();
        let waits = |arrived| (due(begun, arrived) - begun).as_secs();
        assert_eq!([waits(0), waits(1000), waits(10 * 1024), waits(MAX_BODY)], [5, 5, 15, 1029], "a second more for each kilobyte");
    }
}
