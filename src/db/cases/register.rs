//! Registering a person: the case, the person, their keys and the first grants, in one transaction.

use diesel::prelude::*;
use std::collections::HashMap;

use crate::crypto::{self, PersonKey};
use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::compartments::{self, Contents};
use crate::db::casefile::granting::{self, NewGrant};
use crate::db::casefile::idempotency::{self, CreateRequest};
use crate::db::casefile::lock::{self, PersonLocked};
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{denied, grants, list, merged, person_keys, place, search_index, told_nationality};
use crate::db::cases::{change, family, linking};
use crate::db::process::{contacts, records, tasks, transition_log};
use crate::db::reference::missions;
use crate::db::schema::cases;
use crate::domain::access::GrantBasis;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::code::case_code;
use crate::domain::cases::contents::{Health, Location, Narrative, Protection};
use crate::domain::cases::person::Identity;
use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::ids::*;
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::repatriation::Facts;
use crate::domain::repatriation::records::StatusDetermination;
use crate::domain::repatriation::stage::Stage;
use crate::domain::sharing::{AccessRule, Authority};
use crate::domain::zones::Today;
use crate::error::{Error, ErrorCode, Result};

/// Attempts at drawing a free case code.
const CODE_ATTEMPTS: usize = 20;

/// The operation that registers one person: a key that it was given is known in a list, and the other way round.
pub const REGISTERS_ONE: &str = "create_case";

/// A case that is about to be registered.
#[derive(Clone)]
pub struct NewCase {
    /// The person, for a new episode; none for a new person.
    pub person_id: Option<PersonId>,
    /// The case this one follows.
    pub previous_case_id: Option<CaseId>,
    /// The case of a parent, with which this one is linked.
    pub child_of: Option<CaseId>,
    pub host_country: Country,
    pub intake_channel: IntakeChannel,
    pub claimed: Option<ClaimedNationalities>,
    pub gender: Gender,
    pub risk_level: RiskLevel,
    pub exit_mode: Option<ExitMode>,
    /// The date of exit, as far as known.
    pub exited_on: Option<PartialDate>,
    /// The finding on trafficking so far.
    pub trafficking_status: TraffickingStatus,
    pub immigration_status: ImmigrationStatus,
    /// The reason why no screening was needed.
    pub screening_skipped: Option<ScreeningSkipped>,
    pub compound_id: Option<CompoundId>,
    /// The operation that freed the person.
    pub operation_id: Option<OperationId>,
    pub contents: Contents,
}

/// One of a list of people to be registered.
#[derive(Clone)]
pub struct Registration {
    pub new: NewCase,
    /// The key of this person alone.
    pub request: Option<CreateRequest>,
}

/// Registers a list of people: each for itself, so that one who is refused holds nobody else up.
pub fn insert_each(tx: &mut Tx<'_>, list: &[&Registration]) -> Result<Vec<Result<CaseId>>> {
    let people = list.iter().filter_map(|one| one.new.person_id).collect();
    let parents = list.iter().filter_map(|one| one.new.child_of).collect();
    // In one order, so that two lists with the same people do not wait for each other.
    lock::lock_with_persons_of(tx, people, parents)?;
    let mut outcomes = Vec::with_capacity(list.len());
    for Registration { new, request } in list {
        let register = |tx: &mut Tx<'_>| insert(tx, new).map(|case| case.row.id).map_err(|error| error.within("/person"));
        outcomes.push(tx.part(|tx| idempotency::once_of_list(tx, REGISTERS_ONE, request.as_ref(), register))?);
    }
    Ok(outcomes)
}

/// The codes of the cases of a list, of those that the caller sees. Somebody who was registered before may have been merged since: their
/// owner still reads them, and would register them again if they were not told.
pub fn codes(tx: &mut Tx<'_>, list: &[CaseId]) -> Result<HashMap<CaseId, String>> {
    let mut codes = list::codes(tx, list)?;
    let writes = std::mem::replace(&mut tx.writes, false);
    for id in list {
        if !codes.contains_key(id)
            && let Some(row) = open::row_if_visible(tx, *id)?
        {
            codes.insert(*id, row.code);
        }
    }
    tx.writes = writes;
    Ok(codes)
}

