//! Organisations.

use diesel::prelude::*;

use crate::db::accounts::sessions;
use crate::db::casefile::granting::{self, NewGrant};
use crate::db::casefile::{case_keys, lock};
use crate::db::engine::backend::ForShare;
use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::{missions, organisations, users};
use crate::db::{Tx, taken};
use crate::domain::access::actor::Workplace;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::access::{Actor, GrantBasis, Role};
use crate::domain::accounts::username::look_alike;
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{MissionId, OrganisationId};
use crate::domain::sharing::{AccessRule, Authority};
use crate::domain::zones::Zone;
use crate::error::{Error, ErrorCode, Result};

/// The detail of the error for a name that another organisation has.
const NAME_TAKEN: &str = "There is an organisation with this name already.";

/// The detail of the error for a name that looks like another one.
const LOOK_TAKEN: &str = "There is an organisation already whose name looks the same.";

/// An organisation as stored.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct OrganisationRow {
    pub id: OrganisationId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub name: String,
    pub kind: OrganisationKind,
    pub country: Country,
    /// The host country it coordinates, if it is a coordination desk.
    pub coordinates: Option<Country>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub active: bool,
    /// The clock where it works, if the country keeps several; else that of the capital.
    pub time_zone: Option<Zone>,
}

/// Creates an organisation. A coordination desk is given its grants on the cases that are already there.
pub fn insert(tx: &mut Tx<'_>, row: &OrganisationRow) -> Result<OrganisationRow> {
    refuse_foreign_clock(tx, row)?;
    refuse_same_look(tx, row)?;
    let query = diesel::insert_into(organisations::table).values(row);
    query.execute(tx.conn).map_err(|error| taken(error, NAME_TAKEN))?;
    open_desk(tx, row)?;
    tx.audit_change(row.id.0, None, Some(row.version));
    Ok(row.clone())
}

/// Changes an organisation.
pub fn update(
    tx: &mut Tx<'_>,
    id: OrganisationId,
    expected: &Expected,
    change: impl FnOnce(&mut OrganisationRow),
) -> Result<OrganisationRow> {
    let before = find(tx, id)?;
    let read = expected.check(before.version)?;
    let mut row = before.clone();
    change(&mut row);
    // Deactivating the own organisation would sign this user out, and perhaps every user who could activate it again.
    if !row.active && tx.actor.user().is_some_and(|user| user.organisation_id == id) {
        return Err(Error::new(ErrorCode::Conflict).detail("You cannot deactivate your own organisation."));
    }
    if row.coordinates.is_none() {
        refuse_coordinators(tx, id)?;
    }
    // A clock that was right when it was stated holds nobody up who changes something else.
    let place = |row: &OrganisationRow| (row.time_zone, row.country, row.coordinates);
    if place(&row) != place(&before) {
        refuse_foreign_clock(tx, &row)?;
    }
    if row.name != before.name {
        refuse_same_look(tx, &row)?;
    }
    row.version += 1;
    row.updated_at = tx.now;
    let query = diesel::update(organisations::table.find(id).filter(organisations::version.eq(read))).set(&row);
    if query.execute(tx.conn).map_err(|error| taken(error, NAME_TAKEN))? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    if before.active && !row.active {
        sessions::revoke_of_organisation(tx, id)?;
    }
    if before.coordinates != row.coordinates {
        close_desk(tx, id)?;
        open_desk(tx, &row)?;
    }
    tx.audit_change(id.0, Some(read), Some(row.version));
    Ok(row)
}

/// Refuses a name that looks like that of another organisation: people pick by the eye who is to see a case.
fn refuse_same_look(tx: &mut Tx<'_>, row: &OrganisationRow) -> Result<()> {
    let query = organisations::table.filter(organisations::id.ne(row.id)).select(organisations::name);
    let names: Vec<String> = query.load(tx.conn)?;
    if !names.iter().any(|name| look_alike(name, &row.name)) {
        return Ok(());
    }
    let is_same = names.contains(&row.name);
    Err(Error::new(ErrorCode::AlreadyExists).detail(if is_same { NAME_TAKEN } else { LOOK_TAKEN }))
}

/// Refuses a clock that the country where the organisation works does not keep: the days of its cases would be those of elsewhere.
fn refuse_foreign_clock(tx: &mut Tx<'_>, row: &OrganisationRow) -> Result<()> {
    let Some(stated) = row.time_zone else { return Ok(()) };
    let query = missions::table.filter(missions::id.eq(MissionId::from(row.id))).select(missions::host_state);
    let hosted_by: Option<Country> = query.get_result(tx.conn).optional()?;
    let place = Workplace::of(hosted_by, row.coordinates, row.country, Some(stated));
    if place.zone == stated {
        return Ok(());
    }
    Err(Error::field("/time_zone", "not_of_country", "is kept nowhere in the country where the organisation works"))
}

