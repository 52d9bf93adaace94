//! Figures over the cases that the organisation sees. They are exact, because they never leave its own scope.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::db::Tx;
use crate::db::casefile::columns::{self, MOST_CHANGED, of_steady_length};
use crate::db::casefile::filter::{CaseFilter, filtered};
use crate::db::casefile::{candidates, grants};
use crate::db::engine::case_columns::TextColumn;
use crate::db::schema::{case_grants, cases, embassy_contacts};
use crate::domain::ids::CaseId;
use crate::error::Result;

text_enum! {
    /// The dimensions by which figures can be broken down. All are of class A or B.
    pub enum Dimension {
        Nationality = "nationality",
        Stage = "stage",
        SideState = "side_state",
        Status = "status",
        Gender = "gender",
        IsChild = "is_child",
        RiskLevel = "risk_level",
        HostCountry = "host_country",
        IntakeChannel = "intake_channel",
        ExitMode = "exit_mode",
        TraffickingStatus = "trafficking_status",
        ClosureReason = "closure_reason",
    }
}

impl Dimension {
    /// The SQL expression. A constant, so that no part of a request ever becomes SQL.
    const fn expression(self) -> &'static str {
        match self {
            Self::Nationality => "case_grants.nationality",
            Self::Stage => "case_grants.stage",
            Self::SideState => "cases.side_state",
            Self::Status => "cases.status",
            Self::Gender => "cases.gender",
            Self::IsChild => "CASE WHEN cases.is_child IS NULL THEN NULL WHEN cases.is_child THEN 'true' ELSE 'false' END",
            Self::RiskLevel => "cases.risk_level",
            Self::HostCountry => "cases.host_country",
            Self::IntakeChannel => "cases.intake_channel",
            Self::ExitMode => "cases.exit_mode",
            Self::TraffickingStatus => "cases.trafficking_status",
            Self::ClosureReason => "cases.closure_reason",
        }
    }

    /// The column in memory, which has what the expression says.
    const fn column(self) -> TextColumn {
        match self {
            Self::Nationality => TextColumn::Nationality,
            Self::Stage => TextColumn::Stage,
            Self::SideState => TextColumn::SideState,
            Self::Status => TextColumn::Status,
            Self::Gender => TextColumn::Gender,
            Self::IsChild => TextColumn::IsChild,
            Self::RiskLevel => TextColumn::RiskLevel,
            Self::HostCountry => TextColumn::HostCountry,
            Self::IntakeChannel => TextColumn::IntakeChannel,
            Self::ExitMode => TextColumn::ExitMode,
            Self::TraffickingStatus => TextColumn::TraffickingStatus,
            Self::ClosureReason => TextColumn::ClosureReason,
        }
    }
}

/// One figure: the values of the requested dimensions, in their order, and the count.
pub type Figure = (Vec<Option<String>>, i64);

/// The most dimensions of one table.
pub const MAX_DIMENSIONS: usize = 3;

/// Counts the cases that the organisation sees, broken down by up to three dimensions. The largest count comes first, and of the same ones
/// what is not known.
pub fn count(tx: &mut Tx<'_>, by: &[Dimension], filter: &CaseFilter) -> Result<Vec<Figure>> {
    let mut figures = match from_memory(tx, by, filter)? {
        Some(figures) => figures,
        None => counted(tx, by, filter, None)?,
    };
    figures.sort_unstable_by(|(one, of_one), (other, of_other)| (Reverse(of_one), one).cmp(&(Reverse(of_other), other)));
    Ok(figures)
}

/// The same as this read's snapshot has it, from the columns in memory, and from the database for what is not there yet. None: the memory
/// cannot say.
fn from_memory(tx: &mut Tx<'_>, by: &[Dimension], filter: &CaseFilter) -> Result<Option<Vec<Figure>>> {
    let Some(wanted) = candidates::counted_by(tx, filter) else { return Ok(None) };
    let Some(sight) = columns::sight(tx)? else { return Ok(None) };
    let by_columns: Vec<TextColumn> = by.iter().map(|dimension| dimension.column()).collect();
    let Some(found) = tx.columns.counted(&sight, &wanted, &by_columns) else { return Ok(None) };
    if found.uncertain.is_empty() {
        return Ok(Some(found.figures));
    }
    if found.uncertain.len() > 2 * MOST_CHANGED {
        return Ok(None);
    }
    let mut figures: BTreeMap<Vec<Option<String>>, i64> = found.figures.into_iter().collect();
    for (values, cases) in counted(tx, by, filter, Some(found.uncertain))? {
        *figures.entry(values).or_default() += cases;
    }
    Ok(Some(figures.into_iter().collect()))
}

/// Counts in the database: all cases of the organisation, or those among these.
fn counted(tx: &mut Tx<'_>, by: &[Dimension], filter: &CaseFilter, among: Option<Vec<CaseId>>) -> Result<Vec<Figure>> {
    let expression = |at: usize| by.get(at).map_or("NULL", |dimension| dimension.expression());
    let column = |at: usize| sql::<Nullable<Text>>(expression(at));
    let scope = grants::primary(tx.actor.organisation_id(), tx.now);
    // Grouping by position keeps one expression for select and group on both databases.
    type Counted = (Option<String>, Option<String>, Option<String>, i64);
    let rows: Vec<Counted> = {
        let grouped = case_grants::table
            .inner_join(cases::table)
            .group_by(sql::<Text>("1, 2, 3"))
            .select((column(0), column(1), column(2), sql::<BigInt>("COUNT(*)")))
            .filter(scope)
            .into_boxed();
        let mut query = filtered!(grouped, filter, tx.actor, by_each: false);
        if let Some(among) = among {
            query = query.filter(case_grants::case_id.eq_any(of_steady_length(among)));
        }
        query.load(tx.conn)
    }?;
    Ok(rows.into_iter().map(|(first, second, third, count)| ([first, second, third].into_iter().take(by.len()).collect(), count)).collect())
}
