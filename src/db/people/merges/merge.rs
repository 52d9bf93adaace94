//! The merge: its preview and its execution.

use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

use crate::crypto::CompartmentKeys;
use crate::db::Tx;
use crate::db::casefile::compartments::seal_detail;
use crate::db::casefile::granting;
use crate::db::casefile::history::{self, FieldChange, Part};
use crate::db::casefile::merged::{is_merged, merged_into};
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::row::{self, CaseRow};
use crate::db::casefile::{search_index, shielded};
use crate::db::cases::change;
use crate::db::people::duplicates::{self, Pair};
use crate::db::people::merges::joined::Joined;
use crate::db::people::merges::side_by_side::{ChosenField, FieldPair, Particulars, side_by_side, taken};
use crate::db::people::merges::{BothLocked, Merge, MergeRow, find, lock_both, suspended_grants, taking_over};
use crate::db::process::facts;
use crate::db::schema::{merges, movement_batch_members, movement_batches, referrals};
use crate::db::sharing::reconcile;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::cases::history::{ChangeSubject, FieldOf};
use crate::domain::codes::{DuplicateStatus, MergeBlocker, MergeWarning, MovementStatus, ReferralStatus};
use crate::domain::country::Country;
use crate::domain::ids::{CaseId, DuplicatePairId, MergeId, OrganisationId};
use crate::domain::nationalities::ClaimedNationalities;
use crate::domain::people::joining::fits;
use crate::domain::people::merging::{MergeChoice, are_of_two_states};
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::{Error, ErrorCode, Result};

/// The preview of a merge.
pub struct Preview {
    /// The case that would continue.
    pub survivor: CaseRow,
    /// The newest case of the other person.
    pub other: CaseRow,
    pub fields: Vec<FieldPair>,
    /// The reasons that forbid the merge now.
    pub blockers: Vec<MergeBlocker>,
    /// What it brings with it for the person's safety.
    pub warnings: Vec<MergeWarning>,
    /// The organisations that see a case of the other person and not the one that would continue.
    pub ends_access_of: Vec<OrganisationId>,
    /// The organisations that see the case that would continue, each with the parts of the other case that it would read there and
    /// does not read now.
    pub opens_to: Vec<(OrganisationId, CompartmentSet)>,
}

/// The parameters of a merge.
#[derive(Clone)]
pub struct Asked {
    /// The case that continues.
    pub survivor: CaseId,
    /// The version of that case, as the caller read it.
    pub survivor_version: i64,
    /// The version of the other case.
    pub other_version: i64,
    /// The choices where the kept value is not the default.
    pub choices: Vec<MergeChoice>,
    /// The warnings that the caller read and means.
    pub accepts: Vec<MergeWarning>,
}

/// Both persons of a pair, opened.
struct Both {
    pair: Pair,
    survivor: OpenCase,
    other: OpenCase,
    cases: Vec<CaseRow>,
}

/// Compares the two persons of a pair, field by field.
pub fn preview(tx: &mut Tx<'_>, pair: DuplicatePairId, survivor: CaseId) -> Result<Preview> {
    let (both, opened) = tx.opening(|tx| open(tx, pair, survivor))?;
    duplicates::audit_both(tx, pair, [&both.survivor.row, &both.other.row].map(|case| (case.id, case.owner_id)), opened);
    let fields = side_by_side(&particulars(&both.survivor)?, &particulars(&both.other)?, both.survivor.row.today(tx)?.day())?;
    let blockers = blockers(tx, &both)?;
    let is_owner = owns_all(tx, &both);
    let ends_access_of = if is_owner { ends_access_of(tx, &both)? } else { Vec::new() };
    let opens_to = if is_owner { opens_to(tx, &both)? } else { Vec::new() };
    let warnings = if is_owner { warnings(tx, &both)? } else { Vec::new() };
    Ok(Preview { survivor: both.survivor.row, other: both.other.row, fields, blockers, warnings, ends_access_of, opens_to })
}