/// Refuses to leave users with the role of a coordination desk at an organisation that coordinates no country.
fn refuse_coordinators(tx: &mut Tx<'_>, id: OrganisationId) -> Result<()> {
    let coordinators =
        users::table.filter(users::organisation_id.eq(id)).filter(users::role.eq(Role::Coordinator)).filter(users::disabled_at.is_null());
    let query = diesel::select(diesel::dsl::exists(coordinators));
    if !query.get_result::<bool>(tx.conn)? {
        return Ok(());
    }
    Err(Error::new(ErrorCode::Conflict)
        .detail("Users of this organisation have the role coordinator, which exists only at a coordination desk: change their role first."))
}

/// Finds an organisation.
pub fn find(tx: &mut Tx<'_>, id: OrganisationId) -> Result<OrganisationRow> {
    let query = organisations::table.find(id).select(organisations::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// Refuses a field that names no organisation.
pub(in crate::db) fn check(tx: &mut Tx<'_>, id: OrganisationId, pointer: &str) -> Result<()> {
    match find(tx, id) {
        Err(error) if error.code == ErrorCode::NotFound => Err(Error::field(pointer, "not_found", "no organisation with this id")),
        found => found.map(drop),
    }
}

/// The organisation with this name.
pub fn find_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<OrganisationRow>> {
    let query = organisations::table.filter(organisations::name.eq(name)).select(organisations::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// A page of organisations, oldest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<OrganisationRow>> {
    let list = b"organisations";
    let position: Option<(i64, OrganisationId)> = page.position(tx, list)?;
    let rows: Vec<OrganisationRow> = {
        let mut query = organisations::table.select(organisations::all_columns).into_boxed();
        if let Some((at, id)) = position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
            query = query.filter(organisations::created_at.ge(at)).filter(organisations::created_at.gt(at).or(organisations::id.gt(id)));
        }
        query.order((organisations::created_at, organisations::id)).limit(page.limit + 1).load(tx.conn)
    }?;
    page.page(tx, list, rows, |row| (row.created_at.micros(), row.id))
}

/// The coordination desks of a host country.
pub(in crate::db) fn desks_of(tx: &mut Tx<'_>, country: Country) -> Result<Vec<OrganisationId>> {
    let query = organisations::table
        .filter(organisations::coordinates.eq(country))
        .filter(organisations::active.eq(true))
        .select(organisations::id);
    Ok(query.load(tx.conn)?)
}

/// The same, with the desks locked until this transaction ends: whoever takes the country from one of them waits, and then finds what was
/// given to it. Registrations do not wait for each other.
pub(in crate::db) fn lock_desks_of(tx: &mut Tx<'_>, country: Country) -> Result<Vec<OrganisationId>> {
    let desks = organisations::table.filter(organisations::coordinates.eq(country)).filter(organisations::active.eq(true));
    let query = desks.order(organisations::id).select(organisations::id);
    // SQLite has one writer, who locks everything.
    if tx.conn.is_postgres() { Ok(ForShare(query).load(tx.conn)?) } else { Ok(query.load(tx.conn)?) }
}

fn open_desk(tx: &mut Tx<'_>, desk: &OrganisationRow) -> Result<()> {
    let Some(country) = desk.coordinates.filter(|_| desk.active) else { return Ok(()) };
    let authority = desk_authority(tx)?;
    for case in granting::cases_without_desk(tx, country, desk.id)? {
        let keys = case_keys::of_system(tx, &case, CompartmentSet::WHO)?;
        let grant = NewGrant::of_desk(desk.id, authority);
        let person = lock::lock_person(tx, case.person_id)?;
        granting::give(tx, &person, &case, &keys, &grant)?;
    }
    Ok(())
}

/// The authority to open a desk: of the administrator, or of whoever runs the program on the server.
fn desk_authority(tx: &Tx<'_>) -> Result<Authority> {
    match tx.actor {
        Actor::System { .. } => Ok(Authority::of_rule(AccessRule::DesksOfTheCountry)),
        Actor::User(_) | Actor::Machine(_) => granting::authority(tx),
    }
}

fn close_desk(tx: &mut Tx<'_>, desk: OrganisationId) -> Result<()> {
    granting::withdraw_all(tx, desk, GrantBasis::Coordination)
}
