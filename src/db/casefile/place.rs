//! Where a case is, and so which day it is there. Dates about a case are days of its host country, wherever the caller sits.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::grants;
use crate::db::casefile::row::CaseRow;
use crate::db::schema::{case_grants, cases};
use crate::domain::country::Country;
use crate::domain::ids::CaseId;
use crate::domain::zones::{Today, Zone};
use crate::error::Result;

/// The clock where a case is, and that where the person goes.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    pub here: Zone,
    pub destination: Zone,
}

impl Clocks {
    fn of(host: Country, nationality: Option<Country>) -> Self {
        let here = Zone::of(host);
        Self { here, destination: nationality.map_or(here, Zone::of) }
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

/// The clocks of a case that the caller sees. None for any other one, so that the day tells nobody where a hidden case is.
pub fn clocks(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Clocks>> {
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(case_grants::case_id.eq(case))
        .filter(grants::live(tx.actor.organisation_id(), tx.now))
        .select((cases::host_country, cases::nationality_verified, cases::nationality_claimed));
    let found: Option<(Country, Option<Country>, Option<Country>)> = query.first(tx.conn).optional()?;
    Ok(found.map(|(host, verified, claimed)| Clocks::of(host, verified.or(claimed))))
}

/// The day where a case is that the caller sees; for any other one, the day where the caller is.
pub fn today(tx: &mut Tx<'_>, case: CaseId) -> Result<Today> {
    Ok(clocks(tx, case)?.map_or_else(|| tx.today(), |clocks| Today::at(clocks.here, tx.now)))
}

/// A day that was stated, or the day where the case is.
pub fn day_or_today(tx: &mut Tx<'_>, case: CaseId, stated: Option<NaiveDate>) -> Result<NaiveDate> {
    stated.map_or_else(|| Ok(today(tx, case)?.day()), Ok)
}