/// Who would read more than before: what the two cases themselves say is joined, and each part is open to whoever opens it on the case
/// that goes on.
fn opens_to(tx: &mut Tx<'_>, both: &Both) -> Result<Vec<(OrganisationId, CompartmentSet)>> {
    let of_other = open_to(tx, both.other.row.id)?;
    let said: CompartmentSet = both.other.versions.iter().map(|(compartment, _)| *compartment).collect();
    let more = open_to(tx, both.survivor.row.id)?.into_iter().map(|(organisation, compartments)| {
        let known = of_other.get(&organisation).copied().unwrap_or_default();
        (organisation, compartments.intersection(said).iter().filter(|part| !known.contains(*part)).collect::<CompartmentSet>())
    });
    Ok(more.filter(|(_, unread)| !unread.is_empty()).collect())
}

/// The organisations that see a case, each with what its live grants open together.
fn open_to(tx: &mut Tx<'_>, case: CaseId) -> Result<BTreeMap<OrganisationId, CompartmentSet>> {
    let mut open: BTreeMap<OrganisationId, CompartmentSet> = BTreeMap::new();
    for grant in granting::held(tx, case)?.into_iter().filter(|grant| grant.expires_at.is_none_or(|end| end > tx.now)) {
        let known = open.entry(grant.organisation).or_default();
        *known = known.union(grant.compartments);
    }
    Ok(open)
}

fn ends_access_of(tx: &mut Tx<'_>, both: &Both) -> Result<Vec<OrganisationId>> {
    let sees = open_to(tx, both.survivor.row.id)?;
    let mut saw = BTreeSet::new();
    for case in both.cases.iter().filter(|case| case.person_id == both.other.row.person_id) {
        saw.extend(open_to(tx, case.id)?.into_keys());
    }
    Ok(saw.into_iter().filter(|organisation| !sees.contains_key(organisation)).collect())
}

/// Whether the caller's organisation owns every case of both. It alone can merge, and is told who sees them and what stands in the way:
/// the hold of a court, the flight and the partners of a person are no matter of a guest mission or a partner who has one of the cases.
fn owns_all(tx: &Tx<'_>, both: &Both) -> bool {
    both.cases.iter().all(|case| case.owner_id == tx.actor.organisation_id())
}

/// Merges the two persons of a pair.
pub fn merge(tx: &mut Tx<'_>, pair: DuplicatePairId, asked: &Asked) -> Result<Merge> {
    let first = open(tx, pair, asked.survivor)?;
    let locked = lock_both(tx, first.survivor.row.person_id, first.other.row.person_id)?;
    // Opens both again under the lock, so that the decision is still valid when it is carried out.
    let both = open(tx, pair, asked.survivor)?;
    if both.survivor.row.version != asked.survivor_version || both.other.row.version != asked.other_version {
        return Err(ErrorCode::StaleVersion.into());
    }
    let found = blockers(tx, &both)?;
    if !found.is_empty() {
        let errors = found.iter().map(|blocker| Violation::new("", blocker.as_str(), sentence(*blocker))).collect();
        return Err(Error::new(ErrorCode::MergeBlocked).with(errors));
    }
    refuse_unread(&warnings(tx, &both)?, &asked.accepts)?;
    let (own, other) = (particulars(&both.survivor)?, particulars(&both.other)?);
    let today = both.survivor.row.today(tx)?;
    let pairs = side_by_side(&own, &other, today.day())?;
    let taken = taken(&own, &other, &pairs, &asked.choices)?;
    let after = take_over(&own, &taken, today)?;
    let joined = Joined::of(&both.survivor, &both.other)?;
    let row = insert(tx, &locked, &both, &taken, &joined)?;
    for case in both.cases.iter().filter(|case| case.person_id == both.other.row.person_id) {
        suspended_grants::suspend(tx, &locked.merged, case.id)?;
        taking_over::take(tx, case.id, both.survivor.row.id)?;
        tx.audit_change(case.id.0, None, None);
    }
    reconcile::carry(tx, &locked.survivor, &both.survivor.row)?;
    let merged = both.other.row.id;
    let survivor = change::change_by_merge(tx, both.survivor.row.id, &asked.survivor_version.into(), merged, |tx, case| {
        case.contents.identity = Some(after.identity.clone());
        case.contents.contact = Some(after.contact.clone());
        joined.put_into(tx, case)
    })?;
    note_in_history(tx, &survivor, &row, serde_json::Value::Null, "merged")?;
    duplicates::decide(tx, pair, both.pair.row.version, DuplicateStatus::Merged)?;
    search_index::stage_gone(tx, row.merged_person_id);
    tx.audit_change(row.id.0, None, Some(1));
    find(tx, row.id)
}

