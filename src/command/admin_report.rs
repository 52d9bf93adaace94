//! The lists of `homeward admin`: a line each, with a heading, separated by tabs, so that people and scripts can read them.

use crate::command::failure::Failure;
use crate::config::Config;
use crate::db::accounts::organisations::{self, OrganisationRow};
use crate::db::accounts::user_states::{self, UserState};
use crate::db::accounts::users::{self, UserRow};
use crate::db::engine::page::{MAX_LIMIT, Page, PageRequest};
use crate::db::{Db, Tx};
use crate::domain::dates::Timestamp;
use crate::error::Result as DbResult;

/// Every organisation, by name.
pub(in crate::command) async fn organisations(db: &Db) -> Result<Vec<String>, Failure> {
    let mut rows = every_page(db, "admin list-organisations", organisations::list).await?;
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    let line = |row: &OrganisationRow| {
        let state = if row.active { "active" } else { "deactivated" };
        format!("{}\t{}\t{}\t{state}\t{}", row.name, row.kind, row.country, row.id)
    };
    Ok(std::iter::once("name\tkind\tcountry\tstate\tid".to_owned()).chain(rows.iter().map(line)).collect())
}

/// Every user, by username.
pub(in crate::command) async fn users(db: &Db, config: &Config) -> Result<Vec<String>, Failure> {
    let list = |tx: &mut Tx<'_>, page: &PageRequest| {
        let Page { items, next } = users::list(tx, None, page)?;
        let known = |user: UserRow| {
            let organisation = organisations::find(tx, user.organisation_id)?;
            let state = user_states::of(tx, &user)?;
            Ok(Known { now: tx.now, organisation, state, user })
        };
        Ok(Page { items: items.into_iter().map(known).collect::<DbResult<_>>()?, next })
    };
    let mut rows = every_page(db, "admin list-users", list).await?;
    rows.sort_by(|one, other| one.user.username.cmp(&other.user.username));
    let heading = "username\trole\torganisation\tstate\tsecond factor\tlast sign-in".to_owned();
    Ok(std::iter::once(heading).chain(rows.iter().map(|known| known.line(config))).collect())
}

/// A user with the facts that the list shows.
struct Known {
    now: Timestamp,
    user: UserRow,
    organisation: OrganisationRow,
    state: UserState,
}

impl Known {
    fn line(&self, config: &Config) -> String {
        let second_factor = match (self.state.second_factor_since, config.second_factor.requires(self.user.role)) {
            (Some(_), _) => "on",
            (None, true) => "missing",
            (None, false) => "not needed",
        };
        let last = self.state.last_sign_in_at.map_or_else(|| "never".to_owned(), minute);
        let (user, organisation) = (&self.user, &self.organisation.name);
        format!("{}\t{}\t{organisation}\t{}\t{second_factor}\t{last}", user.username, user.role, self.state())
    }

    /// The reason why the user cannot sign in, if there is one.
    fn state(&self) -> String {
        match self.state.code_expires_at {
            _ if self.user.disabled_at.is_some() => "disabled".to_owned(),
            _ if !self.organisation.active => "organisation deactivated".to_owned(),
            _ if self.state.has_password => "active".to_owned(),
            Some(until) if until > self.now => format!("no password yet, code expires {}", minute(until)),
            Some(until) => format!("no password yet, code expired {}", minute(until)),
            None => "no password, and no code".to_owned(),
        }
    }
}

/// A time to the minute, in UTC.
fn minute(at: Timestamp) -> String {
    at.utc().format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Reads every page of a list.
async fn every_page<T, F>(db: &Db, reason: &'static str, list: F) -> Result<Vec<T>, Failure>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>, &PageRequest) -> DbResult<Page<T>> + Copy + Send + 'static,
{
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest { limit: MAX_LIMIT, after: after.take() };
        let page = db.as_system(reason).read(move |tx| list(tx, &request)).await?;
        rows.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}
