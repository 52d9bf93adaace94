//! The blind search: may somebody be registered elsewhere? At most an organisation to contact, and never why. It does the same
//! work whether somebody is found or not (DOMAIN §4 rule 7).

use base64::Engine;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::{open, row};
use crate::db::people::{disclosure, known, names};
use crate::db::schema::search_budgets;
use crate::domain::codes::CaseStatus;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::people::matching::{CERTAIN, FEWEST_ATTRIBUTES, MatchOutcome, Profile};
use crate::error::{Error, ErrorCode, Result};

/// People who are opened in every search, meant or not.
const OPENED: usize = 8;
/// Names less alike than this are not meant.
const NAME_FLOOR: f64 = 0.8;
/// Days for which the owner of a case can find it by a token.
const TOKEN_DAYS: i64 = 30;
/// Where a token belongs.
const PLACE: &[u8] = b"blind-match";

/// What whoever asked may be told.
pub struct PossibleMatch {
    /// Whom to contact.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// By which that organisation finds the case.
    pub token: String,
}

/// What a token holds.
#[derive(Serialize, Deserialize)]
struct Token {
    case: CaseId,
    asked_by: OrganisationId,
    asked_at: Timestamp,
}

/// A case that somebody else asked about.
pub struct AskedAbout {
    /// The case.
    pub case: row::CaseRow,
    /// Who asked.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// When.
    pub asked_at: Timestamp,
}

#[derive(Insertable)]
#[diesel(table_name = search_budgets, treat_none_as_default_value = false)]
struct BudgetRow {
    subject_id: SubjectId,
    day: chrono::NaiveDate,
    spent: i32,
}

/// Counts a search against the budgets of the day, of the user and of the organisation.
pub fn spend(tx: &mut Tx<'_>) -> Result<()> {
    tx.audit_unchanged(uuid::Uuid::nil());
    let Some(user) = tx.actor.user().map(|user| (user.user_id, user.organisation_id)) else { return Ok(()) };
    for (subject, budget) in [(user.0.0, tx.searches.user), (user.1.0, tx.searches.organisation)] {
        let row = BudgetRow { subject_id: SubjectId(subject), day: tx.now.date(), spent: 1 };
        let query = diesel::insert_into(search_budgets::table)
            .values(&row)
            .on_conflict((search_budgets::subject_id, search_budgets::day))
            .do_update()
            .set(search_budgets::spent.eq(search_budgets::spent + 1))
            .returning(search_budgets::spent);
        let spent: i32 = query.get_result(tx.conn)?;
        if spent > budget {
            let midnight = Timestamp::start_of(tx.now.date().succ_opt().unwrap_or(chrono::NaiveDate::MAX));
            let wait = u64::try_from((midnight.micros() - tx.now.micros()) / 1_000_000).unwrap_or(0) + 1;
            return Err(Error::new(ErrorCode::SearchBudgetSpent).retry_after(wait));
        }
    }
    Ok(())
}

/// Forgets the budgets of days gone by.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<()> {
    let query = diesel::delete(search_budgets::table.filter(search_budgets::day.lt(tx.now.date())));
    query.execute(tx.conn)?;
    tx.audit_unchanged(uuid::Uuid::nil());
    Ok(())
}

/// Asks whether somebody may be registered.
pub fn search(tx: &mut Tx<'_>, sought: &Profile) -> Result<Option<PossibleMatch>> {
    tx.audit_unchanged(uuid::Uuid::nil());
    names::fill(tx)?;
    let own = tx.actor.organisation_id();
    let people = as_many_as_always(tx, sought)?;
    let known = known::known(tx, &people)?;
    let all: Vec<_> = known.iter().map(|known| (known.person, &known.key, known.cases.as_slice())).collect();
    let protected = disclosure::protected(tx, &all)?;
    let mut best: Option<(f64, CaseId, OrganisationId)> = None;
    for person in &known {
        let likeness = sought.compare(&person.profile);
        let is_certain = likeness.score >= CERTAIN
            && likeness.reasons.len() >= FEWEST_ATTRIBUTES
            && likeness.reasons.iter().all(|reason| reason.outcome != MatchOutcome::Different);
        let is_shielded = disclosure::is_denied(tx, person.person, own)? || protected.contains(&person.person);
        let open = person.cases.iter().find(|case| !matches!(case.status, CaseStatus::Closed | CaseStatus::ClosedReferred));
        if let (true, false, Some(case)) = (is_certain, is_shielded, open)
            && best.is_none_or(|(score, ..)| likeness.score > score)
        {
            best = Some((likeness.score, case.id, case.owner_id));
        }
    }
    // Whoever is found or not: an organisation is read and a token is sealed.
    let (case, owner) = best.map_or((CaseId::random(), own), |(_, case, owner)| (case, owner));
    let organisation = organisations::find(tx, owner)?;
    let plain = serde_json::to_vec(&Token { case, asked_by: own, asked_at: tx.now }).map_err(Error::internal)?;
    let token = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(tx.keys.seal_for_service(Purpose::Matching, &[PLACE], &plain)?);
    Ok(best.map(|_| PossibleMatch { organisation: owner, name: organisation.name, token }))
}

/// Whoever may be meant, and others, so that every search opens as many people.
fn as_many_as_always(tx: &mut Tx<'_>, sought: &Profile) -> Result<Vec<PersonId>> {
    let mut people = known::with_number(tx, sought)?;
    let alike = tx.names.alike(&sought.names, NAME_FLOOR)?.into_iter().map(|(person, _)| person);
    let anybody = tx.names.anybody(2 * OPENED);
    for person in alike.take(OPENED).chain(anybody) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people.truncate(OPENED);
    Ok(people)
}

/// The case behind a token, for the organisation that owns it. For every other one there is none.
pub fn resolve(tx: &mut Tx<'_>, token: &str) -> Result<AskedAbout> {
    tx.audit_unchanged(uuid::Uuid::nil());
    let sealed = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| Error::not_found())?;
    let plain = tx.keys.open_for_service(Purpose::Matching, &[PLACE], &sealed).map_err(|_| Error::not_found())?;
    let Token { case, asked_by, asked_at } = serde_json::from_slice(&plain).map_err(|_| Error::not_found())?;
    let (case, _) = open::row_visible(tx, case)?;
    let is_old = asked_at.plus_seconds(TOKEN_DAYS * 24 * 3600) < tx.now;
    if case.owner_id != tx.actor.organisation_id() || is_old {
        return Err(Error::not_found());
    }
    Ok(AskedAbout { case, organisation: asked_by, name: organisations::find(tx, asked_by)?.name, asked_at })
}