/// The two persons of a pair, as the owner of both sees them.
fn open(tx: &mut Tx<'_>, pair: DuplicatePairId, survivor: CaseId) -> Result<Both> {
    let pair = duplicates::find(tx, pair)?;
    if pair.row.status != DuplicateStatus::Open {
        return Err(Error::new(ErrorCode::Conflict).detail("Somebody has already decided about this pair."));
    }
    let (first, second) = (pair.first.case.id, pair.second.case.id);
    let other = match survivor {
        id if id == first => second,
        id if id == second => first,
        _ => return Err(Error::field("/survivor_case_id", "not_found", "must be one of the two cases of the pair")),
    };
    let (survivor, other) = (open::find(tx, survivor)?, open::find(tx, other)?);
    let mut all = row::of_person(tx, survivor.row.person_id)?;
    all.extend(row::of_person(tx, other.row.person_id)?);
    Ok(Both { pair, survivor, other, cases: all })
}

fn particulars(case: &OpenCase) -> Result<Particulars> {
    match (&case.contents.identity, &case.contents.contact) {
        (Some(identity), Some(contact)) => Ok(Particulars { identity: identity.clone(), contact: contact.clone() }),
        _ => Err(Error::new(ErrorCode::PermissionDenied)
            .detail("Your organisation cannot see the identity and the contact details of both people.")),
    }
}

/// All reasons that forbid a merge now, in any case of either person, for whoever owns them all.
fn blockers(tx: &mut Tx<'_>, both: &Both) -> Result<Vec<MergeBlocker>> {
    if !owns_all(tx, both) {
        return Ok(vec![MergeBlocker::DifferentOwners]);
    }
    let (survivor, other) = (&both.survivor.row, &both.other.row);
    let is_beyond = |person| {
        let mut rows = both.cases.iter().filter(|case| case.person_id == person);
        rows.any(|case| !matches!(case.stage, Stage::Registered | Stage::Screened))
    };
    let is_beside = other.side_state.is_some() && other.side_state != survivor.side_state;
    let ids: Vec<CaseId> = both.cases.iter().map(|case| case.id).collect();
    let verified: Vec<Country> = both.cases.iter().filter_map(|case| case.nationality_verified).collect();
    let claimed: Vec<ClaimedNationalities> = both.cases.iter().filter_map(|case| case.claimed.clone()).collect();
    let all = [
        (both.cases.iter().any(|case| case.host_country != survivor.host_country), MergeBlocker::DifferentHostCountries),
        (are_of_two_states(&verified, &claimed), MergeBlocker::DifferentNationalities),
        (is_on_pathway(tx, both)?, MergeBlocker::Shielded),
        (is_beside || (is_beyond(other.person_id) && !is_beyond(survivor.person_id)), MergeBlocker::OtherIsFurther),
        (is_beyond(survivor.person_id) && is_beyond(other.person_id), MergeBlocker::BothOnTheRoad),
        (are_on_batch(tx, &ids)?, MergeBlocker::OnMovementBatch),
        (have_open_referral(tx, &ids)?, MergeBlocker::OpenReferral),
        (survivor.is_closed(), MergeBlocker::SurvivorClosed),
        (is_merged(tx, survivor.person_id)? || !merged_into(tx, other.person_id)?.is_empty(), MergeBlocker::MergedBefore),
        (reconcile::would_end_access(tx, survivor.person_id, other.person_id)?, MergeBlocker::RefusedAccess),
    ];
    Ok(all.into_iter().filter_map(|(forbids, blocker)| forbids.then_some(blocker)).collect())
}

