//! Figures over the cases that the organisation sees. They are exact, because they never leave its own scope.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::db::Tx;
use crate::db::casefile::filter::{CaseFilter, filtered};
use crate::db::casefile::grants;
use crate::db::schema::{case_grants, cases, embassy_contacts};
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
}

/// One figure: the values of the requested dimensions, in their order, and the count.
pub type Figure = (Vec<Option<String>>, i64);

/// The most dimensions of one table.
pub const MAX_DIMENSIONS: usize = 3;

/// Counts the cases that the organisation sees, broken down by up to three dimensions.
pub fn count(tx: &mut Tx<'_>, by: &[Dimension], filter: &CaseFilter) -> Result<Vec<Figure>> {
    let expression = |at: usize| by.get(at).map_or("NULL", |dimension| dimension.expression());
    let column = |at: usize| sql::<Nullable<Text>>(expression(at));
    let scope = grants::primary(tx.actor.organisation_id(), tx.now);
    // Grouping by position keeps one expression for select, group and order on both databases.
    type Counted = (Option<String>, Option<String>, Option<String>, i64);
    let rows: Vec<Counted> = {
        let grouped = case_grants::table
            .inner_join(cases::table)
            .group_by(sql::<Text>("1, 2, 3"))
            .select((column(0), column(1), column(2), sql::<BigInt>("COUNT(*)")))
            .filter(scope)
            .into_boxed();
        filtered!(grouped, filter, tx.actor, by_each: false).order(sql::<Text>("4 DESC, 1, 2, 3")).load(tx.conn)
    }?;
    Ok(rows.into_iter().map(|(first, second, third, count)| ([first, second, third].into_iter().take(by.len()).collect(), count)).collect())
}
