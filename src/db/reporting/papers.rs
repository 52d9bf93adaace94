//! What stands on the papers of the counter: letters to the authorities of the host country, applications for travel documents, and forms
//! on which a person answers. Each opens no more than it prints.

use diesel::prelude::*;

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::accounts::{directory, users};
use crate::db::casefile::list::{self, CaseSummaryRow};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{compartments, guest_missions, open};
use crate::db::engine::page::found;
use crate::db::process::records::{self, Recorded};
use crate::db::process::{batch_members, facts};
use crate::db::repatriation::{movement_batches, waiver_requests};
use crate::db::schema::missions;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::person::{Contact, Identity};
use crate::domain::codes::{AuthorityLetterPurpose, KinSafety, TraffickingStatus};
use crate::domain::ids::{CaseId, MissionId, MovementBatchId, OrganisationId, WaiverRequestId};
use crate::domain::repatriation::fines::Fine;
use crate::domain::repatriation::records::{Detention, ImmigrationClearance, NextOfKin, TravelDocument};
use crate::domain::repatriation::stage::SideState;
use crate::domain::repatriation::waiver_request::WaiverRequest;
use crate::error::Result;

/// Who prints a paper, and whose paper it is.
pub struct Sender {
    /// The user.
    pub user: String,
    pub organisation: String,
    /// The city of a mission.
    pub city: Option<String>,
}

/// A person in a letter, as far as the caller may know them.
pub struct Subject {
    pub case: CaseSummaryRow,
    /// The compartments that the caller's grant opens.
    pub opened: CompartmentSet,
    pub identity: Option<Identity>,
    pub trafficking_status: Option<TraffickingStatus>,
    /// Empty where nothing is known, or the identity is closed.
    pub clearance: ImmigrationClearance,
    /// The newest one that was issued.
    pub travel_document: Option<TravelDocument>,
    /// Asked for with a waiver of the fine only.
    pub fine: Option<Fine>,
    /// Where the person is held now; asked for with a release only.
    pub detention: Option<Detention>,
}

impl Subject {
    /// Whether the person can travel at all, as the manifest says it.
    fn can_travel(&self) -> bool {
        self.case.status.is_open() && self.case.side_state.is_none_or(SideState::is_resumable)
    }
}

/// A letter to the authorities of the host country.
pub struct Letter {
    pub from: Sender,
    pub subjects: Vec<Subject>,
}

/// The letter about one case.
pub fn letter(tx: &mut Tx<'_>, id: CaseId, purpose: Option<AuthorityLetterPurpose>) -> Result<Letter> {
    open::keys_or_not_found(tx, id)?;
    let subjects = subjects(tx, &[id], purpose)?;
    found((!subjects.is_empty()).then_some(()))?;
    Ok(Letter { from: sender(tx)?, subjects })
}

/// The letter about those on board of one of the organisation's own batches who can travel.
pub fn letter_of_batch(tx: &mut Tx<'_>, id: MovementBatchId, purpose: Option<AuthorityLetterPurpose>) -> Result<Letter> {
    movement_batches::find(tx, id)?;
    let on_board: Vec<CaseId> = batch_members::members(tx, id)?.into_iter().map(|member| member.case_id).collect();
    let mut subjects = subjects(tx, &on_board, purpose)?;
    subjects.retain(Subject::can_travel);
    Ok(Letter { from: sender(tx)?, subjects })
}

/// The letter that one of the organisation's own lists of waivers is, with what the list asks for.
pub fn letter_of_waivers(tx: &mut Tx<'_>, id: WaiverRequestId) -> Result<(Letter, WaiverRequest)> {
    let listed = waiver_requests::find(tx, id)?;
    let members: Vec<CaseId> = listed.members.iter().map(|member| member.case_id).collect();
    let subjects = subjects(tx, &members, Some(AuthorityLetterPurpose::FineWaiver))?;
    Ok((Letter { from: sender(tx)?, subjects }, listed.request.content()?))
}

fn sender(tx: &mut Tx<'_>) -> Result<Sender> {
    let (user, organisation) = users::own_names(tx)?;
    let query = missions::table.find(MissionId::from(tx.actor.organisation_id())).select(missions::city);
    let city: Option<String> = query.get_result(tx.conn).optional()?;
    Ok(Sender { user, organisation, city })
}

