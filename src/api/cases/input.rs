//! A case as it comes in: to be registered, and to be changed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::extract::{Input, Patch};
use crate::db::Tx;
use crate::db::casefile::compartments::Contents;
use crate::db::casefile::open::OpenCase;
use crate::db::casefile::{grants, place};
use crate::db::cases::register::NewCase;
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::contents::{Health, Location, Narrative, Protection};
use crate::domain::cases::person::{Contact, Identity};
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::ids::*;
use crate::domain::nationalities::{self, ClaimedNationalities, MOST_FURTHER};
use crate::domain::nationality::Nationality;
use crate::domain::violation::Violation;
use crate::domain::zones::{DayAt, Today};
use crate::error::{Error, Result};

/// A person to be registered.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCase {
    /// For a new episode: a person whom your organisation registered before. Then leave out `identity` and `contact`.
    person_id: Option<PersonId>,
    /// For a new episode: the case this one follows.
    previous_case_id: Option<CaseId>,
    /// The case of the mother or father; links the two. A newborn may have no name yet.
    child_of: Option<CaseId>,
    /// Where the person is stranded.
    host_country: Country,
    /// How the person came. `walk_in_embassy` at a mission is itself the request to that mission.
    intake_channel: IntakeChannel,
    /// The nationality the person claims; `XXA` for somebody stateless. Not asked yet: null, and not `XXX`.
    nationality_claimed: Option<Nationality>,
    /// Other states of which the person is a national too.
    #[validate(length(max = "MOST_FURTHER"))]
    #[schema(max_items = 5)]
    further_nationalities: Option<Vec<Country>>,
    /// Gender.
    gender: Option<Gender>,
    /// Danger to the person; `medium` if not stated.
    risk_level: Option<RiskLevel>,
    /// How the person left the compound.
    exit_mode: Option<ExitMode>,
    /// When, as far as known.
    exited_on: Option<PartialDate>,
    /// What your organisation finds about trafficking at intake; recorded as its status determination; `unscreened` if not stated, and
    /// never `formally_identified`, which is for the competent authority.
    trafficking_status: Option<TraffickingStatus>,
    /// Standing with the immigration authority; `unknown` if not stated.
    immigration_status: Option<ImmigrationStatus>,
    /// Why no screening is needed.
    screening_skipped: Option<ScreeningSkipped>,
    /// The compound the person comes from.
    compound_id: Option<CompoundId>,
    /// The operation that freed the person.
    operation_id: Option<OperationId>,
    /// Who the person is. Required for a new person.
    #[validate(nested)]
    identity: Option<Identity>,
    /// How to reach the person.
    #[validate(nested)]
    contact: Option<Contact>,
    /// Where the person is now.
    #[validate(nested)]
    location: Option<Location>,
    /// What the person needs now.
    #[validate(nested)]
    health: Option<Health>,
    /// What happened.
    #[validate(nested)]
    narrative: Option<Narrative>,
    /// What must be kept from almost everybody.
    #[validate(nested)]
    protection: Option<Protection>,
}

impl Input for CreateCase {
    fn day_at(&self) -> DayAt {
        DayAt::Country(self.host_country)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut found = in_part("/identity", self.identity.as_ref().map(|identity| self.identity_violations(identity, today)));
        found.extend(exit_violation(self.exited_on, today));
        found.extend(in_part("/protection", self.protection.as_ref().map(|protection| protection.violations(today))));
        found.extend(nationalities::violations(self.nationality_claimed, self.further_nationalities.as_deref().unwrap_or_default()));
        match (self.person_id, &self.identity, &self.contact) {
            (None, None, _) => found.push(Violation::new("/identity", "required", "is required for a new person")),
            (Some(_), Some(_), _) => found.push(Violation::new("/identity", "either_or", "give either person_id or identity, not both")),
            (Some(_), _, Some(_)) => found.push(Violation::new("/contact", "either_or", "give either person_id or contact, not both")),
            _ => {}
        }
        if self.child_of.is_some() && self.person_id.is_some() {
            found.push(Violation::new("/child_of", "either_or", "is for a new person: link the cases of somebody who is known"));
        }
        if self.trafficking_status == Some(TraffickingStatus::FormallyIdentified) {
            let message = "is for the competent authority: record its decision as a status determination";
            found.push(Violation::new("/trafficking_status", "not_competent", message));
        }
        if self.previous_case_id.is_some() && self.person_id.is_none() {
            found.push(Violation::new("/person_id", "required", "is required together with previous_case_id"));
        }
        found
    }
}

