//! Who a case or a task can be assigned to: an account of the organisation that can act now. Every assignment, by hand or by itself,
//! asks here, because work that waits for an account that nobody uses is seen by nobody.

use chrono::NaiveDate;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::dsl::auto_type;
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Nullable, SingleValue};
use serde::Serialize;

use crate::db::Tx;
use crate::db::engine::backend::{Database, Raw};
use crate::db::schema::types::{column, sql};
use crate::db::schema::{absences, missions, organisations, password_resets, users};
use crate::domain::access::Role;
use crate::domain::access::actor::Workplace;
use crate::domain::accounts::absence::is_away;
use crate::domain::accounts::password_hash::PasswordHash;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, UserId};
use crate::domain::zones::{Today, Zone};
use crate::error::{Error, Result};

/// The user to whom new work is assigned. Only this file makes one, after it asked whether the account can act; those of stored rows
/// lose their work as soon as their account cannot (see [`super::leaving`]). So no other place can assign anything to an account that
/// cannot act: it has nothing to assign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Assignee(UserId);

/// The assignee of a case. No task can be given to one: `at_work` tells whether they can act now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CaseAssignee(UserId);

impl From<Assignee> for CaseAssignee {
    fn from(assignee: Assignee) -> Self {
        Self(assignee.0)
    }
}

macro_rules! stored_as_user {
    ($($name:ident),+) => {$(
        impl $name {
            /// The user.
            pub fn user(self) -> UserId {
                self.0
            }
        }

        impl FromSql<sql::Id, Database> for $name {
            fn from_sql(raw: Raw<'_>) -> deserialize::Result<Self> {
                <UserId as FromSql<sql::Id, Database>>::from_sql(raw).map(Self)
            }
        }

        impl ToSql<sql::Id, Database> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Database>) -> serialize::Result {
                <UserId as ToSql<sql::Id, Database>>::to_sql(&self.0, out)
            }
        }

        column!(sql::Id, $name);
    )+};
}

stored_as_user!(Assignee, CaseAssignee);

/// The accounts with which nobody will act again: disabled, of a role that does no work on cases, or without a password and without a
/// code to set one.
#[auto_type]
pub(in crate::db) fn gone(now: Timestamp) -> _ {
    let working: Vec<Role> = Role::working();
    let unset: PasswordHash = PasswordHash::Unset;
    let coded = password_resets::table.filter(password_resets::expires_at.gt(now)).select(password_resets::user_id);
    let locked = users::password_hash.eq(unset).and(users::id.ne_all(coded));
    users::disabled_at.is_not_null().or(users::role.ne_all(working)).or(locked)
}

/// An account of an organisation that can act, and whether it does so today.
struct Account {
    assignee: Assignee,
    is_away: bool,
}

fn able(tx: &mut Tx<'_>, organisation: OrganisationId, user: UserId) -> Result<Option<Account>> {
    let place = (missions::host_state.nullable(), organisations::coordinates, organisations::country, organisations::time_zone);
    let query = users::table
        .inner_join(organisations::table.left_join(missions::table))
        .left_join(absences::table)
        .filter(users::id.eq(user))
        .filter(users::organisation_id.eq(organisation))
        .filter(organisations::active.eq(true))
        .filter(diesel::dsl::not(gone(tx.now)))
        .select((place, absences::away_from.nullable(), absences::away_until.nullable()));
    type Place = (Option<Country>, Option<Country>, Country, Option<Zone>);
    let found: Option<(Place, Option<NaiveDate>, Option<NaiveDate>)> = query.get_result(tx.conn).optional()?;
    let Some(((hosted_by, coordinates, seat, time_zone), away_from, away_until)) = found else { return Ok(None) };
    let today = Today::at(Workplace::of(hosted_by, coordinates, seat, time_zone).zone, tx.now);
    Ok(Some(Account { assignee: Assignee(user), is_away: is_away(today, away_from, away_until) }))
}

/// The user to whom somebody assigns work of an organisation, by hand. Refused if the account cannot act or the user is away today, and
/// kept as it is until this transaction ends, so that nobody disables it between the look and the assignment.
pub(in crate::db) fn chosen(tx: &mut Tx<'_>, organisation: OrganisationId, user: UserId, pointer: &str) -> Result<Assignee> {
    let of_organisation = users::table.filter(users::id.eq(user)).filter(users::organisation_id.eq(organisation));
    let query = diesel::update(of_organisation).set(users::version.eq(users::version));
    if query.execute(tx.conn)? == 0 {
        return Err(Error::field(pointer, "not_found", "no user of the organisation with this id"));
    }
    match able(tx, organisation, user)? {
        Some(Account { assignee, is_away: false }) => Ok(assignee),
        Some(_) => Err(Error::field(pointer, "is_away", "is away today. Choose a colleague who is there, or change the absence")),
        None => {
            let message =
                "this account cannot act: it is disabled, has no password, or has a role that does no work on cases. Choose a colleague";
            Err(Error::field(pointer, "cannot_act", message))
        }
    }
}

/// The user to whom new work on a case goes by itself: the assignee, if the account can act and is not away today. None: it waits for
/// anybody of the organisation, and is seen as such.
pub(in crate::db) fn at_work(tx: &mut Tx<'_>, organisation: OrganisationId, assignee: Option<CaseAssignee>) -> Result<Option<Assignee>> {
    Ok(doer(tx, organisation, assignee)?.at_work)
}

/// The assignee of a case, as far as the account can act.
#[derive(Clone, Copy, Default)]
pub(in crate::db) struct Doer {
    /// Whoever keeps what is theirs already; none if the account cannot act.
    pub(in crate::db) able: Option<Assignee>,
    /// To whom new work goes by itself: see [`at_work`].
    pub(in crate::db) at_work: Option<Assignee>,
}

/// The assignee of a case, for what they have and what is new.
pub(in crate::db) fn doer(tx: &mut Tx<'_>, organisation: OrganisationId, assignee: Option<CaseAssignee>) -> Result<Doer> {
    let Some(CaseAssignee(user)) = assignee else { return Ok(Doer::default()) };
    let account = able(tx, organisation, user)?;
    let at_work = account.as_ref().filter(|account| !account.is_away).map(|account| account.assignee);
    Ok(Doer { able: account.map(|account| account.assignee), at_work })
}

/// A user who was the assignee once, for a case that is joined or restored: only if the account can act now.
pub(in crate::db) fn once(tx: &mut Tx<'_>, organisation: OrganisationId, user: Option<UserId>) -> Result<Option<Assignee>> {
    let Some(user) = user else { return Ok(None) };
    Ok(able(tx, organisation, user)?.map(|account| account.assignee))
}

/// The users of the actor's organisation who are away today: what is assigned to them waits for anybody.
pub(in crate::db) fn away(tx: &mut Tx<'_>) -> Result<Vec<UserId>> {
    let today = tx.today().day();
    let query = absences::table
        .inner_join(users::table)
        .filter(users::organisation_id.eq(tx.actor.organisation_id()))
        .filter(absences::away_from.le(today))
        .filter(absences::away_until.is_null().or(absences::away_until.ge(today)))
        .order(users::id)
        .select(users::id);
    Ok(query.load(tx.conn)?)
}
