//! Where a case is, and so which day it is there. Dates about a case are days of its host country, wherever the caller sits.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{grants, guest_missions};
use crate::db::schema::{case_grants, cases};
use crate::domain::access::GrantBasis;
use crate::domain::country::Country;
use crate::domain::ids::{CaseId, OrganisationId};
use crate::domain::nationality::Nationality;
use crate::domain::zones::{Today, Zone};
use crate::error::Result;

/// The clock where a case is, and that where the person goes.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    pub here: Zone,
    pub destination: Zone,
}

impl Clocks {
    fn of(host: Country, nationality: Option<Nationality>) -> Self {
        let here = Zone::of(host);
        Self { here, destination: nationality.and_then(Nationality::state).map_or(here, Zone::of) }
    }
}

impl CaseRow {
    /// The clock where the case is, and that where the person goes.
    pub fn clocks(&self) -> Clocks {
        Clocks::of(self.host_country, self.nationality())
    }

    /// The day where the case is.
    pub(in crate::db) fn today(&self, tx: &Tx<'_>) -> Today {
        Today::at(self.clocks().here, tx.now)
    }
}

/// The clocks of a case that the caller's organisation sees, by what it may know of the person's nationality. None for any other one, so
/// that the day tells nobody where a hidden case is. Emergency access, which is one user's and only reads, counts for nothing.
pub fn clocks(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Clocks>> {
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(case_grants::case_id.eq(case))
        .filter(case_grants::basis.ne(GrantBasis::BreakGlass))
        .filter(grants::live(tx.actor.organisation_id(), tx.now))
        .select((cases::owner_id, cases::host_country, cases::nationality_verified, cases::nationality_claimed));
    let found: Option<(OrganisationId, Country, Option<Country>, Option<Nationality>)> = query.first(tx.conn).optional()?;
    let Some((owner, host, verified, claimed)) = found else { return Ok(None) };
    let verified = guest_missions::known_nationality(tx, case, owner, verified)?;
    Ok(Some(Clocks::of(host, verified.map(Nationality::from).or(claimed))))
}

/// The day where a case is that the caller sees; for any other one, the day where the caller is.
pub fn today(tx: &mut Tx<'_>, case: CaseId) -> Result<Today> {
    Ok(clocks(tx, case)?.map_or_else(|| tx.today(), |clocks| Today::at(clocks.here, tx.now)))
}

/// A day that was stated, or the day where the case is.
pub fn day_or_today(tx: &mut Tx<'_>, case: CaseId, stated: Option<NaiveDate>) -> Result<NaiveDate> {
    stated.map_or_else(|| Ok(today(tx, case)?.day()), Ok)
}