/// Registers a case.
pub fn insert(tx: &mut Tx<'_>, new: &NewCase) -> Result<OpenCase> {
    refuse_foreign_nationals(tx, new)?;
    if let Some(parent) = new.child_of {
        linking::lock_parent(tx, parent)?;
        refuse_older(tx, parent, new.contents.identity.as_ref())?;
    }
    let (person, person_key) = match new.person_id {
        None => person_keys::insert(tx)?,
        Some(person) => known_person(tx, person)?,
    };
    let person_id = person.person();
    let id = CaseId::random();
    let keys = person_key.compartment_keys(person_id, id, CompartmentSet::ALL)?;
    let is_new_person = new.person_id.is_none();
    let mut opened = match is_new_person {
        true => compartments::none_yet(tx, id, &keys),
        false => compartments::open(tx, id, person_id, &keys)?,
    };
    opened.contents = Contents {
        identity: if is_new_person { new.contents.identity.clone() } else { opened.contents.identity },
        contact: if is_new_person { new.contents.contact.clone() } else { opened.contents.contact },
        ..new.contents.clone()
    };
    if let Some(contact) = &mut opened.contents.contact {
        contact.read_phones(new.host_country, &[]);
    }
    let row = insert_row(tx, id, person_id, new, &opened.contents)?;
    let previous = row.previous_case_id;
    let case = OpenCase { row, contents: opened.contents, previous, keys, versions: opened.versions };
    seal_contents(tx, &case, is_new_person)?;
    transition_log::record_registration(tx, &case)?;
    first_grants(tx, &person, &case, is_new_person)?;
    first_determination(tx, &case)?;
    first_tasks(tx, &case)?;
    if !is_new_person {
        family::follow(tx, &case.row)?;
    }
    tx.audit_change(id.0, None, Some(case.row.version));
    if let Some(parent) = new.child_of {
        linking::insert_at(tx, id, parent, RelationKind::Parent, "/child_of")?;
    }
    Ok(case.within(tx.actor.may_open(tx.now)))
}

/// Locks a person whom the organisation registered earlier, for a new episode. The person's refusals are read after the lock. A
/// person whose key the organisation does not hold is not locked: to the caller they do not exist.
fn known_person<'a>(tx: &mut Tx<'a>, person: PersonId) -> Result<(PersonLocked<'a>, PersonKey)> {
    let unknown = || Error::field("/person_id", "not_found", "your organisation has registered no person with this id");
    person_keys::key_held(tx, person)?.ok_or_else(unknown)?;
    let locked = lock::lock_person(tx, person)?;
    let is_merged = merged::is_merged(tx, person)?;
    let key = person_keys::key_held(tx, person)?.filter(|_| !is_merged);
    Ok((locked, key.ok_or_else(unknown)?))
}

/// Refuses a child that was born before its parent, or in the same year.
fn refuse_older(tx: &mut Tx<'_>, parent: CaseId, child: Option<&Identity>) -> Result<()> {
    if grants::keys_for(tx, parent)?.is_none_or(|keys| keys.get(Compartment::Identity).is_none()) {
        // Whoever does not read the date is told nothing of it.
        return Ok(());
    }
    let born = row::row_unscoped(tx, parent)?.birth_year.zip(child.and_then(Identity::birth_year));
    let message = "the person of that case is no older: see which of the two is the child";
    if born.is_some_and(|(parent, child)| child <= parent) { Err(Error::field("/child_of", "contradiction", message)) } else { Ok(()) }
}

