//! A lock that several may share.

use diesel::RunQueryDsl;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

use crate::db::engine::backend::Database;
use crate::db::engine::connection::Connection;

/// A query of Postgres whose rows nobody changes until this transaction ends; others may hold the same lock. SQLite has one writer, and
/// does not know the clause.
#[derive(Clone, Copy, Debug, QueryId)]
pub struct ForShare<Q>(pub Q);

impl<Q: Query> Query for ForShare<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<Connection> for ForShare<Q> {}

impl<Q: QueryFragment<Database>> QueryFragment<Database> for ForShare<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" FOR SHARE");
        Ok(())
    }
}
