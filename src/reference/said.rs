//! What was said in public, as the product brings it along.

use crate::db::Tx;
use crate::db::reference::statements::{self, StatementRow};
use crate::db::reference::{compounds, operations};
use crate::db::schema::types::Json;
use crate::domain::ids::{CompoundId, OperationId, StatementId};
use crate::domain::reference::statement::days;
use crate::error::{Error, Result};
use crate::reference::published::{Published, PublishedStatement};

/// Creates the published statements that are missing, one for each source, and says how many. Those that are there stay as they are.
pub(super) fn load(tx: &mut Tx<'_>, published: &Published) -> Result<usize> {
    let mut made = 0;
    for statement in &published.statements {
        for source in &statement.sources {
            let reference = format!("{}-{source}", statement.reference);
            if statements::find_by_reference(tx, &reference)?.is_none() {
                create(tx, published, statement, source, reference)?;
                made += 1;
            }
        }
    }
    Ok(made)
}

fn create(tx: &mut Tx<'_>, published: &Published, statement: &PublishedStatement, source: &str, reference: String) -> Result<()> {
    let source = published.source(source)?;
    let days = days(statement.happened_on, statement.ended_on, source.published_on);
    let row = StatementRow {
        id: StatementId::random(),
        created_at: tx.now,
        updated_at: tx.now,
        version: 1,
        reference: Some(reference),
        kind: statement.topic.kind(),
        topic: statement.topic,
        said: statement.said.clone(),
        asserted_by: statement.asserted_by.clone(),
        reliability: statement.reliability,
        country: statement.country,
        region: statement.region.clone(),
        states: Json(statement.states.clone()),
        nationalities: Json(statement.nationalities.clone()),
        subject: statement.subject.clone(),
        audience: statement.audience.clone(),
        codes: Json(statement.codes.clone()),
        figures: Json(statement.figures.clone()),
        happened_on: statement.happened_on,
        ended_on: statement.ended_on,
        date_precision: statement.date_precision,
        is_date_inferred: statement.is_date_inferred,
        first_day: days.map(|(first, _)| first),
        last_day: days.map(|(_, last)| last),
        operation_id: operation(tx, statement)?,
        compound_id: compound(tx, statement)?,
        publisher: source.publisher.clone(),
        source: Json(source),
    };
    statements::insert(tx, &row)
}

/// The operation that a statement is about.
fn operation(tx: &mut Tx<'_>, statement: &PublishedStatement) -> Result<Option<OperationId>> {
    let Some(reference) = statement.operation.as_deref() else { return Ok(None) };
    let found = operations::find_by_reference(tx, reference)?;
    found.map(|row| Some(row.id)).ok_or_else(|| Error::internal(format!("published operation {reference} was not loaded")))
}

/// The compound that a statement is about.
fn compound(tx: &mut Tx<'_>, statement: &PublishedStatement) -> Result<Option<CompoundId>> {
    let Some(reference) = statement.compound.as_deref() else { return Ok(None) };
    let found = compounds::find_by_reference(tx, reference)?;
    found.map(|row| Some(row.id)).ok_or_else(|| Error::internal(format!("published compound {reference} was not loaded")))
}
