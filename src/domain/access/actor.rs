//! Who acts: a person, a machine, or the system itself.

use crate::domain::access::Role;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::access::scopes::Scopes;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{ClientId, OrganisationId, SessionId, UserId};
use crate::domain::zones::Zone;

/// Seconds for which an authentication is recent enough for a step-up operation (RFC 9470; ASSURANCE A17).
pub const RECENT_SECONDS: i64 = 300;

/// Who acts: a signed-in user, a machine, or the system itself with a stated reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in user.
    User(UserActor),
    /// A machine client.
    Machine(MachineActor),
    /// The system, for work that no user asked for.
    System {
        /// Why, in a few words; recorded in the audit trail.
        reason: &'static str,
    },
}

/// A signed-in user, as the database knows them at this moment: never as a token said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserActor {
    /// The account.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// The organisation, which decides which cases are seen.
    pub organisation_id: OrganisationId,
    /// What kind of organisation.
    pub organisation_kind: OrganisationKind,
    /// Where the organisation works.
    pub place: Workplace,
    /// The host country this organisation coordinates, if it is a coordination desk.
    pub coordinates: Option<Country>,
    /// The current role.
    pub role: Role,
    /// When the user last proved who they are in this session: at sign-in, or by a step-up.
    pub authenticated_at: Timestamp,
}

/// Where an organisation works: a mission in the state that hosts it, a coordination desk in the country that it coordinates, any other
/// one where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workplace {
    /// The country.
    pub country: Country,
    /// Its clock: the one stated for the organisation, else that of the capital.
    pub zone: Zone,
}

impl Workplace {
    /// Where an organisation works.
    pub fn of(hosted_by: Option<Country>, coordinates: Option<Country>, seat: Country, stated: Option<Zone>) -> Self {
        let country = hosted_by.or(coordinates).unwrap_or(seat);
        Self { country, zone: Zone::at(country, stated) }
    }
}

impl UserActor {
    /// Whether the user proved who they are at most five minutes ago.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        self.authenticated_at.plus_seconds(RECENT_SECONDS) >= now
    }
}

/// The user behind a live session, as they are now.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Who acts.
    pub actor: UserActor,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// Whether the role needs a second factor, and the user has none.
    pub must_enrol_second_factor: bool,
    /// Whether the current code of conduct is not accepted yet.
    pub must_accept_conduct: bool,
    /// When the session ends.
    pub expires_at: Timestamp,
}

impl Actor {
    /// The organisation whose grants count. The system has its own.
    pub fn organisation_id(&self) -> OrganisationId {
        match self {
            Self::User(user) => user.organisation_id,
            Self::Machine(machine) => machine.organisation_id,
            Self::System { .. } => OrganisationId::SYSTEM,
        }
    }

    /// The clock where the caller's organisation works. The system works nowhere.
    pub fn zone(&self) -> Zone {
        match self {
            Self::User(user) => user.place.zone,
            Self::Machine(machine) => machine.place.zone,
            Self::System { .. } => Zone::UTC,
        }
    }

    /// The country where the caller's organisation works; none for the system.
    pub fn country(&self) -> Option<Country> {
        match self {
            Self::User(user) => Some(user.place.country),
            Self::Machine(machine) => Some(machine.place.country),
            Self::System { .. } => None,
        }
    }

    /// The user, if it is one.
    pub fn user(&self) -> Option<&UserActor> {
        match self {
            Self::User(user) => Some(user),
            Self::Machine(_) | Self::System { .. } => None,
        }
    }

    /// The machine, if it is one.
    pub fn machine(&self) -> Option<&MachineActor> {
        match self {
            Self::Machine(machine) => Some(machine),
            Self::User(_) | Self::System { .. } => None,
        }
    }

    /// The id of the user or the machine that asked; none for the system.
    pub fn caller_id(&self) -> Option<uuid::Uuid> {
        match self {
            Self::User(user) => Some(user.user_id.0),
            Self::Machine(machine) => Some(machine.client_id.0),
            Self::System { .. } => None,
        }
    }

    /// The session it acts in; none for the system.
    pub fn session_id(&self) -> Option<SessionId> {
        match self {
            Self::User(user) => Some(user.session_id),
            Self::Machine(machine) => Some(machine.session_id),
            Self::System { .. } => None,
        }
    }

    /// The compartments that the actor may open now, whatever a grant says. Location needs a recent authentication, so that a stolen
    /// session leads nobody to a shelter. Machines never open location or protection.
    pub fn may_open(&self, now: Timestamp) -> CompartmentSet {
        match self {
            Self::System { .. } => CompartmentSet::ALL,
            Self::User(user) if user.is_recent(now) => CompartmentSet::ALL,
            Self::User(_) => CompartmentSet::ALL.without(Compartment::Location),
            Self::Machine(_) => CompartmentSet::ALL.without(Compartment::Location).without(Compartment::Protection),
        }
    }

    /// Whether the actor is a user who could open locations by proving again who they are.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.user().is_some_and(|user| !user.is_recent(now))
    }

    /// Whether the actor belongs to a mission.
    pub fn is_mission(&self) -> bool {
        match self {
            Self::User(user) => user.organisation_kind.is_mission(),
            Self::Machine(machine) => machine.organisation_kind.is_mission(),
            Self::System { .. } => false,
        }
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
    /// Where the organisation works.
    pub place: Workplace,
    /// The host country this organisation coordinates, if it is a coordination desk.
    pub coordinates: Option<Country>,
    /// What the token may be used for.
    pub scopes: Scopes,
}
