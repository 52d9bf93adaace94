//! Releases of figures: frozen counts of an organisation's records, and what is asked about them.

use diesel::dsl::exists;
use diesel::prelude::*;
use std::sync::Arc;

use crate::crypto::{self, Purpose};
use crate::db::Tx;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::reporting::counted_records;
use crate::db::schema::{release_questions, statistics_releases};
use crate::domain::dates::Timestamp;
use crate::domain::ids::*;
use crate::domain::reporting::released::{Cross, Published};
use crate::domain::zones::Zone;
use crate::error::{Error, ErrorCode, Result};

/// A release, without what was counted.
#[derive(Clone, Debug, Queryable)]
pub struct ReleaseRow {
    pub id: ReleaseId,
    pub organisation_id: OrganisationId,
    /// The first one of an organisation is number 1.
    pub number: i32,
    pub made_at: Timestamp,
    /// The smallest group of which it tells.
    pub smallest_group: i32,
    pub records_rounded: i32,
}

#[derive(Insertable)]
#[diesel(table_name = statistics_releases, treat_none_as_default_value = false)]
struct NewRelease {
    id: ReleaseId,
    organisation_id: OrganisationId,
    number: i32,
    made_at: Timestamp,
    made_by: Option<UserId>,
    smallest_group: i32,
    records_rounded: i32,
    sealed_counts: Vec<u8>,
}

type Columns = (
    statistics_releases::id,
    statistics_releases::organisation_id,
    statistics_releases::number,
    statistics_releases::made_at,
    statistics_releases::smallest_group,
    statistics_releases::records_rounded,
);
const COLUMNS: Columns = (
    statistics_releases::id,
    statistics_releases::organisation_id,
    statistics_releases::number,
    statistics_releases::made_at,
    statistics_releases::smallest_group,
    statistics_releases::records_rounded,
);

/// What the next release of an organisation would count, and the one before.
#[derive(Clone)]
pub struct Counted {
    organisation: OrganisationId,
    counts: Arc<Cross>,
    newest: Option<ReleaseRow>,
    /// Whether so much changed since that a new release tells of a group.
    is_due: bool,
}

impl Counted {
    /// Whether a new release can be made.
    pub const fn is_due(&self) -> bool {
        self.is_due
    }
}

