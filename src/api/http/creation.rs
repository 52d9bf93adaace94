//! Creating requests: what was made, and how it is read for the answer.
//!
//! A creating handler returns what names the thing it made, and not an answer. The answer is read from that name by the same function
//! the first time and every time the request is repeated, in the transaction and by the grants of that moment. So a repetition tells
//! nothing that a read would not tell, and no handler can forget it.

use uuid::Uuid;

use crate::db::Tx;
use crate::db::casefile::idempotency::Reference;
use crate::domain::ids::{CaseId, TypedId};
use crate::error::Result;

/// What a creating request answers with, and where the thing stands.
pub struct Answer {
    /// The address of what was made.
    pub location: String,
    /// None: it has no version.
    pub etag: Option<String>,
    pub body: Vec<u8>,
}

/// What names something that was made, as it is kept for a repetition.
pub trait Referenced: Sized + 'static {
    /// The reference to it.
    fn reference(&self) -> Reference;
}

/// A name that can be made from its reference alone.
pub trait Recalled: Referenced {
    /// The name from its reference; none if the reference is to something else.
    fn recall(kept: &Reference) -> Option<Self>;
}

/// What was made by a creating request, and can be read for its answer.
pub trait Rendered: Referenced {
    /// The answer: what the caller may read of it now, by the function that serves its `GET`. Not found if the caller may not.
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer>;
}

/// Something that belongs to a case.
pub struct OfCase<I> {
    pub case: CaseId,
    pub id: I,
}

impl<I: TypedId> Referenced for OfCase<I> {
    fn reference(&self) -> Reference {
        Reference { case: Some(self.case), ids: vec![self.id.uuid()] }
    }
}

impl<I: TypedId> Recalled for OfCase<I> {
    fn recall(kept: &Reference) -> Option<Self> {
        Some(Self { case: kept.case?, id: I::of(only(&kept.ids)?) })
    }
}

/// Something that belongs to no case.
pub struct Apart<I>(pub I);

impl<I: TypedId> Referenced for Apart<I> {
    fn reference(&self) -> Reference {
        Reference { case: None, ids: vec![self.0.uuid()] }
    }
}

impl<I: TypedId> Recalled for Apart<I> {
    fn recall(kept: &Reference) -> Option<Self> {
        only(&kept.ids).map(I::of).map(Self)
    }
}

impl Referenced for CaseId {
    fn reference(&self) -> Reference {
        Reference { case: Some(*self), ids: Vec::new() }
    }
}

impl Recalled for CaseId {
    fn recall(kept: &Reference) -> Option<Self> {
        kept.case
    }
}

fn only(ids: &[Uuid]) -> Option<Uuid> {
    match ids {
        [id] => Some(*id),
        _ => None,
    }
}
