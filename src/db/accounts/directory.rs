//! Whom one works with: the organisations that there are, and the colleagues in one's own.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::{absences, organisations, users};
use crate::domain::access::Role;
use crate::domain::accounts::absence::is_away;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::ids::{OrganisationId, UserId};
use crate::error::Result;

/// An organisation by name.
#[derive(Queryable)]
pub struct Listed {
    pub id: OrganisationId,
    pub name: String,
    pub kind: OrganisationKind,
    pub country: Country,
    /// The host country it coordinates, if it is a coordination desk.
    pub coordinates: Option<Country>,
}

/// Which organisations.
pub struct Wanted {
    pub kind: Option<OrganisationKind>,
    pub country: Option<Country>,
}

/// A page of the active organisations, by name.
pub fn organisations(tx: &mut Tx<'_>, wanted: &Wanted, page: &PageRequest) -> Result<Page<Listed>> {
    let list = format!("directory {:?} {:?}", wanted.kind, wanted.country);
    let position: Option<(String, OrganisationId)> = page.position(tx, list.as_bytes())?;
    let may_know_shelters = may_know_shelters(tx);
    let rows: Vec<Listed> = {
        let listed = (organisations::id, organisations::name, organisations::kind, organisations::country, organisations::coordinates);
        let mut query = organisations::table.filter(organisations::active.eq(true)).select(listed).into_boxed();
        if !may_know_shelters {
            query = query.filter(organisations::kind.ne(OrganisationKind::Shelter));
        }
        if let Some(kind) = wanted.kind {
            query = query.filter(organisations::kind.eq(kind));
        }
        if let Some(country) = wanted.country {
            query = query.filter(organisations::country.eq(country));
        }
        if let Some((name, id)) = position {
            let after = organisations::name.gt(name.clone()).or(organisations::name.eq(name).and(organisations::id.gt(id)));
            query = query.filter(after);
        }
        query.order((organisations::name, organisations::id)).limit(page.limit + 1).load(tx.conn)
    }?;
    page.page(tx, list.as_bytes(), rows, |row| (row.name.clone(), row.id))
}

/// The name of an organisation of the directory, as far as the caller may know it.
pub fn name(tx: &mut Tx<'_>, id: OrganisationId) -> Result<String> {
    let query = organisations::table.find(id).filter(organisations::active.eq(true)).select((organisations::name, organisations::kind));
    let listed: Option<(String, OrganisationKind)> = query.get_result(tx.conn).optional()?;
    let may_know_shelters = may_know_shelters(tx);
    found(listed.filter(|(_, kind)| may_know_shelters || *kind != OrganisationKind::Shelter).map(|(name, _)| name))
}

fn may_know_shelters(tx: &Tx<'_>) -> bool {
    tx.actor.user().is_some_and(|user| !user.organisation_kind.is_mission())
}

/// A user of one's own organisation.
pub struct Colleague {
    pub id: UserId,
    pub display_name: String,
    pub role: Role,
    /// Whether the account can be used.
    pub is_active: bool,
    /// Whether they are away today.
    pub is_away: bool,
}

/// A page of the users of the actor's organisation, by name. Those who left are among them: what they did bears their id.
pub fn colleagues(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<Colleague>> {
    let (organisation, today) = (tx.actor.organisation_id(), tx.today());
    let list = b"colleagues";
    let position: Option<(String, UserId)> = page.position(tx, list)?;
    let found: Vec<(UserId, String, Role, bool)> = {
        let colleague = (users::id, users::display_name, users::role, users::disabled_at.is_null());
        let mut query = users::table.filter(users::organisation_id.nullable().eq(organisation)).select(colleague).into_boxed();
        if let Some((name, id)) = position {
            query = query.filter(users::display_name.gt(name.clone()).or(users::display_name.eq(name).and(users::id.gt(id))));
        }
        query.order((users::display_name, users::id)).limit(page.limit + 1).load(tx.conn)
    }?;
    let ids: Vec<UserId> = found.iter().map(|(id, ..)| *id).collect();
    let query = absences::table.filter(absences::user_id.eq_any(ids));
    let away: Vec<(UserId, Option<chrono::NaiveDate>, Option<chrono::NaiveDate>)> =
        query.select((absences::user_id, absences::away_from, absences::away_until)).load(tx.conn)?;
    let is_not_there = |id: UserId| away.iter().any(|&(user, from, until)| user == id && is_away(today, from, until));
    let rows = found
        .into_iter()
        .map(|(id, display_name, role, is_active)| Colleague { id, display_name, role, is_active, is_away: is_not_there(id) })
        .collect();
    page.page(tx, list, rows, |row| (row.display_name.clone(), row.id))
}