/// Counts the records of an organisation, for a release.
pub fn count(tx: &mut Tx<'_>, organisation: OrganisationId) -> Result<Counted> {
    let records = counted_records::of(tx, organisation)?;
    let mut failed = None;
    let counts = Cross::of(records, || match crypto::random() {
        Ok(bytes) => u64::from_le_bytes(bytes),
        Err(error) => {
            failed = Some(error);
            0
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let newest = newest(tx, organisation)?;
    let group = tx.figures.group;
    let is_due = counts.records() >= group
        && match &newest {
            Some(release) => counted(tx, release.id)?.may_be_followed_by(&counts, group),
            None => true,
        };
    Ok(Counted { organisation, counts: Arc::new(counts), newest, is_due })
}

/// Keeps what was counted as a new release, if so much changed; else the newest one is as good.
pub fn keep(tx: &mut Tx<'_>, counted: &Counted) -> Result<ReleaseRow> {
    let newest = newest(tx, counted.organisation)?;
    let is_newest = newest.as_ref().map(|release| release.id) == counted.newest.as_ref().map(|release| release.id);
    if let Some(newest) = newest.clone().filter(|_| !counted.is_due || !is_newest) {
        tx.audit_unchanged(newest.id.0);
        return Ok(newest);
    }
    tx.audit_subject(counted.organisation.0);
    if !counted.is_due {
        let few = format!("Fewer than {} people agreed to be counted: nothing can be told of them.", tx.figures.group);
        return Err(Error::new(ErrorCode::Conflict).detail(few));
    }
    let small = |number: i64| i32::try_from(number).map_err(Error::internal);
    let (id, number) = (ReleaseId::random(), newest.map_or(0, |release| release.number) + 1);
    let plain = serde_json::to_vec(counted.counts.as_ref()).map_err(Error::internal)?;
    let row = NewRelease {
        id,
        organisation_id: counted.organisation,
        number,
        made_at: tx.now,
        made_by: tx.actor.user().map(|user| user.user_id),
        smallest_group: small(tx.figures.group)?,
        records_rounded: small(Published::of(&counted.counts, tx.figures.group).records().unwrap_or(0))?,
        sealed_counts: tx.keys.seal_for_service(Purpose::Release, &[id.0.as_bytes()], &plain)?,
    };
    let query = diesel::insert_into(statistics_releases::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(id.0, None, Some(1));
    found(self::newest(tx, counted.organisation)?)
}

fn newest(tx: &mut Tx<'_>, organisation: OrganisationId) -> Result<Option<ReleaseRow>> {
    let own = statistics_releases::table.filter(statistics_releases::organisation_id.eq(organisation));
    let query = own.order(statistics_releases::number.desc()).limit(1).select(COLUMNS);
    Ok(query.get_result(tx.conn).optional()?)
}

/// The releases of the caller's organisation, newest first.
pub fn list(tx: &mut Tx<'_>, page: &PageRequest) -> Result<Page<ReleaseRow>> {
    let organisation = tx.actor.organisation_id();
    tx.audit_unchanged(organisation.0);
    let list = b"statistics releases";
    let before: i32 = page.position(tx, list)?.unwrap_or(i32::MAX);
    let query = statistics_releases::table
        .filter(statistics_releases::organisation_id.eq(organisation))
        .filter(statistics_releases::number.lt(before))
        .order(statistics_releases::number.desc())
        .limit(page.limit + 1)
        .select(COLUMNS);
    let rows: Vec<ReleaseRow> = query.load(tx.conn)?;
    page.page(tx, list, rows, |row| row.number)
}

/// A release of the caller's organisation.
pub fn find(tx: &mut Tx<'_>, number: i32) -> Result<ReleaseRow> {
    let query = statistics_releases::table
        .filter(statistics_releases::organisation_id.eq(tx.actor.organisation_id()))
        .filter(statistics_releases::number.eq(number))
        .select(COLUMNS);
    let row: ReleaseRow = found(query.get_result(tx.conn).optional()?)?;
    tx.audit_subject(row.id.0);
    Ok(row)
}

/// What a release counted.
pub fn counted(tx: &mut Tx<'_>, release: ReleaseId) -> Result<Cross> {
    let query = statistics_releases::table.find(release).select(statistics_releases::sealed_counts);
    let sealed: Vec<u8> = query.get_result(tx.conn)?;
    let plain = tx.keys.open_for_service(Purpose::Release, &[release.0.as_bytes()], &sealed)?;
    serde_json::from_slice(&plain).map_err(Error::internal)
}

fn asker(tx: &Tx<'_>) -> SubjectId {
    SubjectId(tx.actor.caller_id().unwrap_or_default())
}

/// Whether the caller asked this today before: then it costs nothing.
pub fn was_asked(tx: &mut Tx<'_>, release: ReleaseId, question: &str) -> Result<bool> {
    let asked = release_questions::table.find((release, asker(tx), Zone::UTC.day_of(tx.now), question));
    let query = diesel::select(exists(asked));
    let was_asked: bool = query.get_result(tx.conn)?;
    if was_asked {
        tx.audit_unchanged(release.0);
    }
    Ok(was_asked)
}

/// Counts a question against what the caller may ask about a release in a day.
pub fn spend(tx: &mut Tx<'_>, release: ReleaseId, question: &str) -> Result<()> {
    tx.audit_unchanged(release.0);
    let (subject, day) = (asker(tx), Zone::UTC.day_of(tx.now));
    let row = (
        release_questions::release_id.eq(release),
        release_questions::subject_id.eq(subject),
        release_questions::day.eq(day),
        release_questions::question.eq(question),
    );
    let query = diesel::insert_into(release_questions::table).values(row).on_conflict_do_nothing();
    query.execute(tx.conn)?;
    let today = release_questions::table
        .filter(release_questions::release_id.eq(release))
        .filter(release_questions::subject_id.eq(subject))
        .filter(release_questions::day.eq(day));
    let query = today.count();
    let asked: i64 = query.get_result(tx.conn)?;
    if asked > i64::from(tx.figures.questions) {
        let midnight = Zone::UTC.end_of(day);
        let wait = u64::try_from((midnight.micros() - tx.now.micros()) / 1_000_000).unwrap_or(0) + 1;
        return Err(Error::new(ErrorCode::FigureBudgetSpent).retry_after(wait));
    }
    Ok(())
}

/// Deletes what was asked on earlier days.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<()> {
    let query = diesel::delete(release_questions::table.filter(release_questions::day.lt(Zone::UTC.day_of(tx.now))));
    query.execute(tx.conn)?;
    tx.audit_unchanged(uuid::Uuid::nil());
    Ok(())
}
