//! Referrals, transfers and requests for one: how a case is handed on, always under a consent that holds.

mod organisation_wide;
mod steps;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

pub use organisation_wide::{WideReferral, refer_all};
pub use steps::{Step, advance};

use super::{Accepted, candidate, standing};
use crate::crypto::CompartmentKeys;
use crate::db::cases::{self, CaseRow};
use crate::db::compartments::{open_detail, seal_detail};
use crate::db::connection::on_backend;
use crate::db::grants;
use crate::db::page::{Page, PageRequest};
use crate::db::schema::{organisations as organisation_rows, referrals};
use crate::db::{Tx, found, organisations, persons};
use crate::domain::codes::{ConsentPurpose, ConsentStatus, ReferralKind, ReferralService, ReferralStatus, ReferralUrgency};
use crate::domain::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, ConsentId, OrganisationId, ReferralId, UserId};
use crate::domain::sharing::{Candidate, Share, Side, Standing};
use crate::error::{Error, ErrorCode, Result};

/// Days after which an unanswered one is over.
const OPEN_DAYS: i64 = 30;

/// A referral as stored.
#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = referrals, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ReferralRow {
    pub id: ReferralId,
    pub kind: ReferralKind,
    pub case_id: CaseId,
    pub owner_id: OrganisationId,
    pub other_id: OrganisationId,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub updated_at: Timestamp,
    pub version: i64,
    pub service: Option<ReferralService>,
    pub urgency: ReferralUrgency,
    pub compartments: CompartmentSet,
    pub consent_id: Option<ConsentId>,
    pub status: ReferralStatus,
    pub sent_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// Unless it is answered, it ends here.
    pub answer_by: Timestamp,
    /// The access that it gives ends here.
    pub expires_at: Option<Timestamp>,
    sealed_details: Vec<u8>,
}

/// What is said in words. Sealed with the identity: the other side reads it when it is let in, and not before.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReferralDetails {
    /// Why, from whoever asks.
    pub note: Option<String>,
    /// Why it was rejected or revoked.
    pub reason: Option<String>,
    /// What came of it.
    pub feedback: Option<String>,
}

/// A referral with what the caller may know of it.
pub struct Referral {
    pub row: ReferralRow,
    /// Which side the caller is on.
    pub side: Side,
    /// The case in outline: classes A and B only.
    pub case: CaseRow,
    /// The organisation that owns the case.
    pub owner_name: String,
    /// The other one.
    pub other_name: String,
    /// None: closed to the caller.
    pub details: Option<ReferralDetails>,
    /// Whether the caller sees the case itself.
    pub sees_case: bool,
}

/// What is asked for.
#[derive(Clone)]
pub struct NewReferral {
    pub kind: ReferralKind,
    pub other: OrganisationId,
    pub service: Option<ReferralService>,
    pub urgency: ReferralUrgency,
    pub compartments: CompartmentSet,
    pub consent: Option<ConsentId>,
    pub is_draft: bool,
    pub expires_at: Option<Timestamp>,
    pub note: Option<String>,
}

/// Refers a person for a service, offers a case to another organisation, or asks its owner for it.
pub fn insert(tx: &mut Tx<'_>, case: CaseId, new: &NewReferral) -> Result<Referral> {
    cases::lock(tx, case)?;
    let (case, _) = cases::row_visible(tx, case)?;
    cases::refuse_if_closed(&case)?;
    let own = tx.actor.organisation_id();
    let consent_id = match new.kind {
        ReferralKind::TransferRequest if own == case.owner_id => {
            return Err(Error::new(ErrorCode::Conflict).detail("Your organisation already owns the case."));
        }
        ReferralKind::TransferRequest => None,
        ReferralKind::Referral | ReferralKind::Transfer => {
            cases::require_owner(tx, &case)?;
            Some(consent_to_use(tx, &case, new)?)
        }
    };
    refuse_second(tx, &case, new)?;
    let id = ReferralId::random();
    let status = if new.is_draft { ReferralStatus::Draft } else { ReferralStatus::InProgress };
    let row = ReferralRow {
        id,
        kind: new.kind,
        case_id: case.id,
        owner_id: case.owner_id,
        other_id: new.other,
        created_at: tx.now,
        created_by: tx.actor.user().map(|user| user.user_id),
        updated_at: tx.now,
        version: 1,
        service: new.service,
        urgency: new.urgency,
        compartments: new.compartments,
        consent_id,
        status,
        sent_at: (!new.is_draft).then_some(tx.now),
        answered_at: None,
        closed_at: None,
        answer_by: tx.now.plus_seconds(OPEN_DAYS * 24 * 3600),
        expires_at: new.expires_at,
        sealed_details: seal(tx, &case, id, 1, &ReferralDetails { note: new.note.clone(), ..ReferralDetails::default() })?,
    };
    let query = diesel::insert_into(referrals::table).values(&row);
    on_backend!(tx.conn, |c| query.execute(c)).map_err(|error| match Error::from(error) {
        error if error.code == ErrorCode::AlreadyExists => {
            error.detail("The case is already offered to an organisation: withdraw that offer first.")
        }
        error => error,
    })?;
    tx.audit(case.id.0, None, Some(1));
    tx.touch(id.0);
    open(tx, row)
}

