//! Where a case is, and so which day it is there. Dates about a case are days of its host country, wherever the caller sits.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::casefile::row::CaseRow;
use crate::db::casefile::{grants, guest_missions};
use crate::db::schema::{case_grants, cases, organisations};
use crate::domain::access::GrantBasis;
use crate::domain::country::Country;
use crate::domain::ids::{CaseId, OrganisationId};
use crate::domain::nationalities::ClaimedNationalities;
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
    fn of(tx: &Tx<'_>, here: Zone, nationality: Option<Nationality>) -> Self {
        let goes_to = nationality.and_then(Nationality::state);
        Self { here, destination: goes_to.map_or(here, |country| tx.zone_in(country)) }
    }
}

/// The clock where the cases of an organisation in a host country are: the one stated for the organisation, if the country keeps several
/// clocks and that is one of them.
pub(in crate::db) fn clock(tx: &mut Tx<'_>, host: Country, owner: OrganisationId) -> Result<Zone> {
    if Zone::all_of(host).len() <= 1 {
        return Ok(Zone::of(host));
    }
    let query = organisations::table.find(owner).select(organisations::time_zone);
    let stated: Option<Option<Zone>> = query.get_result(tx.conn).optional()?;
    Ok(Zone::at(host, stated.flatten()))
}

impl CaseRow {
    /// The clock where the case is.
    pub(in crate::db) fn clock(&self, tx: &mut Tx<'_>) -> Result<Zone> {
        clock(tx, self.host_country, self.owner_id)
    }

    /// The clock where the case is, and where the person goes.
    pub(in crate::db) fn clocks(&self, tx: &mut Tx<'_>) -> Result<Clocks> {
        let here = self.clock(tx)?;
        Ok(Clocks::of(tx, here, self.nationality()))
    }

    /// The day where the case is.
    pub(in crate::db) fn today(&self, tx: &mut Tx<'_>) -> Result<Today> {
        Ok(Today::at(self.clock(tx)?, tx.now))
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
    type Found = (OrganisationId, Country, Option<Country>, Option<ClaimedNationalities>);
    let found: Option<Found> = query.first(tx.conn).optional()?;
    let Some((owner, host, verified, claimed)) = found else { return Ok(None) };
    let verified = guest_missions::known_nationality(tx, case, owner, verified)?;
    let claimed = guest_missions::known_claim(tx, owner, claimed.as_ref(), host)?;
    let here = clock(tx, host, owner)?;
    Ok(Some(Clocks::of(tx, here, verified.map(Nationality::from).or(claimed))))
}

/// The day where a case is that the caller sees; for any other one, the day where the caller is.
pub fn today(tx: &mut Tx<'_>, case: CaseId) -> Result<Today> {
    Ok(clocks(tx, case)?.map_or_else(|| tx.today(), |clocks| Today::at(clocks.here, tx.now)))
}

/// A day that was stated, or the day where the case is.
pub fn day_or_today(tx: &mut Tx<'_>, case: CaseId, stated: Option<NaiveDate>) -> Result<NaiveDate> {
    stated.map_or_else(|| Ok(today(tx, case)?.day()), Ok)
}