impl CreateCase {
    /// A newborn who is linked with a parent may have no name yet; nobody else.
    fn identity_violations(&self, identity: &Identity, today: Today) -> Vec<Violation> {
        match self.child_of.is_some() && identity.is_newborn(today) {
            true => identity.violations_beside_the_name(today),
            false => identity.violations(today),
        }
    }

    /// The case to be registered.
    pub fn into_new_case(self) -> NewCase {
        NewCase {
            person_id: self.person_id,
            previous_case_id: self.previous_case_id,
            child_of: self.child_of,
            host_country: self.host_country,
            intake_channel: self.intake_channel,
            claimed: claimed(self.nationality_claimed, self.further_nationalities),
            gender: self.gender.unwrap_or(Gender::UNKNOWN),
            risk_level: self.risk_level.unwrap_or(RiskLevel::Medium),
            exit_mode: self.exit_mode,
            exited_on: self.exited_on,
            trafficking_status: self.trafficking_status.unwrap_or(TraffickingStatus::Unscreened),
            immigration_status: self.immigration_status.unwrap_or(ImmigrationStatus::Unknown),
            screening_skipped: self.screening_skipped,
            compound_id: self.compound_id,
            operation_id: self.operation_id,
            contents: Contents {
                identity: Some(self.identity.unwrap_or_default()),
                contact: Some(self.contact.unwrap_or_default().as_written()),
                location: Some(self.location.unwrap_or_default()),
                health: Some(self.health.unwrap_or_default()),
                narrative: Some(self.narrative.unwrap_or_default()),
                protection: Some(self.protection.unwrap_or_default()),
            },
        }
    }
}

/// What can be changed of a case. In a patch every field is optional.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateCase {
    /// The nationality the person claims. A mission that does not cover the new one loses sight of the case.
    nationality_claimed: Option<Nationality>,
    /// Other states of which the person is a national too.
    #[validate(length(max = "MOST_FURTHER"))]
    #[schema(max_items = 5)]
    further_nationalities: Option<Vec<Country>>,
    /// Gender.
    gender: Gender,
    /// Danger to the person.
    risk_level: RiskLevel,
    /// How the person left the compound.
    exit_mode: Option<ExitMode>,
    /// When, as far as known.
    exited_on: Option<PartialDate>,
    /// Standing with the immigration authority.
    immigration_status: ImmigrationStatus,
    /// Why no screening was needed.
    screening_skipped: Option<ScreeningSkipped>,
    /// The compound the person comes from.
    compound_id: Option<CompoundId>,
    /// The operation that freed the person.
    operation_id: Option<OperationId>,
    /// Who the person is.
    #[validate(nested)]
    identity: Option<Identity>,
    /// How to reach the person.
    #[validate(nested)]
    contact: Option<Contact>,
    /// Where the person is now.
    #[validate(nested)]
    location: Option<Location>,
    /// What the person needs now.
    #[validate(nested)]
    health: Option<Health>,
    /// What happened.
    #[validate(nested)]
    narrative: Option<Narrative>,
    /// What must be kept from almost everybody.
    #[validate(nested)]
    protection: Option<Protection>,
}

impl Input for UpdateCase {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut found = in_part("/identity", Some(self.identity.clone().unwrap_or_default().violations_beside_the_name(today)));
        found.extend(exit_violation(self.exited_on, today));
        found.extend(in_part("/protection", self.protection.as_ref().map(|protection| protection.violations(today))));
        found.extend(nationalities::violations(self.nationality_claimed, self.further_nationalities.as_deref().unwrap_or_default()));
        found
    }
}

impl From<&OpenCase> for UpdateCase {
    fn from(case: &OpenCase) -> Self {
        let (row, contents) = (&case.row, case.contents.clone());
        Self {
            nationality_claimed: row.nationality_claimed(),
            further_nationalities: row.claimed.as_ref().map(|claimed| claimed.further().to_vec()),
            gender: row.gender,
            risk_level: row.risk_level,
            exit_mode: row.exit_mode,
            exited_on: row.exited_on,
            immigration_status: row.immigration_status,
            screening_skipped: row.screening_skipped,
            compound_id: row.compound_id,
            operation_id: row.operation_id,
            identity: contents.identity,
            contact: contents.contact,
            location: contents.location,
            health: contents.health,
            narrative: contents.narrative,
            protection: contents.protection,
        }
    }
}

