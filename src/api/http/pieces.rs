//! Bodies of answers in small pieces. The server copies whatever a body gives out into the memory of the connection, however little of it
//! the client takes: a document given out whole would lie there once for each client that asked for it and reads nothing.

use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Bytes of a piece, and of what the server sends at once.
pub const PIECE: usize = 8 * 1024;

/// The answer, whose body is given out in pieces.
pub fn in_pieces(answer: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
    answer.map_body(|_, body| {
        let size = body.size();
        let is_small = match size {
            BodySize::None => true,
            BodySize::Sized(length) => usize::try_from(length).is_ok_and(|length| length <= PIECE),
            BodySize::Stream => false,
        };
        if is_small {
            return body;
        }
        match body.try_into_bytes() {
            Ok(rest) => BoxBody::new(Pieces { size, rest, more: None }),
            Err(more) => BoxBody::new(Pieces { size, rest: Bytes::new(), more: Some(more) }),
        }
    })
}

/// A body that is given out in pieces: what is left of the last part, and the parts that follow.
struct Pieces {
    size: BodySize,
    rest: Bytes,
    more: Option<BoxBody>,
}

impl MessageBody for Pieces {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        while self.rest.is_empty() {
            let Some(more) = &mut self.more else { return Poll::Ready(None) };
            match Pin::new(more).poll_next(context) {
                Poll::Ready(Some(Ok(part))) => self.rest = part,
                other => return other,
            }
        }
        let length = self.rest.len().min(PIECE);
        // A part of the same memory: nothing is copied.
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::BodyStream;
    use futures_util::stream;
    use std::future::poll_fn;

    /// The lengths of the pieces, and what they are together.
    async fn given_out(body: BoxBody) -> (BodySize, Vec<usize>, Vec<u8>) {
        let mut body = in_pieces(HttpResponse::Ok().body(body)).into_body();
        let (size, mut lengths, mut whole) = (body.size(), Vec::new(), Vec::new());
        while let Some(piece) = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
            let piece = piece.unwrap();
            lengths.push(piece.len());
            whole.extend_from_slice(&piece);
        }
        (size, lengths, whole)
    }

    #[actix_web::test]
    async fn a_large_body_comes_in_pieces_of_the_same_memory() {
        let text: Bytes = (0..20_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let (size, lengths, whole) = given_out(BoxBody::new(text.clone())).await;
        assert_eq!((size, lengths), (BodySize::Sized(20_000), vec![PIECE, PIECE, 20_000 - 2 * PIECE]));
        assert_eq!(whole, text);
        let mut body = in_pieces(HttpResponse::Ok().body(text.clone())).into_body();
        let first = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await.unwrap().unwrap();
        assert_eq!(first.as_ptr(), text.as_ptr());
    }

    #[actix_web::test]
    async fn the_parts_of_a_stream_come_in_pieces_and_its_failure_is_told() {
        let failure = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let parts = stream::iter([Ok(Bytes::from(vec![b'a'; PIECE + 1])), Ok(Bytes::new()), Ok(Bytes::from_static(b"b")), Err(failure())]);
        let mut body = in_pieces(HttpResponse::Ok().body(BoxBody::new(BodyStream::new(parts)))).into_body();
        assert_eq!(body.size(), BodySize::Stream);
        let mut lengths = Vec::new();
        let failed = loop {
            match poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
                Some(Ok(piece)) => lengths.push(piece.len()),
                other => break matches!(other, Some(Err(_))),
            }
        };
        assert_eq!(lengths, [PIECE, 1, 1]);
        assert!(failed, "a file that was cut is not taken for a whole one");
    }

    #[actix_web::test]
    async fn a_small_body_and_none_stay_as_they_are() {
        assert_eq!(given_out(BoxBody::new("ok")).await, (BodySize::Sized(2), vec![2], b"ok".to_vec()));
        assert_eq!(in_pieces(HttpResponse::NoContent().finish()).body().size(), HttpResponse::NoContent().finish().body().size());
    }
}