/// Refuses a person whom the mission does not serve. A mission takes in persons whom it covers, and persons of unknown nationality.
fn refuse_foreign_nationals(tx: &mut Tx<'_>, new: &NewCase) -> Result<()> {
    if !tx.actor.is_mission() || !new.claimed.as_ref().is_some_and(|claimed| claimed.main().is_determined()) {
        return Ok(());
    }
    if missions::covers(tx, tx.actor.organisation_id().into(), new.claimed.as_ref(), new.host_country)? {
        return Ok(());
    }
    let refused = Error::new(ErrorCode::MissionDoesNotCover);
    Err(refused.at(
        "/nationality_claimed",
        "does_not_cover",
        "your mission does not cover this nationality in this country: refer the person",
    ))
}

fn insert_row(tx: &mut Tx<'_>, id: CaseId, person_id: PersonId, new: &NewCase, contents: &Contents) -> Result<CaseRow> {
    let today = Today::at(place::clock(tx, new.host_country, tx.actor.organisation_id())?, tx.now).day();
    check_previous(tx, new, person_id)?;
    let mut row = CaseRow {
        id,
        code: String::new(),
        person_id,
        previous_case_id: new.previous_case_id,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        registered_on: today,
        owner_id: tx.actor.organisation_id(),
        assigned_to: None,
        status: CaseStatus::Active,
        closure_reason: None,
        closed_on: None,
        intake_channel: new.intake_channel,
        exit_mode: new.exit_mode,
        exited_on: new.exited_on,
        host_country: new.host_country,
        claimed: new.claimed.clone(),
        nationality_verified: None,
        gender: new.gender,
        birth_year: contents.identity.as_ref().and_then(Identity::birth_year),
        is_child: contents.identity.as_ref().and_then(|identity| identity.is_child(today)),
        risk_level: new.risk_level,
        trafficking_status: new.trafficking_status,
        immigration_status: new.immigration_status,
        screening_skipped: new.screening_skipped,
        compound_id: new.compound_id,
        operation_id: new.operation_id,
        stage: Stage::Registered,
        side_state: None,
        stage_since: today,
    };
    change::check_places(tx, &row)?;
    // Codes are random and short enough to be spoken, so two may collide: then another one is drawn.
    for _ in 0..CODE_ATTEMPTS {
        row.code = case_code(new.host_country, chrono::Datelike::year(&today), crypto::random()?);
        let query = diesel::insert_into(cases::table).values(&row).on_conflict(cases::code).do_nothing();
        if query.execute(tx.conn)? == 1 {
            told_nationality::index_new(tx, &row)?;
            return Ok(row);
        }
    }
    Err(Error::internal("no free case code was drawn"))
}

/// Refuses a previous case that is not of the same person, or that the caller does not see.
fn check_previous(tx: &mut Tx<'_>, new: &NewCase, person: PersonId) -> Result<()> {
    let Some(previous) = new.previous_case_id else { return Ok(()) };
    let refused = || Error::field("/previous_case_id", "not_found", "this person has no case with this id");
    let Some(_) = grants::keys_for(tx, previous)? else { return Err(refused()) };
    let query = cases::table.find(previous).select(cases::person_id);
    let of: Option<PersonId> = query.get_result(tx.conn).optional()?;
    if of == Some(person) { Ok(()) } else { Err(refused()) }
}

fn seal_contents(tx: &mut Tx<'_>, case: &OpenCase, is_new_person: bool) -> Result<()> {
    let owner = |compartment: Compartment| if compartment.is_of_person() { case.row.person_id.0 } else { case.row.id.0 };
    let values = case.contents.values()?.into_iter().filter(|(compartment, _)| is_new_person || !compartment.is_of_person());
    let values: Vec<_> = values.map(|(compartment, value)| (owner(compartment), compartment, value)).collect();
    compartments::seal_first(tx, &case.keys, &values)?;
    if is_new_person { search_index::reindex(tx, case.row.person_id, &case.contents) } else { Ok(()) }
}