/// Whether the person who would be merged is kept from missions by a pathway: that has a case of its own, which goes on.
fn is_on_pathway(tx: &mut Tx<'_>, both: &Both) -> Result<bool> {
    for case in both.cases.iter().filter(|case| case.person_id == both.other.row.person_id) {
        if shielded::stands_on_pathway(tx, case)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What holds of either for both: the records and the claim of the other one go over to the case that goes on.
fn warnings(tx: &mut Tx<'_>, both: &Both) -> Result<Vec<MergeWarning>> {
    let (survivor, other) = (&both.survivor.row, &both.other.row);
    let is_dead = |person| {
        let mut rows = both.cases.iter().filter(|case| case.person_id == person);
        rows.any(|case| case.side_state == Some(SideState::Deceased))
    };
    let mut is_held = false;
    for case in &both.cases {
        is_held |= facts::is_held(tx, case)?;
    }
    let all = [
        (is_held, MergeWarning::LegalHold),
        (shielded::is_barred(tx, survivor)? || shielded::is_barred(tx, other)?, MergeWarning::KeptFromMissions),
        (is_dead(survivor.person_id) != is_dead(other.person_id), MergeWarning::OneIsDead),
    ];
    Ok(all.into_iter().filter_map(|(holds, warning)| holds.then_some(warning)).collect())
}

/// Refuses a merge of somebody dead and somebody alive that nobody was asked about: one of the two records is wrong, or they are two.
fn refuse_unread(warnings: &[MergeWarning], accepts: &[MergeWarning]) -> Result<()> {
    let unread = warnings.iter().filter(|warning| warning.is_asked_about() && !accepts.contains(warning));
    let message = "one of them is recorded as dead and the other one is not: look again, and name the warning here if they are one";
    let errors: Vec<Violation> = unread.map(|warning| Violation::new("/accepts", warning.as_str(), message)).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::new(ErrorCode::MergeBlocked).with(errors)) }
}

