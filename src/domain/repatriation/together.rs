//! What the facts of a case say of the people who belong to its person.

use crate::domain::codes::{CareArrangement, RelationKind};
use crate::domain::ids::CaseId;
use crate::domain::repatriation::belonging::{Related, Traveller, is_child_of_one, separates_a_child, takes_along};
use crate::domain::repatriation::facts::Facts;

impl Facts {
    /// The person as one of two who belong together.
    pub fn traveller(&self) -> Traveller {
        let journey = self.movement().map(|movement| movement.journey(self.departure_day(movement)));
        Traveller {
            is_child: self.is_child || self.leaves_as_child,
            is_closed: self.is_closed,
            stage: self.stage,
            side_state: self.side_state,
            journey,
        }
    }

    /// Whether a child would be separated from a parent or guardian, and no supervisor recorded why.
    pub fn separates_a_child(&self) -> bool {
        let person = self.traveller();
        self.belongs_with.iter().any(|related| !related.is_decided && separates_a_child(&person, related.kind, &related.other))
    }

    /// Whether the person, a child who was assessed, leaves with a parent or guardian who was checked: with each one who travels along, as
    /// far as the asking organisation sees both cases. Nobody leaves alone by this, and nobody goes ahead.
    pub fn leaves_with_carer(&self) -> bool {
        let Some(assessed) = self.assessment_with_carer().filter(|assessed| assessed.decides_return()) else { return false };
        let person = self.traveller();
        let carers = self.belongs_with.iter().filter(|related| related.kind.answers_for());
        let along: Vec<&Related> = carers.filter(|related| !related.is_decided && takes_along(&related.other, &person)).collect();
        let of_kind = match assessed.care_arrangement {
            Some(CareArrangement::WithGuardian) => RelationKind::Guardian,
            _ => RelationKind::Parent,
        };
        along.iter().any(|related| related.kind == of_kind) && along.iter().all(|related| assessed.clears(related.relation))
    }

    /// Whether one of two who leave together would do so without the other, where one is a child and the other answers for it, because
    /// these cases stay behind.
    pub fn is_separated_by(&self, stay_behind: &[CaseId]) -> bool {
        let person = self.traveller();
        let of_these = self.belongs_with.iter().filter(|related| !related.is_decided && stay_behind.contains(&related.case));
        of_these.into_iter().any(|related| related.other.waits() && is_child_of_one(&person, related.kind, &related.other))
    }
}
