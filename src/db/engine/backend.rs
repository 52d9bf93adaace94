//! One diesel backend over both databases: a query is written once, compiled once, and has one text.
//!
//! Identifiers are in double quotes and parameters are `$1`, `$2`, …, which both databases accept: SQLite treats them as names,
//! and numbers names in the order in which they first appear. The dialect contains nothing that only one of the two understands.

mod bind;
mod database;
mod read;
mod row;
mod share;

pub use bind::{Binds, Value};
pub use database::Database;
pub use read::Raw;
pub use row::{Cursor, Row};
pub use share::ForShare;

use diesel::backend::sql_dialect::{
    aggregate_function_expressions, alias_syntax, array_comparison, batch_insert_support, built_in_window_function_require_order,
    concat_clause, default_keyword_for_insert, default_value_clause, exists_syntax, from_clause_syntax, on_conflict_clause,
    returning_clause, select_statement_syntax, window_frame_clause_group_support, window_frame_exclusion_support,
};
use diesel::backend::{Backend, DieselReserveSpecialization, SqlDialect, TrustedBackend};
use diesel::query_builder::{
    AstPass, BoxedLimitOffsetClause, IntoBoxedClause, LimitOffsetClause, QueryBuilder, QueryFragment, ReturningClause,
};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Binary, Bool, Date, Double, Float, HasSqlType, Integer, SmallInt, Text, Time, Timestamp, TypeMetadata};
use std::fmt::Write;
use tokio_postgres::types::Type;

use crate::db::schema::types::sql::{Document, Id, Instant};

/// Prepared statements that a connection keeps. Beyond that, the least recently used one is dropped: every length of an `IN`
/// list, and every set of filters, is a statement of its own.
pub const STATEMENTS_KEPT: usize = 512;

/// What both databases say, in these words, when there is no space left. What was being written is undone then, and that is known.
pub const FULL: &str = "the disk of the database is full";

impl Backend for Database {
    type QueryBuilder = SqlText;
    type RawValue<'a> = Raw<'a>;
    type BindCollector<'a> = Binds<'a>;
}

impl TypeMetadata for Database {
    /// The type of the value on Postgres. SQLite needs no types.
    type TypeMetadata = Type;
    type MetadataLookup = ();
}

impl DieselReserveSpecialization for Database {}
impl TrustedBackend for Database {}

impl SqlDialect for Database {
    type ReturningClause = UnqualifiedReturning;
    type OnConflictClause = OnConflictColumns;
    /// SQLite accepts no `DEFAULT` in `VALUES`. No insert leaves a column to its default: `treat_none_as_default_value = false`, and a
    /// test checks it.
    type InsertWithDefaultKeyword = default_keyword_for_insert::IsoSqlDefaultKeyword;
    type BatchInsertSupport = batch_insert_support::PostgresLikeBatchInsertSupport;
    type ConcatClause = concat_clause::ConcatWithPipesClause;
    type DefaultValueClauseForInsert = default_value_clause::AnsiDefaultValueClause;
    type EmptyFromClauseSyntax = from_clause_syntax::AnsiSqlFromClauseSyntax;
    type ExistsSyntax = exists_syntax::AnsiSqlExistsSyntax;
    type ArrayComparison = array_comparison::AnsiSqlArrayComparison;
    type SelectStatementSyntax = select_statement_syntax::AnsiSqlSelectStatement;
    type AliasSyntax = alias_syntax::AsAliasSyntax;
    type WindowFrameClauseGroupSupport = window_frame_clause_group_support::IsoGroupWindowFrameUnit;
    type WindowFrameExclusionSupport = window_frame_exclusion_support::FrameExclusionSupport;
    type AggregateFunctionExpressions = aggregate_function_expressions::PostgresLikeAggregateFunctionExpressions;
    type BuiltInWindowFunctionRequireOrder = built_in_window_function_require_order::NoOrderRequired;
}

/// `ON CONFLICT (columns) DO …`.
#[derive(Clone, Copy, Debug)]
pub struct OnConflictColumns;

impl on_conflict_clause::SupportsOnConflictClause for OnConflictColumns {}
impl on_conflict_clause::PgLikeOnConflictClause for OnConflictColumns {}

/// `RETURNING column`: SQLite accepts no table name before the column.
#[derive(Clone, Copy, Debug)]
pub struct UnqualifiedReturning;

impl returning_clause::SupportsReturningClause for UnqualifiedReturning {}

impl<E: QueryFragment<Database>> QueryFragment<Database, UnqualifiedReturning> for ReturningClause<E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        out.skip_from(true);
        out.push_sql(" RETURNING ");
        self.0.walk_ast(out.reborrow())
    }
}

