//! Keys that sign access tokens: sealed in the database, so that all instances sign with, and accept, the same keys.

use diesel::prelude::*;

use crate::crypto::Purpose;
use crate::db::Tx;
use crate::db::schema::signing_keys;
use crate::domain::dates::Timestamp;
use crate::error::{Error, Result};

#[derive(Queryable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
struct SigningKeyRow {
    kid: String,
    created_at: Timestamp,
    sealed_seed: Vec<u8>,
}

/// A signing key, opened: its id and its PKCS#8 document.
pub struct SigningKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// The private key, PKCS#8.
    pub pkcs8: zeroize::Zeroizing<Vec<u8>>,
}

/// Stores a new key.
pub fn insert(tx: &mut Tx<'_>, kid: &str, pkcs8: &[u8]) -> Result<()> {
    let sealed_seed = tx.keys.seal_for_service(Purpose::SigningKeys, &[b"signing-key", kid.as_bytes()], pkcs8)?;
    let row = SigningKeyRow { kid: kid.to_owned(), created_at: tx.now, sealed_seed };
    let query = diesel::insert_into(signing_keys::table).values(&row);
    query.execute(tx.conn)?;
    tx.audit_change(uuid::Uuid::nil(), None, None);
    Ok(())
}

/// Whether the key ring opens the signing keys, the first sealed rows of every database. In a database without signing keys, any
/// ring fits.
pub fn fit(tx: &mut Tx<'_>) -> Result<bool> {
    let query = signing_keys::table.order(signing_keys::kid).select(signing_keys::all_columns);
    let rows: Vec<SigningKeyRow> = query.load(tx.conn)?;
    Ok(rows.iter().all(|row| open(tx, row).is_ok()))
}

fn open(tx: &Tx<'_>, row: &SigningKeyRow) -> Result<zeroize::Zeroizing<Vec<u8>>> {
    tx.keys.open_for_service(Purpose::SigningKeys, &[b"signing-key", row.kid.as_bytes()], &row.sealed_seed)
}

/// Every key, newest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<SigningKey>> {
    let query = signing_keys::table.order((signing_keys::created_at.desc(), signing_keys::kid)).select(signing_keys::all_columns);
    let rows: Vec<SigningKeyRow> = query.load(tx.conn)?;
    rows.into_iter()
        .map(|row| {
            let pkcs8 = open(tx, &row).map_err(|_| Error::internal("the root key does not belong to this database"))?;
            Ok(SigningKey { pkcs8, kid: row.kid })
        })
        .collect()
}
