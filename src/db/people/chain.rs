//! Looking for a recruiter in the chains that several people named.

use crate::db::Tx;
use crate::db::process::across_cases::{self, OnCase};
use crate::domain::people::chain::{ChainField, SoughtLink};
use crate::domain::repatriation::records::Recruiter;
use crate::error::Result;

/// The links that fit, each on its case with what of it fits: those that fit in most first, then the newest; at most `limit`. Only on
/// cases whose chains the caller opens.
pub fn search(tx: &mut Tx<'_>, sought: &SoughtLink, limit: usize) -> Result<Vec<(OnCase<Recruiter>, Vec<ChainField>)>> {
    // Every search leaves an audit entry, with or without a result.
    tx.audit_unchanged(uuid::Uuid::nil());
    let links = across_cases::of_all::<Recruiter>(tx)?.into_iter();
    let each = links.map(|link| (sought.fits(&link.record.content, link.host_country), link));
    let mut found: Vec<_> = each.filter(|(fits, _)| !fits.is_empty()).map(|(fits, link)| (link, fits)).collect();
    // Stable: those that fit equally stay in the order of their age.
    found.sort_by_key(|(_, fits)| std::cmp::Reverse(fits.len()));
    found.truncate(limit);
    found.iter().for_each(|(link, _)| across_cases::disclose(tx, link));
    Ok(found)
}