/// Records a determination of trafficking made at intake as the finding of the registering organisation.
fn first_determination(tx: &mut Tx<'_>, case: &OpenCase) -> Result<()> {
    if case.row.trafficking_status == TraffickingStatus::Unscreened {
        return Ok(());
    }
    let own = organisations::find(tx, tx.actor.organisation_id())?;
    // What a mission finds is a finding of the state that sent it, and not of the one where it works.
    let of_country = match own.kind.is_mission() {
        true => missions::sending_state(tx, own.id.into())?,
        false => Some(own.country),
    };
    let finding = StatusDetermination {
        outcome: case.row.trafficking_status,
        decided_by_kind: DecisionMakingOrganisation::of(own.kind),
        decided_by: own.name,
        decided_in_country: of_country,
        reference: None,
        decided_on: case.row.today(tx)?.day(),
        legal_basis: None,
        evidence_note: None,
        supersedes: None,
    };
    records::store_first(tx, &case.row, &case.keys, &finding)
}

/// Opens the first tasks of a new case. No other facts exist yet, so no query is needed.
fn first_tasks(tx: &mut Tx<'_>, case: &OpenCase) -> Result<()> {
    let today = case.row.today(tx)?;
    let identity = case.contents.identity.as_ref();
    let facts = Facts {
        is_child: identity.and_then(|identity| identity.is_child(today.day())) == Some(true),
        age_assessed: identity.is_some_and(|identity| identity.birth_date.is_some() || identity.age_estimate.is_some()),
        immediate_needs_recorded: case.contents.health.as_ref().is_some_and(|health| health.immediate_needs.is_some()),
        screening_skipped: case.row.screening_skipped,
        trafficking_status: Some(case.row.trafficking_status),
        rules: tx.rules.clone(),
        ..Facts::at_registration(case.row.owner_id, today)
    };
    tasks::open_first(tx, &case.row, &facts)
}

/// Opens the next case of a person who was trafficked again. It keeps the person, the claimed nationality and the host country of
/// the earlier case.
pub fn open_linked(tx: &mut Tx<'_>, earlier: &OpenCase) -> Result<OpenCase> {
    let row = &earlier.row;
    let new = NewCase {
        person_id: Some(row.person_id),
        previous_case_id: Some(row.id),
        child_of: None,
        host_country: row.host_country,
        intake_channel: IntakeChannel::Other,
        claimed: row.claimed.clone(),
        gender: row.gender,
        risk_level: RiskLevel::High,
        exit_mode: None,
        exited_on: None,
        trafficking_status: TraffickingStatus::Unscreened,
        immigration_status: ImmigrationStatus::Unknown,
        screening_skipped: None,
        compound_id: None,
        operation_id: None,
        contents: Contents {
            location: Some(Location::default()),
            health: Some(Health::default()),
            narrative: Some(Narrative::default()),
            protection: Some(Protection::default()),
            ..Contents::default()
        },
    };
    insert(tx, &new)
}

/// Gives the first grants: the registering organisation sees everything, the host country's desk sees the compartments of
/// [`CompartmentSet::WHO`]. A walk-in at a mission also records the person's request for contact.
fn first_grants(tx: &mut Tx<'_>, person: &PersonLocked<'_>, case: &OpenCase, is_new_person: bool) -> Result<()> {
    let own = tx.actor.organisation_id();
    let authority = Authority::of_rule(AccessRule::Registration);
    let registration =
        NewGrant { organisation: own, basis: GrantBasis::Registration, compartments: CompartmentSet::ALL, expires_at: None, authority };
    granting::give_first(tx, person, &case.row, &case.keys, &registration)?;
    for desk in organisations::lock_desks_of(tx, case.row.host_country)? {
        // A new person cannot have denied an organisation yet.
        let is_denied = !is_new_person && denied::is_denied(tx, case.row.person_id, desk)?;
        if desk != own && !is_denied {
            let coordination = NewGrant::of_desk(desk, authority);
            granting::give_first(tx, person, &case.row, &case.keys, &coordination)?;
        }
    }
    if tx.actor.is_mission() && case.row.intake_channel == IntakeChannel::WalkInEmbassy {
        contacts::record_walk_in(tx, &case.row, own.into())?;
    }
    Ok(())
}
