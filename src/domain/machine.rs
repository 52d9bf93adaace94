//! Machines as actors: what one may be trusted with at most, and who one is at this moment.

use super::access::{LiveSession, Permission, Role};
use super::client::{Addresses, Scopes};
use super::codes::OrganisationKind;
use super::country::Country;
use super::ids::{ClientId, OrganisationId, SessionId};

/// What a machine may be trusted with, at most. Whatever somebody must answer for in person stays with people: verifying a
/// nationality, the person's decisions, the protection pathway, moves on the road home, closing a case, administration.
pub const FOR_MACHINES: &[Permission] =
    &[Permission::ReferenceRead, Permission::CaseRead, Permission::CaseRegister, Permission::CaseUpdate, Permission::StatisticsRead];

impl Permission {
    /// Whether a machine may hold it at all.
    pub fn is_for_machines(self) -> bool {
        FOR_MACHINES.contains(&self)
    }

    /// Whether a machine of an organisation of this kind may hold it: never wider than what some role there may hold.
    pub fn is_for_machines_of(self, kind: OrganisationKind) -> bool {
        self.is_for_machines() && Role::ALL.iter().any(|role| *role != Role::Administrator && role.fits(kind) && role.may(self))
    }
}

/// A machine client, as the database knows it at this moment: never as a token said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineActor {
    /// The client.
    pub client_id: ClientId,
    /// The session that its token stands for.
    pub session_id: SessionId,
    /// The organisation, which decides which cases are seen.
    pub organisation_id: OrganisationId,
    /// What kind of organisation.
    pub organisation_kind: OrganisationKind,
    /// The host country this organisation coordinates, if it is a coordination desk.
    pub coordinates: Option<Country>,
    /// What the token may be used for.
    pub scopes: Scopes,
}

/// The machine client behind a live token, as it is now.
#[derive(Clone, Debug)]
pub struct LiveMachine {
    /// Who acts.
    pub actor: MachineActor,
    /// The addresses from which it may act; empty: any.
    pub allowed_from: Addresses,
}

/// Whatever a token stands for.
#[derive(Clone, Debug)]
pub enum Live {
    /// A person's session.
    Person(LiveSession),
    /// A machine's.
    Machine(LiveMachine),
}

impl Live {
    /// The session.
    pub fn session_id(&self) -> SessionId {
        match self {
            Self::Person(session) => session.actor.session_id,
            Self::Machine(machine) => machine.actor.session_id,
        }
    }
}
