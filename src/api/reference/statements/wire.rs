//! A statement on the wire, and the rules across its fields.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::extract::Input;
use crate::db::reference::statements::StatementRow;
use crate::db::schema::types::Json as Column;
use crate::domain::codes::{DatePrecision, Reliability, StatementKind, StatementTopic};
use crate::domain::country::Country;
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::{CompoundId, OperationId, StatementId};
use crate::domain::lists::null_as_empty;
use crate::domain::reference::operation::Source;
use crate::domain::reference::statement::{SpokenOf, StatedFigure, days};
use crate::domain::text::{lines, name};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::{DayAt, Today};

/// What somebody said in public.
#[derive(Serialize, ToSchema)]
pub struct Statement {
    /// Its id.
    id: StatementId,
    /// Stable reference of published data.
    #[schema(max_length = 60, example = "F13-fintech-2025-07")]
    reference: Option<String>,
    /// What kind of statement; it follows from the topic.
    kind: StatementKind,
    /// What it is about.
    topic: StatementTopic,
    /// What is said, in a sentence.
    #[schema(max_length = 1000, example = "More than 100,000 people are held in Cambodia.")]
    said: String,
    /// Who says it, where that is not the publisher.
    #[schema(max_length = 200, example = "United Nations")]
    asserted_by: Option<String>,
    /// How far the one who says it can be relied on; of the publisher, the source says that.
    reliability: Reliability,
    /// The country that it is about.
    country: Option<Country>,
    /// The region that it is about, where that is no country.
    #[schema(max_length = 100)]
    region: Option<String>,
    /// The states that act: that sanction, warn, close a border, rescue.
    #[schema(max_items = 50)]
    states: Vec<Country>,
    /// Whose nationals, or companies, it is about. Never exhaustive.
    #[schema(max_items = 50)]
    nationalities: Vec<Country>,
    /// Against whom a state or a court acts, as published: a person or a company of public record.
    #[schema(max_length = 200)]
    subject: Option<String>,
    /// Who is addressed.
    #[schema(max_length = 100)]
    audience: Option<String>,
    /// Codes of this API that it speaks of: ways of control, kinds of scams and sites.
    #[schema(max_items = 30)]
    codes: Vec<SpokenOf>,
    /// Its figures, as stated.
    #[schema(max_items = 30)]
    figures: Vec<StatedFigure>,
    /// When it happened, or the day of which it speaks; its first day.
    happened_on: Option<PartialDate>,
    /// The last day.
    ended_on: Option<PartialDate>,
    /// How exactly the date was stated.
    date_precision: DatePrecision,
    /// Whether the date, or its year, was inferred and not stated.
    is_date_inferred: bool,
    /// The operation that it is about.
    operation_id: Option<OperationId>,
    /// The compound that it is about.
    compound_id: Option<CompoundId>,
    /// Where it was published.
    source: Source,
    /// When it was recorded.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// A page of statements.
#[derive(Serialize, ToSchema)]
pub struct StatementPage {
    /// The statements.
    #[schema(max_items = 200)]
    pub items: Vec<Statement>,
    /// Cursor of the next page; null on the last one.
    #[schema(max_length = 2000)]
    pub next: Option<String>,
}

/// What a statement is recorded with.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateStatement {
    /// What it is about.
    topic: StatementTopic,
    /// What is said, in a sentence.
    #[serde(deserialize_with = "lines")]
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    said: String,
    /// Who says it, where that is not the publisher.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    asserted_by: Option<String>,
    /// How far the one who says it can be relied on.
    reliability: Reliability,
    /// The country that it is about.
    country: Option<Country>,
    /// The region that it is about, where that is no country.
    #[serde(default, deserialize_with = "name")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    region: Option<String>,
    /// The states that act: that sanction, warn, close a border, rescue.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 50))]
    #[schema(value_type = Option<Vec<Country>>, max_items = 50)]
    states: Vec<Country>,
    /// Whose nationals, or companies, it is about.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 50))]
    #[schema(value_type = Option<Vec<Country>>, max_items = 50)]
    nationalities: Vec<Country>,
    /// Against whom a state or a court acts, as published: a person or a company of public record. Of accountability alone: nobody else is
    /// named here.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    subject: Option<String>,
    /// Who is addressed.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    audience: Option<String>,
    /// Codes of this API that it speaks of: ways of control, kinds of scams and sites.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 30))]
    #[schema(value_type = Option<Vec<SpokenOf>>, max_items = 30)]
    codes: Vec<SpokenOf>,
    /// Its figures, as stated.
    #[serde(default, deserialize_with = "null_as_empty")]
    #[validate(length(max = 30), nested)]
    #[schema(value_type = Option<Vec<StatedFigure>>, max_items = 30)]
    figures: Vec<StatedFigure>,
    /// When it happened, or the day of which it speaks; its first day.
    happened_on: Option<PartialDate>,
    /// The last day.
    ended_on: Option<PartialDate>,
    /// How exactly the date was stated.
    date_precision: DatePrecision,
    /// Whether the date, or its year, was inferred and not stated.
    #[serde(default)]
    is_date_inferred: bool,
    /// The operation that it is about.
    operation_id: Option<OperationId>,
    /// The compound that it is about.
    compound_id: Option<CompoundId>,
    /// Where it was published; an address begins with `https://`.
    #[validate(nested)]
    source: Source,
}

