//! The blind search: may a person be registered elsewhere? It returns at most an organisation to contact, and never the reason.
//! It does the same work with and without a match (DOMAIN §4 rule 7).

use base64::Engine;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::{open, row};
use crate::db::people::{disclosure, known, names};
use crate::db::schema::search_budgets;
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::people::matching::{CERTAIN, FEWEST_ATTRIBUTES, MatchOutcome, Profile};
use crate::domain::zones::Zone;
use crate::error::{Error, ErrorCode, Result};

/// Persons who are opened in every search, matching or not.
const OPENED: usize = 8;
/// Names less similar than this are no candidates.
const NAME_FLOOR: f64 = 0.8;
/// Days for which the owner of a case can find it by a token.
const TOKEN_DAYS: i64 = 30;
/// The place to which a token is bound.
const PLACE: &[u8] = b"blind-match";

/// The match, as the searching organisation is told.
pub struct PossibleMatch {
    /// The organisation to contact.
    pub organisation: OrganisationId,
    pub name: String,
    /// The token by which that organisation finds the case.
    pub token: String,
}

/// The contents of a token.
#[derive(Serialize, Deserialize)]
struct Token {
    case: CaseId,
    asked_by: OrganisationId,
    asked_at: Timestamp,
}

/// A case about which another organisation asked.
pub struct AskedAbout {
    pub case: row::CaseRow,
    /// The organisation that asked.
    pub organisation: OrganisationId,
    pub name: String,
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
        let row = BudgetRow { subject_id: SubjectId(subject), day: Zone::UTC.day_of(tx.now), spent: 1 };
        let query = diesel::insert_into(search_budgets::table)
            .values(&row)
            .on_conflict((search_budgets::subject_id, search_budgets::day))
            .do_update()
            .set(search_budgets::spent.eq(search_budgets::spent + 1))
            .returning(search_budgets::spent);
        let spent: i32 = query.get_result(tx.conn)?;
        if spent > budget {
            let midnight = Zone::UTC.end_of(Zone::UTC.day_of(tx.now));
            let wait = u64::try_from((midnight.micros() - tx.now.micros()) / 1_000_000).unwrap_or(0) + 1;
            return Err(Error::new(ErrorCode::SearchBudgetSpent).retry_after(wait));
        }
    }
    Ok(())
}

/// Deletes the budgets of past days.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<()> {
    let query = diesel::delete(search_budgets::table.filter(search_budgets::day.lt(Zone::UTC.day_of(tx.now))));
    query.execute(tx.conn)?;
    tx.audit_unchanged(uuid::Uuid::nil());
    Ok(())
}

/// Searches for a person who may be registered elsewhere.
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
        let open = person.cases.iter().find(|case| case.status.is_open());
        if let (true, false, Some(case)) = (is_certain, is_shielded, open)
            && best.is_none_or(|(score, ..)| likeness.score > score)
        {
            best = Some((likeness.score, case.id, case.owner_id));
        }
    }
    // Reads an organisation and seals a token in any case, so that both outcomes do the same work.
    let (case, owner) = best.map_or((CaseId::random(), own), |(_, case, owner)| (case, owner));
    let organisation = organisations::find(tx, owner)?;
    let plain = serde_json::to_vec(&Token { case, asked_by: own, asked_at: tx.now }).map_err(Error::internal)?;
    let token = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(tx.keys.seal_for_service(Purpose::Matching, &[PLACE], &plain)?);
    Ok(best.map(|_| PossibleMatch { organisation: owner, name: organisation.name, token }))
}

/// The candidates, filled up with other persons, so that every search opens the same number.
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

/// The case behind a token, for the organisation that owns it; "not found" for every other organisation.
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