fn are_on_batch(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<bool> {
    let on_board = movement_batch_members::table
        .inner_join(movement_batches::table.on(movement_batches::id.eq(movement_batch_members::batch_id)))
        .filter(movement_batch_members::case_id.eq_any(cases))
        .filter(movement_batches::status.ne_all([MovementStatus::Cancelled, MovementStatus::Arrived]));
    let query = diesel::select(diesel::dsl::exists(on_board));
    Ok(query.get_result(tx.conn)?)
}

fn have_open_referral(tx: &mut Tx<'_>, cases: &[CaseId]) -> Result<bool> {
    let open = referrals::table
        .filter(referrals::case_id.eq_any(cases))
        .filter(referrals::status.eq_any([ReferralStatus::Draft, ReferralStatus::InProgress]));
    let query = diesel::select(diesel::dsl::exists(open));
    Ok(query.get_result(tx.conn)?)
}

/// The particulars of the survivor after the merge. Values that are valid apart may contradict each other together.
fn take_over(own: &Particulars, taken: &[ChosenField], today: Today) -> Result<Particulars> {
    let values: Vec<_> = taken.iter().map(|taken| (taken.field, taken.after.clone())).collect();
    let after = own.with(&values)?;
    let mut violations = if taken.is_empty() { Vec::new() } else { after.identity.violations(today) };
    if !fits(&after.identity) || !fits(&after.contact) {
        violations.push(Violation::new("", "too_many", "together they have more entries of a list than it holds: choose one of both"));
    }
    if violations.is_empty() {
        return Ok(after);
    }
    let in_choices = |violation: Violation| Violation { pointer: "/choices".to_owned(), ..violation };
    Err(Error::fields(violations.into_iter().map(in_choices).collect()))
}

fn insert(tx: &mut Tx<'_>, locked: &BothLocked<'_>, both: &Both, taken: &[ChosenField], joined: &Joined) -> Result<MergeRow> {
    locked.survivor.check(both.survivor.row.person_id)?;
    locked.merged.check(both.other.row.person_id)?;
    let id = MergeId::random();
    let joined = joined.seal(id, &both.survivor.keys)?;
    let row = MergeRow {
        id,
        organisation_id: tx.actor.organisation_id(),
        pair_id: both.pair.row.id,
        survivor_person_id: both.survivor.row.person_id,
        survivor_case_id: both.survivor.row.id,
        merged_person_id: both.other.row.person_id,
        merged_case_id: both.other.row.id,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        undone_at: None,
        undone_by: None,
        sealed_identity: Some(seal(id, Compartment::Identity, &both.survivor.keys, taken)?),
        sealed_contact: Some(seal(id, Compartment::Contact, &both.survivor.keys, taken)?),
        sealed_reason: None,
        sealed_plain: Some(joined.plain),
        sealed_location: Some(joined.location),
        sealed_health: Some(joined.health),
        sealed_narrative: Some(joined.narrative),
        sealed_protection: Some(joined.protection),
    };
    let query = diesel::insert_into(merges::table).values(&row);
    query.execute(tx.conn)?;
    Ok(row)
}

/// Seals the fields taken from one compartment; also an empty list, so that the row does not reveal it.
fn seal(id: MergeId, compartment: Compartment, keys: &CompartmentKeys, taken: &[ChosenField]) -> Result<Vec<u8>> {
    let part: Vec<&ChosenField> = taken.iter().filter(|taken| taken.field.compartment() == compartment).collect();
    seal_detail(id.0, 1, compartment, keys, &part)
}

/// Records in the history of the survivor that a person was merged, or that the merge was undone. The entry names the merge,
/// which shows the rest to the callers who may read it. It is told to who opens the merged case: to others the name of its operation
/// alone would tell that there is a second record.
pub(in crate::db) fn note_in_history(tx: &mut Tx<'_>, case: &OpenCase, merge: &MergeRow, from: serde_json::Value, to: &str) -> Result<()> {
    let change = FieldChange { field: FieldOf::Merge(merge.id).prefix(), from, to: to.into() };
    let part = Part::sealed(Compartment::Identity, vec![change], Some(merge.merged_case_id));
    history::record_apart(tx, &case.row, &case.keys, ChangeSubject::Case, vec![part])
}

fn sentence(blocker: MergeBlocker) -> &'static str {
    match blocker {
        MergeBlocker::DifferentOwners => "your organisation must own every case of both",
        MergeBlocker::DifferentHostCountries => "the cases are in two host countries: these are two stays",
        MergeBlocker::DifferentNationalities => "different nationalities were verified",
        MergeBlocker::Shielded => "the other one is on the protection pathway: let its case go on",
        MergeBlocker::OtherIsFurther => {
            "the other one is further on the road home, or beside it: let its case go on, or bring this one there first"
        }
        MergeBlocker::BothOnTheRoad => "both are on the road home",
        MergeBlocker::OnMovementBatch => "one of them is on a charter, bus or convoy that is not over",
        MergeBlocker::OpenReferral => "a referral or transfer of one of them waits for an answer",
        MergeBlocker::SurvivorClosed => "the case that would go on is closed",
        MergeBlocker::MergedBefore => "others were merged with one of them: undo that first, or merge into that one",
        MergeBlocker::RefusedAccess => "what one of them refused would end access to the other: record it there first",
    }
}