/// The consent that the handing on rests on: the one that is named, or any that holds. Without one, 422 says which is missing.
fn consent_to_use(tx: &mut Tx<'_>, case: &CaseRow, new: &NewReferral) -> Result<ConsentId> {
    let own = tx.actor.organisation_id();
    let refused = |code, message: &str| Error::field("/to_organisation_id", code, message);
    let other = match organisations::find(tx, new.other) {
        Ok(other) if other.active && other.id != own => other,
        Ok(other) if other.id == own => return Err(refused("own_organisation", "is your own organisation")),
        Err(error) if error.code != ErrorCode::NotFound => return Err(error),
        _ => return Err(refused("not_found", "no active organisation with this id")),
    };
    let purpose = ConsentPurpose::of_sharing_with(other.kind, other.country, case.nationality());
    find_consent(tx, case, new.other, purpose, new.compartments, new.consent)
}

/// A consent of the person that holds for this organisation and opens all of these compartments.
pub(super) fn find_consent(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    organisation: OrganisationId,
    purpose: ConsentPurpose,
    compartments: CompartmentSet,
    named: Option<ConsentId>,
) -> Result<ConsentId> {
    let standing = standing(tx, case.person_id)?;
    let to = candidate(tx, organisation)?;
    if standing.denies(&to) || (standing.is_shielded && to.kind.is_mission()) {
        return Err(Error::field("/to_organisation_id", "denied", "the person has refused to be seen by this organisation"));
    }
    let fits = standing.live(purpose, &to).into_iter().filter(|consent| consent.compartments.intersection(compartments) == compartments);
    let found = fits.map(|consent| consent.id).find(|id| named.is_none_or(|named| named == *id));
    found.ok_or_else(|| {
        let wanted: Vec<&str> = compartments.iter().map(Compartment::as_str).collect();
        let detail = format!(
            "There is no consent in force for {purpose} that includes this organisation and covers {}. Ask the person, and record the answer at /v1/cases/{{id}}/consents.",
            wanted.join(", ")
        );
        Error::new(ErrorCode::ConsentRequired).detail(detail).at("/consent_id", "consent_required", "needs a consent of the person that is in force")
    })
}

/// One organisation is asked for one service at a time, and one request for a case is enough.
fn refuse_second(tx: &mut Tx<'_>, case: &CaseRow, new: &NewReferral) -> Result<()> {
    let same =
        |row: &ReferralRow| row.kind == new.kind && row.other_id == new.other && row.service == new.service && is_pending_or_serves(row);
    match of_case(tx, case.id)?.iter().any(same) {
        true => Err(Error::new(ErrorCode::AlreadyExists).detail("The organisation has already been asked for this.")),
        false => Ok(()),
    }
}

/// The referrals of a case: all of them for its owner, for anybody else its own. Drafts are the owner's alone.
pub fn list_of_case(tx: &mut Tx<'_>, case: CaseId, kinds: &[ReferralKind]) -> Result<Vec<Referral>> {
    let (case, _) = cases::row_visible(tx, case)?;
    tx.note(case.id.0);
    let own = tx.actor.organisation_id();
    let is_owner = case.owner_id == own;
    let shown = move |row: &ReferralRow| kinds.contains(&row.kind) && (is_owner || (row.other_id == own && is_sent(row)));
    let rows = of_case(tx, case.id)?.into_iter().filter(shown).collect();
    open_all(tx, rows)
}

fn is_sent(row: &ReferralRow) -> bool {
    row.sent_at.is_some()
}

/// Which referrals to list.
#[derive(Clone, Debug, Serialize)]
pub struct ReferralFilter {
    /// Of these kinds.
    pub kinds: Vec<ReferralKind>,
    /// Those that came to my organisation, or those that went out.
    pub incoming: Option<bool>,
    /// With this status.
    pub status: Option<ReferralStatus>,
}