impl Input for CreateStatement {
    fn day_at(&self) -> DayAt {
        self.country.map_or(DayAt::Here, DayAt::Country)
    }

    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        checks.past("/happened_on", self.happened_on.map(PartialDate::earliest));
        checks.past("/ended_on", self.ended_on.map(PartialDate::earliest));
        checks.past("/source/published_on", self.source.published_on.map(PartialDate::earliest));
        let (begin, end) = (self.happened_on.map(PartialDate::earliest), self.ended_on.map(PartialDate::latest));
        checks.ordered(begin, "/ended_on", end, "must not lie before happened_on");
        for (at, figure) in self.figures.iter().enumerate() {
            figure.check(&format!("/figures/{at}"), &mut checks);
        }
        let is_named_elsewhere = self.subject.is_some() && self.topic.kind() != StatementKind::Accountability;
        checks.refuse(is_named_elsewhere, "/subject", "not_applicable", "only accountability names against whom somebody acts");
        let is_open = self.source.url.as_ref().is_some_and(|url| !url.starts_with("https://"));
        checks.refuse(is_open, "/source/url", "not_https", "must begin with https://");
        checks.found()
    }
}

impl From<StatementRow> for Statement {
    fn from(row: StatementRow) -> Self {
        Self {
            id: row.id,
            reference: row.reference,
            kind: row.kind,
            topic: row.topic,
            said: row.said,
            asserted_by: row.asserted_by,
            reliability: row.reliability,
            country: row.country,
            region: row.region,
            states: row.states.0,
            nationalities: row.nationalities.0,
            subject: row.subject,
            audience: row.audience,
            codes: row.codes.0,
            figures: row.figures.0,
            happened_on: row.happened_on,
            ended_on: row.ended_on,
            date_precision: row.date_precision,
            is_date_inferred: row.is_date_inferred,
            operation_id: row.operation_id,
            compound_id: row.compound_id,
            source: row.source.0,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

impl From<StatementRow> for CreateStatement {
    fn from(row: StatementRow) -> Self {
        Self {
            topic: row.topic,
            said: row.said,
            asserted_by: row.asserted_by,
            reliability: row.reliability,
            country: row.country,
            region: row.region,
            states: row.states.0,
            nationalities: row.nationalities.0,
            subject: row.subject,
            audience: row.audience,
            codes: row.codes.0,
            figures: row.figures.0,
            happened_on: row.happened_on,
            ended_on: row.ended_on,
            date_precision: row.date_precision,
            is_date_inferred: row.is_date_inferred,
            operation_id: row.operation_id,
            compound_id: row.compound_id,
            source: row.source.0,
        }
    }
}

impl CreateStatement {
    /// The row with these fields, and the rest of another.
    pub fn into_row(
        self,
        id: StatementId,
        reference: Option<String>,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> StatementRow {
        let days = days(self.happened_on, self.ended_on, self.source.published_on);
        StatementRow {
            id,
            created_at,
            updated_at,
            version,
            reference,
            kind: self.topic.kind(),
            topic: self.topic,
            said: self.said,
            asserted_by: self.asserted_by,
            reliability: self.reliability,
            country: self.country,
            region: self.region,
            states: Column(self.states),
            nationalities: Column(self.nationalities),
            subject: self.subject,
            audience: self.audience,
            codes: Column(self.codes),
            figures: Column(self.figures),
            happened_on: self.happened_on,
            ended_on: self.ended_on,
            date_precision: self.date_precision,
            is_date_inferred: self.is_date_inferred,
            first_day: days.map(|(first, _)| first),
            last_day: days.map(|(_, last)| last),
            operation_id: self.operation_id,
            compound_id: self.compound_id,
            publisher: self.source.publisher.clone(),
            source: Column(self.source),
        }
    }
}
