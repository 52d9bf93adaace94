//! Compounds, in which persons were held. Operational facts (class A), readable by every signed-in user.

use diesel::prelude::*;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::db::engine::expected::Expected;
use crate::db::engine::page::{Page, PageRequest, found};
use crate::db::schema::types::Json;
use crate::db::schema::{compound_terms, compounds};
use crate::db::{Tx, taken};
use crate::domain::cases::person::Alias;
use crate::domain::codes::{CompoundStatus, SiteType};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::CompoundId;
use crate::domain::reference::operation::Source;
use crate::error::{Error, ErrorCode, Result};

/// The detail of the error for a reference that another compound has.
const REFERENCE_TAKEN: &str = "There is a compound with this reference already.";

/// A compound as stored.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = compounds, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct CompoundRow {
    pub id: CompoundId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    /// Stable reference of published data; none for compounds recorded by hand.
    pub reference: Option<String>,
    pub name: String,
    pub aliases: Json<Vec<Alias>>,
    pub site_type: SiteType,
    pub country: Country,
    pub province: Option<String>,
    pub city: Option<String>,
    /// Degrees, rounded to two decimals (about a kilometre).
    pub latitude: Option<f64>,
    /// Degrees, rounded to two decimals.
    pub longitude: Option<f64>,
    pub status: CompoundStatus,
    pub sources: Json<Vec<Source>>,
}

/// The filter of a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CompoundFilter {
    /// The beginning of a word in the name or in an alias.
    pub name: Option<String>,
    pub country: Option<Country>,
    pub status: Option<CompoundStatus>,
}

/// Records a compound.
pub fn insert(tx: &mut Tx<'_>, row: &CompoundRow) -> Result<CompoundRow> {
    let query = diesel::insert_into(compounds::table).values(row);
    query.execute(tx.conn).map_err(|error| taken(error, REFERENCE_TAKEN))?;
    index(tx, row)?;
    tx.audit_change(row.id.0, None, Some(row.version));
    Ok(row.clone())
}

/// Changes a compound.
pub fn update<F>(tx: &mut Tx<'_>, id: CompoundId, expected: &Expected, change: F) -> Result<CompoundRow>
where
    F: FnOnce(&mut CompoundRow) -> Result<()>,
{
    let mut row = find(tx, id)?;
    let read = expected.check(row.version)?;
    change(&mut row)?;
    row.version += 1;
    row.updated_at = tx.now;
    let query = diesel::update(compounds::table.find(id).filter(compounds::version.eq(read))).set(&row);
    if query.execute(tx.conn).map_err(|error| taken(error, REFERENCE_TAKEN))? == 0 {
        return Err(ErrorCode::StaleVersion.into());
    }
    index(tx, &row)?;
    tx.audit_change(id.0, Some(read), Some(row.version));
    Ok(row)
}

/// Finds a compound.
pub fn find(tx: &mut Tx<'_>, id: CompoundId) -> Result<CompoundRow> {
    let query = compounds::table.find(id).select(compounds::all_columns);
    found(query.get_result(tx.conn).optional()?)
}

/// The compound of published data with this reference.
pub fn find_by_reference(tx: &mut Tx<'_>, reference: &str) -> Result<Option<CompoundRow>> {
    let query = compounds::table.filter(compounds::reference.eq(reference)).select(compounds::all_columns);
    Ok(query.get_result(tx.conn).optional()?)
}

/// A page of compounds, oldest first.
pub fn list(tx: &mut Tx<'_>, filter: &CompoundFilter, page: &PageRequest) -> Result<Page<CompoundRow>> {
    let list = serde_json::to_vec(&("compounds", filter)).map_err(Error::internal)?;
    let position: Option<(i64, CompoundId)> = page.position(tx, &list)?;
    let rows: Vec<CompoundRow> = {
        let mut query = compounds::table.select(compounds::all_columns).into_boxed();
        if let Some(name) = &filter.name {
            let (from, to) = term_range(name);
            let named = compound_terms::table
                .filter(compound_terms::term.ge(from))
                .filter(compound_terms::term.lt(to))
                .select(compound_terms::compound_id);
            query = query.filter(compounds::id.eq_any(named));
        }
        if let Some(country) = filter.country {
            query = query.filter(compounds::country.eq(country));
        }
        if let Some(status) = filter.status {
            query = query.filter(compounds::status.eq(status));
        }
        if let Some((at, id)) = position.and_then(|(at, id)| Timestamp::from_micros(at).map(|at| (at, id))) {
            query = query.filter(compounds::created_at.ge(at)).filter(compounds::created_at.gt(at).or(compounds::id.gt(id)));
        }
        query.order((compounds::created_at, compounds::id)).limit(page.limit + 1).load(tx.conn)
    }?;
    page.page(tx, &list, rows, |row| (row.created_at.micros(), row.id))
}

fn index(tx: &mut Tx<'_>, row: &CompoundRow) -> Result<()> {
    let clear = diesel::delete(compound_terms::table.filter(compound_terms::compound_id.eq(row.id)));
    clear.execute(tx.conn)?;
    let names = std::iter::once(row.name.as_str()).chain(row.aliases.0.iter().map(|alias| alias.name.as_str()));
    let terms: std::collections::BTreeSet<String> = names.flat_map(terms).collect();
    for term in terms {
        let query =
            diesel::insert_into(compound_terms::table).values((compound_terms::compound_id.eq(row.id), compound_terms::term.eq(term)));
        query.execute(tx.conn)?;
    }
    Ok(())
}

fn folded(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The positions at which a search may begin: every word, and every character of scripts that are written without spaces.
fn terms(name: &str) -> Vec<String> {
    let name = folded(name);
    let starts = name.char_indices().filter(|(at, c)| {
        let before = name.get(..*at).and_then(|before| before.chars().next_back());
        c.is_alphanumeric() && (before.is_none_or(|before| !before.is_alphanumeric()) || !c.is_ascii())
    });
    starts.filter_map(|(at, _)| name.get(at..).map(|rest| rest.chars().take(60).collect())).collect()
}

/// The index range of the terms that begin with the query.
fn term_range(asked: &str) -> (String, String) {
    let from: String = folded(asked).chars().take(60).collect();
    let to = format!("{from}{}", char::MAX);
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::terms;

    #[test]
    fn a_name_is_found_from_every_word_and_in_every_script() {
        assert_eq!(terms("Great  Wall Park"), ["great wall park", "wall park", "park"]);
        assert_eq!(terms("長城"), ["長城", "城"]);
        assert_eq!(terms("KK Park (2)"), ["kk park (2)", "park (2)", "2)"]);
    }
}