/// A page of what my organisation asked of others and others asked of mine, newest first.
pub fn list(tx: &mut Tx<'_>, filter: &ReferralFilter, page: &PageRequest) -> Result<Page<Referral>> {
    let list = serde_json::to_vec(&("referrals", filter)).map_err(Error::internal)?;
    let own = tx.actor.organisation_id();
    let is_wanted = |incoming| filter.incoming.is_none_or(|wanted| wanted == incoming);
    let to_me = referrals::other_id.eq_any(is_wanted(true).then_some(own)).and(referrals::sent_at.is_not_null());
    let from_me = referrals::owner_id.eq_any(is_wanted(false).then_some(own));
    let statuses = filter.status.map_or(ReferralStatus::ALL.to_vec(), |status| vec![status]);
    let (at, before) = page.newest_first(tx, &list, ReferralId(uuid::Uuid::max()))?;
    let query = referrals::table
        .filter(to_me.or(from_me))
        .filter(referrals::kind.eq_any(filter.kinds.clone()))
        .filter(referrals::status.eq_any(statuses))
        .filter(referrals::created_at.le(at))
        .filter(referrals::created_at.lt(at).or(referrals::id.lt(before)))
        .order((referrals::created_at.desc(), referrals::id.desc()))
        .limit(page.limit + 1)
        .select(referrals::all_columns);
    let rows: Vec<ReferralRow> = on_backend!(tx.conn, |c| query.load(c))?;
    tx.note(own.0);
    let opened = open_all(tx, rows)?;
    page.page(tx, &list, opened, |referral| (referral.row.created_at.micros(), referral.row.id))
}

/// One of them.
pub fn find(tx: &mut Tx<'_>, id: ReferralId, kinds: &[ReferralKind]) -> Result<Referral> {
    tx.touch(id.0);
    let row = visible(tx, id)?;
    found(kinds.contains(&row.kind).then_some(()))?;
    tx.note(row.case_id.0);
    open(tx, row)
}

fn visible(tx: &mut Tx<'_>, id: ReferralId) -> Result<ReferralRow> {
    let own = tx.actor.organisation_id();
    let query = referrals::table.find(id).select(referrals::all_columns);
    let row: Option<ReferralRow> = on_backend!(tx.conn, |c| query.get_result(c).optional())?;
    found(row.filter(|row| row.owner_id == own || (row.other_id == own && is_sent(row))))
}

fn of_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<ReferralRow>> {
    let query =
        referrals::table.filter(referrals::case_id.eq(case)).order((referrals::created_at, referrals::id)).select(referrals::all_columns);
    Ok(on_backend!(tx.conn, |c| query.load(c))?)
}