/// The people of these cases whom the organisation sees, by name. But for fines, in as many statements for many as for one.
fn subjects(tx: &mut Tx<'_>, ids: &[CaseId], purpose: Option<AuthorityLetterPurpose>) -> Result<Vec<Subject>> {
    let people = list::opened(tx, ids)?;
    let keys: Vec<(CaseId, OrganisationId, &CompartmentKeys)> = people.iter().map(|(row, _, keys)| (row.id, row.owner_id, keys)).collect();
    let seen: Vec<CaseId> = keys.iter().map(|(id, ..)| *id).collect();
    let clearances = records::of_cases::<ImmigrationClearance>(tx, &keys)?;
    let documents = records::of_cases::<TravelDocument>(tx, &keys)?;
    let is_release = purpose == Some(AuthorityLetterPurpose::Release);
    let detentions = if is_release { records::of_cases::<Detention>(tx, &keys)? } else { Vec::new() };
    let rows = row::rows_unscoped(tx, &seen)?;
    let mut subjects = Vec::with_capacity(people.len());
    for (case, identity, keys) in people {
        let (id, opened) = (case.id, keys.compartments());
        let stored = rows.iter().find(|row| row.id == id);
        let is_fined = purpose == Some(AuthorityLetterPurpose::FineWaiver) && identity.is_some();
        let held = detentions.iter().rev().find(|record| record.case_id == id && record.content.released_on.is_none());
        let newest = documents.iter().rev().find(|record| record.case_id == id && record.content.is_in_hand());
        subjects.push(Subject {
            fine: stored.filter(|_| is_fined).map(|row| fine(tx, row, opened)).transpose()?,
            trafficking_status: stored.map(|row| row.trafficking_status),
            clearance: clearance(&clearances, id),
            travel_document: newest.map(|record| record.content.clone()),
            detention: held.map(|record| record.content.clone()),
            case,
            opened,
            identity,
        });
    }
    subjects.sort_by_cached_key(|subject| {
        (subject.identity.as_ref().map(|known| known.display_name().to_lowercase()), subject.case.code.clone())
    });
    Ok(subjects)
}

fn fine(tx: &mut Tx<'_>, row: &CaseRow, opened: CompartmentSet) -> Result<Fine> {
    Ok(facts::load_known(tx, row, opened)?.fine())
}

/// The standing of a case in its present host country, with what only a merged case says of it.
fn clearance(all: &[Recorded<ImmigrationClearance>], case: CaseId) -> ImmigrationClearance {
    let mut own: Vec<_> = all.iter().filter(|record| record.case_id == case && record.host_episode_id.is_none()).collect();
    own.sort_by_key(|record| record.merged_from.is_some());
    own.into_iter().fold(ImmigrationClearance::default(), |content, other| content.completed_by(other.content.clone()))
}

/// An application for a travel document.
pub struct Application {
    pub from: Sender,
    /// As the caller may know it.
    pub case: CaseRow,
    pub opened: CompartmentSet,
    pub identity: Option<Identity>,
    pub contact: Option<Contact>,
    /// The family members who may know where the person is: the paper goes to the authorities at home. None where that is closed.
    pub kin: Option<Vec<NextOfKin>>,
    /// What was issued to the person before. None where that is closed.
    pub travel_documents: Option<Vec<TravelDocument>>,
}

/// What is known for the application of a person for a travel document.
pub fn application(tx: &mut Tx<'_>, id: CaseId) -> Result<Application> {
    let (case, opened, contents) = person(tx, id, CompartmentSet::WHO)?;
    let kin: Option<Vec<Recorded<NextOfKin>>> = records::list(tx, id)?;
    let documents: Option<Vec<Recorded<TravelDocument>>> = records::list(tx, id)?;
    let may_know = |kin: &NextOfKin| kin.is_safe == KinSafety::Yes;
    Ok(Application {
        from: sender(tx)?,
        case,
        opened,
        identity: contents.identity,
        contact: contents.contact,
        kin: kin.map(|all| all.into_iter().map(|record| record.content).filter(may_know).collect()),
        travel_documents: documents.map(|all| all.into_iter().map(|record| record.content).collect()),
    })
}

/// A form on which a person answers.
pub struct ConsentForm {
    pub from: Sender,
    pub code: String,
    /// None where it is closed.
    pub identity: Option<Identity>,
    /// The organisation that is to see the case.
    pub recipient: Option<String>,
}

/// What is known for the form on which a person answers.
pub fn consent_form(tx: &mut Tx<'_>, id: CaseId, recipient: Option<OrganisationId>) -> Result<ConsentForm> {
    let (case, _, contents) = person(tx, id, CompartmentSet::EMPTY.with(Compartment::Identity))?;
    let recipient = recipient.map(|recipient| directory::name(tx, recipient)).transpose()?;
    Ok(ConsentForm { from: sender(tx)?, code: case.code, identity: contents.identity, recipient })
}

/// A case as the caller may know it, opened in these compartments and no further.
fn person(tx: &mut Tx<'_>, id: CaseId, only: CompartmentSet) -> Result<(CaseRow, CompartmentSet, compartments::Contents)> {
    let keys = open::keys_or_not_found(tx, id)?.only(only);
    let stored = row::row_unscoped(tx, id)?;
    let contents = compartments::open(tx, id, stored.person_id, &keys)?.contents;
    Ok((guest_missions::known_row(tx, stored)?, keys.compartments(), contents))
}