impl UpdateCase {
    /// Puts the state into the case. A compartment cleared as a whole becomes empty; a closed one stays closed.
    pub fn put_into(self, case: &mut OpenCase) {
        let Self {
            nationality_claimed,
            further_nationalities,
            gender,
            risk_level,
            exit_mode,
            exited_on,
            immigration_status,
            screening_skipped,
            compound_id,
            operation_id,
            identity,
            contact,
            location,
            health,
            narrative,
            protection,
        } = self;
        let row = &mut case.row;
        row.claimed = claimed(nationality_claimed, further_nationalities);
        row.gender = gender;
        row.risk_level = risk_level;
        row.exit_mode = exit_mode;
        row.exited_on = exited_on;
        row.immigration_status = immigration_status;
        row.screening_skipped = screening_skipped;
        row.compound_id = compound_id;
        row.operation_id = operation_id;
        let contents = &mut case.contents;
        contents.identity = contents.identity.as_ref().map(|_| identity.unwrap_or_default());
        contents.contact = contents.contact.as_ref().map(|_| contact.unwrap_or_default().as_written());
        contents.location = contents.location.as_ref().map(|_| location.unwrap_or_default());
        contents.health = contents.health.as_ref().map(|_| health.unwrap_or_default());
        contents.narrative = contents.narrative.as_ref().map(|_| narrative.unwrap_or_default());
        contents.protection = contents.protection.as_ref().map(|_| protection.unwrap_or_default());
    }
}

impl UpdateCase {
    /// Refuses to take away the last name of somebody. Only who never had one may be without: a newborn of somebody. A compartment that is
    /// cleared as a whole is an empty one, and an empty identity has no name.
    pub fn refuse_unnamed(&self, before: &OpenCase) -> Result<()> {
        let was_unnamed = before.contents.identity.as_ref().is_some_and(Identity::is_unnamed);
        let missing = self.identity.clone().unwrap_or_default().missing_name().filter(|_| !was_unnamed);
        if missing.is_some() { Err(Error::fields(in_part("/identity", Some(missing.into_iter().collect())))) } else { Ok(()) }
    }
}

impl UpdateCase {
    /// Refuses to end a reflection period before its last day, except to a supervisor: the officer whom it keeps from asking is not the one
    /// who ends it.
    pub fn refuse_early_end(&self, tx: &mut Tx<'_>, before: &OpenCase) -> Result<()> {
        let until = |protection: Option<&Protection>| protection.and_then(|protection| protection.reflection_until);
        let (stood, asked) = (until(before.contents.protection.as_ref()), until(self.protection.as_ref()));
        let is_supervisor = tx.actor.user().is_some_and(|user| user.role.is_supervisor());
        if is_supervisor || asked >= stood || stood < Some(place::today(tx, before.row.id)?.day()) {
            return Ok(());
        }
        Err(Error::field("/protection/reflection_until", "supervisor_only", "only a supervisor ends a reflection period early"))
    }
}

/// A part that the grant does not open cannot be written blindly: that would replace what somebody else recorded. A location
/// is closed to a session that is not fresh, and then the client learns what opens it.
pub fn refuse_closed_compartments(tx: &Tx<'_>, patch: &Patch<UpdateCase>, case: &OpenCase) -> Result<()> {
    if patch.touches(Compartment::Location.as_str()) && !case.granted().contains(Compartment::Location) {
        grants::refuse_stale(tx, Compartment::Location)?;
    }
    let closed = Compartment::ALL.iter().filter(|compartment| !case.granted().contains(**compartment));
    let touched = closed.filter(|compartment| patch.touches(compartment.as_str()));
    let violations: Vec<Violation> = touched
        .map(|compartment| {
            Violation::new(format!("/{compartment}"), "not_granted", "your organisation's grant does not open this part of the case")
        })
        .collect();
    if violations.is_empty() { Ok(()) } else { Err(Error::fields(violations)) }
}

fn in_part(part: &str, violations: Option<Vec<Violation>>) -> Vec<Violation> {
    let within = |violation: Violation| Violation { pointer: format!("{part}{}", violation.pointer), ..violation };
    violations.unwrap_or_default().into_iter().map(within).collect()
}

fn claimed(main: Option<Nationality>, further: Option<Vec<Country>>) -> Option<ClaimedNationalities> {
    main.map(|main| ClaimedNationalities::of(main, further.unwrap_or_default()))
}

fn exit_violation(exited_on: Option<PartialDate>, today: Today) -> Option<Violation> {
    let is_future = exited_on.is_some_and(|exit| exit.earliest() > today);
    is_future.then(|| Violation::new("/exited_on", "date_in_future", "must not lie in the future"))
}