/// The referrals on a case that were accepted and are not over: what the grants of their recipients rest on.
pub(in crate::db) fn accepted(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Accepted>> {
    let is_live = |row: &ReferralRow| row.kind == ReferralKind::Referral && row.status == ReferralStatus::Accepted;
    let rows: Vec<ReferralRow> = of_case(tx, case)?.into_iter().filter(is_live).collect();
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let person = cases::row_for_system(tx, first.case_id)?.person_id;
    let consents = super::consents::of_person(tx, person)?;
    let shares = rows.into_iter().filter_map(|row| {
        let consent = consents.iter().find(|consent| Some(consent.id) == row.consent_id)?;
        let ends = [row.expires_at, consent.expires_at].into_iter().flatten().min();
        Some((row.other_id, Share { consent: consent.id, compartments: row.compartments }, ends))
    });
    Ok(shares.collect())
}

/// Ends what has no consent, or no time, left. Nobody did it, so nobody is named.
pub(in crate::db) fn end_what_lost_its_consent(tx: &mut Tx<'_>, case: &CaseRow, standing: &Standing) -> Result<()> {
    for row in of_case(tx, case.id)?.into_iter().filter(is_pending_or_serves) {
        let to = candidate(tx, row.other_id)?;
        let Some(status) = end_of(&row, &to, case.owner_id, standing) else { continue };
        save(tx, case, ReferralRow { status, closed_at: Some(tx.now), ..row }, |kept| kept)?;
    }
    Ok(())
}

/// Whether something is asked still, or a referral gives access. An accepted transfer is history.
fn is_pending_or_serves(row: &ReferralRow) -> bool {
    row.status.is_open() && (row.kind == ReferralKind::Referral || row.status != ReferralStatus::Accepted)
}

/// How it ends now, if it does.
fn end_of(row: &ReferralRow, to: &Candidate, owner: OrganisationId, standing: &Standing) -> Option<ReferralStatus> {
    let now = standing.now;
    let consent = standing.consents.iter().find(|consent| Some(consent.id) == row.consent_id);
    let holds = consent.is_none_or(|consent| standing.live(consent.purpose, to).iter().any(|live| live.id == consent.id));
    let is_unanswered = row.status != ReferralStatus::Accepted && row.answer_by <= now;
    let is_late = is_unanswered
        || row.expires_at.is_some_and(|at| at <= now)
        || consent.is_some_and(|consent| consent.status(now) == ConsentStatus::Expired);
    let is_barred = standing.denies(to) || (standing.is_shielded && to.kind.is_mission());
    match (row.other_id == owner, is_late, is_barred || !holds) {
        // Whoever owns the case now needs no referral to it.
        (true, ..) => Some(ReferralStatus::Done),
        (_, true, _) => Some(ReferralStatus::Expired),
        (.., true) => Some(ReferralStatus::Revoked),
        _ => None,
    }
}

impl ReferralDetails {
    /// These words, and those that were there where nothing new is said.
    fn or(self, kept: Self) -> Self {
        Self { note: self.note.or(kept.note), reason: self.reason.or(kept.reason), feedback: self.feedback.or(kept.feedback) }
    }
}

/// Stores the next version of a referral, with its words sealed anew.
fn save(tx: &mut Tx<'_>, case: &CaseRow, row: ReferralRow, words: impl FnOnce(ReferralDetails) -> ReferralDetails) -> Result<ReferralRow> {
    let keys = words_key(tx, case)?;
    let kept = open_detail(row.id.0, row.version, Compartment::Identity, &keys, &row.sealed_details)?.unwrap_or_default();
    let version = row.version + 1;
    let sealed_details = seal_detail(row.id.0, version, Compartment::Identity, &keys, &words(kept))?;
    let row = ReferralRow { version, updated_at: tx.now, sealed_details, ..row };
    let query = diesel::update(referrals::table.find(row.id).filter(referrals::version.eq(version - 1))).set(&row);
    if on_backend!(tx.conn, |c| query.execute(c))? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    Ok(row)
}

fn seal(tx: &mut Tx<'_>, case: &CaseRow, id: ReferralId, version: i64, details: &ReferralDetails) -> Result<Vec<u8>> {
    let keys = words_key(tx, case)?;
    seal_detail(id.0, version, Compartment::Identity, &keys, details)
}

/// The key of the words. The other side writes a reason before it holds any key of the case, so it is the system's.
fn words_key(tx: &mut Tx<'_>, case: &CaseRow) -> Result<CompartmentKeys> {
    let only = CompartmentSet::EMPTY.with(Compartment::Identity);
    persons::system_key(tx, case.person_id)?.compartment_keys(case.person_id, case.id, only)
}

fn open(tx: &mut Tx<'_>, row: ReferralRow) -> Result<Referral> {
    found(open_all(tx, vec![row])?.pop())
}

/// Opens referrals as far as the caller may know of them. As many statements for many as for one.
fn open_all(tx: &mut Tx<'_>, rows: Vec<ReferralRow>) -> Result<Vec<Referral>> {
    let ids: Vec<CaseId> = rows.iter().map(|row| row.case_id).collect();
    let cases = cases::rows_for_system(tx, &ids)?;
    let keys = grants::keys_for_each(tx, &ids)?;
    let sides = rows.iter().flat_map(|row| [row.owner_id, row.other_id]);
    let query =
        organisation_rows::table.filter(organisation_rows::id.eq_any(sides)).select((organisation_rows::id, organisation_rows::name));
    let names: Vec<(OrganisationId, String)> = on_backend!(tx.conn, |c| query.load(c))?;
    let name_of = |id| names.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone()).unwrap_or_default();
    let mut opened = Vec::with_capacity(rows.len());
    for row in rows {
        let case = found(cases.iter().find(|case| case.id == row.case_id).cloned())?;
        let keys = keys.iter().find(|(case, _)| *case == row.case_id).map(|(_, keys)| keys);
        let details = match keys {
            Some(keys) => open_detail(row.id.0, row.version, Compartment::Identity, keys, &row.sealed_details)?,
            None => None,
        };
        if details.is_some() {
            tx.disclose(row.case_id, CompartmentSet::EMPTY.with(Compartment::Identity));
        }
        let side = if row.owner_id == tx.actor.organisation_id() { Side::Owner } else { Side::Other };
        let (owner_name, other_name) = (name_of(row.owner_id), name_of(row.other_id));
        opened.push(Referral { side, sees_case: keys.is_some(), owner_name, other_name, case, details, row });
    }
    Ok(opened)
}

/// Everything that is open on the case goes on with its new owner.
pub(in crate::db) fn follow_owner(tx: &mut Tx<'_>, case: CaseId, owner: OrganisationId) -> Result<()> {
    let goes_on = referrals::status
        .eq_any([ReferralStatus::Draft, ReferralStatus::InProgress])
        .or(referrals::status.eq(ReferralStatus::Accepted).and(referrals::kind.eq(ReferralKind::Referral)));
    let query = diesel::update(referrals::table.filter(referrals::case_id.eq(case)).filter(goes_on)).set(referrals::owner_id.eq(owner));
    on_backend!(tx.conn, |c| query.execute(c))?;
    Ok(())
}