impl<L: QueryFragment<Database>, O: QueryFragment<Database>> QueryFragment<Database> for LimitOffsetClause<L, O> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        self.limit_clause.walk_ast(out.reborrow())?;
        self.offset_clause.walk_ast(out)
    }
}

impl<'a, L, O> IntoBoxedClause<'a, Database> for LimitOffsetClause<L, O>
where
    L: QueryFragment<Database> + Send + 'a,
    O: QueryFragment<Database> + Send + 'a,
{
    type BoxedClause = BoxedLimitOffsetClause<'a, Database>;

    fn into_boxed(self) -> Self::BoxedClause {
        BoxedLimitOffsetClause { limit: Some(Box::new(self.limit_clause)), offset: Some(Box::new(self.offset_clause)) }
    }
}

impl QueryFragment<Database> for BoxedLimitOffsetClause<'_, Database> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        self.limit.walk_ast(out.reborrow())?;
        self.offset.walk_ast(out)
    }
}

/// The text of a statement, while diesel writes it.
#[derive(Debug, Default)]
pub struct SqlText {
    text: String,
    parameters: u32,
}

impl QueryBuilder<Database> for SqlText {
    fn push_sql(&mut self, sql: &str) {
        self.text.push_str(sql);
    }

    fn push_identifier(&mut self, identifier: &str) -> QueryResult<()> {
        self.text.push('"');
        self.text.push_str(&identifier.replace('"', "\"\""));
        self.text.push('"');
        Ok(())
    }

    fn push_bind_param(&mut self) {
        self.push_bind_param_value_only();
        let _infallible = write!(self.text, "${}", self.parameters);
    }

    fn push_bind_param_value_only(&mut self) {
        self.parameters += 1;
    }

    fn finish(self) -> String {
        self.text
    }
}

/// Maps SQL types to the Postgres types of their values.
macro_rules! travels_as {
    ($($sql:ty => $type:ident),+ $(,)?) => {$(
        impl HasSqlType<$sql> for Database {
            fn metadata(_: &mut ()) -> Type { Type::$type }
        }
    )+};
}

travels_as!(
    Bool => BOOL,
    SmallInt => INT2,
    Integer => INT4,
    BigInt => INT8,
    Float => FLOAT4,
    Double => FLOAT8,
    Text => TEXT,
    Binary => BYTEA,
    Date => DATE,
    Time => TIME,
    Timestamp => TIMESTAMP,
    Id => UUID,
    Instant => TIMESTAMPTZ,
    Document => JSONB,
);

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::query_builder::{QueryBuilder, QueryFragment};

    use super::{Binds, Database, SqlText, Value};
    use crate::db::schema::organisations;
    use crate::db::schema::search_budgets;

    fn text(query: &dyn QueryFragment<Database>) -> String {
        let mut text = SqlText::default();
        query.to_sql(&mut text, &Database).expect("the query has a text");
        text.finish()
    }

    #[test]
    fn a_statement_is_written_so_that_both_databases_read_it() {
        let query = organisations::table.select(organisations::name).filter(organisations::name.eq_any(["a", "b"])).limit(2);
        assert_eq!(
            text(&query),
            r#"SELECT "organisations"."name" FROM "organisations" WHERE ("organisations"."name" IN ($1, $2)) LIMIT $3"#
        );
        let none = organisations::table.select(organisations::name).filter(organisations::name.ne_all(Vec::<String>::new()));
        assert!(text(&none).ends_with("WHERE (1=1)"), "{}", text(&none));
        let spend = diesel::update(search_budgets::table).set(search_budgets::spent.eq(1)).returning(search_budgets::spent);
        assert_eq!(text(&spend), r#"UPDATE "search_budgets" SET "spent" = $1 RETURNING "spent""#);
    }

    #[test]
    fn a_boxed_statement_ends_as_one_that_is_not_boxed() {
        let query = organisations::table.select(organisations::name).order(organisations::name).limit(1);
        assert_eq!(text(&query.into_boxed::<Database>()), text(&query));
    }

    #[test]
    fn values_are_collected_in_the_order_of_their_parameters_and_without_a_copy() {
        let query = organisations::table.select(organisations::name).filter(organisations::name.eq("a")).limit(2);
        let mut binds = Binds::default();
        let statement: &dyn QueryFragment<Database> = &query;
        statement.collect_binds(&mut binds, &mut (), &Database).expect("the values are collected");
        assert!(matches!(binds.values(), [Value::Text(std::borrow::Cow::Borrowed("a")), Value::Long(2)]), "{binds:?}");
        assert_eq!(binds.types(), [tokio_postgres::types::Type::TEXT, tokio_postgres::types::Type::INT8]);
        assert!(!format!("{binds:?}").contains("\"a\""), "a value may be about a person: {binds:?}");
    }
}
