//! The records that a release of figures counts.

use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

use crate::db::Tx;
use crate::db::accounts::organisations;
use crate::db::casefile::{grants, merged, stored_consents};
use crate::db::schema::{case_grants, cases, compounds, erasures};
use crate::domain::codes::{ExitMode, Gender};
use crate::domain::ids::*;
use crate::domain::nationality::Nationality;
use crate::domain::reporting::released::{Facts, Record};
use crate::domain::sharing::{AgeBand, Candidate};
use crate::domain::zones::{Today, Zone};
use crate::error::Result;

/// Those that the organisation sees, of people who agreed to be counted, or where the law is the basis.
pub(in crate::db::reporting) fn of(tx: &mut Tx<'_>, organisation: OrganisationId) -> Result<Vec<Facts>> {
    let of = organisations::find(tx, organisation)?;
    let agreed = stored_consents::counted_in_figures(tx, &Candidate { id: of.id, kind: of.kind, country: of.country })?;
    let query = compounds::table.select((compounds::id, compounds::province));
    let provinces: HashMap<CompoundId, Option<String>> = query.load::<(CompoundId, Option<String>)>(tx.conn)?.into_iter().collect();
    type Counted = (
        PersonId,
        (Option<Nationality>, Gender, Option<i32>, Option<bool>),
        (Option<CompoundId>, Option<ExitMode>, String, Option<MissionId>, NaiveDate),
    );
    let who = (case_grants::nationality, cases::gender, cases::birth_year, cases::is_child);
    let how = (cases::compound_id, cases::exit_mode, case_grants::stage, case_grants::mission_id, cases::registered_on);
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(organisation, tx.now))
        .filter(cases::person_id.ne_all(merged::merged_persons()))
        .filter(cases::person_id.ne_all(erasures::table.select(erasures::person_id)))
        .select((cases::person_id, who, how));
    let rows: Vec<Counted> = query.load(tx.conn)?;
    let today = Today::at(Zone::UTC, tx.now);
    let facts = |(_, who, how): Counted| {
        let ((nationality, gender, birth_year, is_child), (compound, exit_mode, stage, mission, registered_on)) = (who, how);
        Record {
            nationality: nationality.map(|nationality| nationality.as_str().to_owned()),
            gender,
            age: AgeBand::of(birth_year, is_child, today),
            province: compound.and_then(|id| provinces.get(&id).cloned().flatten()),
            exit_mode,
            stage,
            mission: mission.map(|mission| mission.0.to_string()),
            registered_on,
        }
        .facts()
    };
    Ok(rows.into_iter().filter(|(person, ..)| agreed.contains(person)).map(facts).collect())
}

/// The organisations that see any case.
pub fn with_cases(tx: &mut Tx<'_>) -> Result<Vec<OrganisationId>> {
    let query = case_grants::table.select(case_grants::organisation_id).distinct();
    Ok(query.load(tx.conn)?)
}
