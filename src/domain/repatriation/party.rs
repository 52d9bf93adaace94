//! The part that somebody has in a case.

use crate::domain::ids::MissionId;

/// Who asks for a transition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Party {
    /// An NGO, a shelter, an international organisation.
    Ngo,
    /// The host country's coordination desk.
    Coordinator,
    /// A mission.
    Mission(MissionId),
    /// Nobody in particular.
    #[default]
    Other,
}
