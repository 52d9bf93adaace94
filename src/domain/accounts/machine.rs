//! Machines as actors: what one may be trusted with at most, and who one is at this moment.

use crate::domain::access::actor::MachineActor;
use crate::domain::access::{LiveSession, Permission, Role};
use crate::domain::accounts::client::Addresses;
use crate::domain::codes::OrganisationKind;
use crate::domain::ids::SessionId;

/// What a machine may be trusted with, at most. Whatever somebody must answer for in person stays with people: verifying a
/// nationality, the person's decisions, the protection pathway, moves on the road home, closing a case, administration.
pub const FOR_MACHINES: &[Permission] = &[
    Permission::ReferenceRead,
    Permission::CaseRead,
    Permission::CaseRegister,
    Permission::CaseUpdate,
    Permission::StatisticsRead,
    Permission::StatisticsExact,
];

impl Permission {
    /// Whether a machine may hold it at all.
    pub fn is_for_machines(self) -> bool {
        FOR_MACHINES.contains(&self)
    }

    /// Whether a machine of an organisation of this kind may hold it: never wider than what some role there may hold.
    pub fn is_for_machines_of(self, kind: OrganisationKind) -> bool {
        self.is_for_machines() && Role::ALL.iter().any(|role| *role != Role::Administrator && role.fits(kind, true) && role.may(self))
    }
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
