//! Lists whose items are taken or refused one by one: what is kept of them for a repeated request, and why an item was refused.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::http::creation::Referenced;
use crate::db::casefile::idempotency::Reference;
use crate::domain::ids::TypedId;
use crate::domain::repatriation::UnmetGuard;
use crate::domain::violation::Violation;
use crate::error::{Error, ErrorCode};

/// Why one item of a list was refused. The code is one of the problems that the request about it alone would have.
#[derive(Clone, Serialize, ToSchema)]
pub struct ItemProblem {
    /// Stable code for programs, such as `no_such_transition`.
    #[schema(max_length = 60, example = "validation_failed")]
    code: &'static str,
    /// The same for every problem of this code.
    #[schema(max_length = 200, example = "A field is not acceptable")]
    title: &'static str,
    /// The fields concerned; pointers begin at the item.
    #[schema(max_items = 100)]
    errors: Vec<Violation>,
    /// What is still required.
    #[schema(max_items = 100)]
    unmet: Vec<UnmetGuard>,
}

impl From<Error> for ItemProblem {
    fn from(error: Error) -> Self {
        Self { code: error.code.as_str(), title: error.code.title(), errors: error.errors, unmet: error.unmet }
    }
}

/// A list whose items are told by their fields alone.
impl From<Error> for Vec<Violation> {
    fn from(error: Error) -> Self {
        error.errors
    }
}

impl ItemProblem {
    /// The problem of an item that could not be read.
    pub fn unread(errors: Vec<Violation>) -> Self {
        Error::new(ErrorCode::InvalidBody).with(errors).into()
    }

    /// The problem as violations of the whole list, for a list of which all or nothing is taken.
    pub fn of_the_list(self, at: usize) -> Vec<Violation> {
        if self.errors.is_empty() {
            return vec![Violation::new(format!("/items/{at}"), self.code, self.title)];
        }
        let within = |violation: Violation| Violation { pointer: format!("/items/{at}{}", violation.pointer), ..violation };
        self.errors.into_iter().map(within).collect()
    }
}

/// What was made of each item of a list, in its order, and why nothing was made of the others. The reference has a zero id for one that
/// was refused.
pub struct MadeItems<I, P = ItemProblem>(pub Vec<Result<I, P>>);

impl<I: TypedId, P: 'static> Referenced for MadeItems<I, P> {
    fn reference(&self) -> Reference {
        Reference { case: None, ids: self.0.iter().map(|item| item.as_ref().map_or(Uuid::nil(), |id| id.uuid())).collect() }
    }
}

impl<I: TypedId, P: Clone + From<Error>> MadeItems<I, P> {
    /// The list from its reference and the request, which is the same: what was wrong with an item by itself still is.
    pub fn recall<T>(kept: &Reference, checked: &[Result<T, P>]) -> Self {
        let refused =
            || P::from(Error::field("", "refused_before", "was refused when the list was first sent; send it alone if it holds now"));
        let item = |(id, checked): (&Uuid, &Result<T, P>)| match checked {
            _ if !id.is_nil() => Ok(I::of(*id)),
            Ok(_) => Err(refused()),
            Err(problem) => Err(problem.clone()),
        };
        Self(kept.ids.iter().zip(checked).map(item).collect())
    }

    /// The list from the outcomes of the items that were checked and could be tried, and the problems of the others.
    pub fn of_outcomes<T>(checked: &[Result<T, P>], outcomes: Vec<crate::error::Result<I>>) -> crate::error::Result<Self> {
        let mut outcomes = outcomes.into_iter();
        let mut items = Vec::with_capacity(checked.len());
        for item in checked {
            items.push(match item {
                Ok(_) => outcomes.next().ok_or_else(|| Error::internal("an item without its outcome"))?.map_err(P::from),
                Err(problem) => Err(problem.clone()),
            });
        }
        Ok(Self(items))
    }
}
