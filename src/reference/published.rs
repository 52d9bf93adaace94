//! The embedded files and their shapes. A file that does not fit its shape is found by a test, not by a user.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

use crate::domain::cases::person::Alias;
use crate::domain::codes::{
    CompoundStatus, CoverageBasis, DatePrecision, MissionKind, OperationKind, Reliability, SiteType, StatementTopic,
};
use crate::domain::country::Country;
use crate::domain::dates::PartialDate;
use crate::domain::reference::operation::{OperationCount, Seizure, Source, StatedTotal};
use crate::domain::reference::statement::{SpokenOf, StatedFigure};
use crate::error::{Error, Result};

/// All embedded reference data.
#[derive(Clone)]
pub struct Published {
    /// Missions and their coverage.
    pub missions: Vec<PublishedMission>,
    /// Compounds.
    pub compounds: Vec<PublishedCompound>,
    /// Operations.
    pub operations: Vec<PublishedOperation>,
    /// Statements.
    pub statements: Vec<PublishedStatement>,
    /// Sources, by the name that the other files use for them.
    sources: BTreeMap<String, Source>,
}

/// A mission: its seat and its coverage. Without phone or e-mail: an unconfirmed one does not belong in a product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedMission {
    /// Name of its organisation.
    pub name: String,
    /// The sending state.
    pub sending_state: Country,
    /// The country it is in.
    pub host_state: Country,
    /// The city it is in.
    pub city: String,
    /// The kind of mission.
    pub kind: MissionKind,
    /// Whether it is in the country where it serves people.
    pub resident: bool,
    /// Its coverage.
    pub coverage: Vec<PublishedCoverage>,
}

/// One line of a mission's coverage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedCoverage {
    /// Nationals of this country.
    pub nationality: Country,
    /// In this country.
    pub host_country: Country,
    /// The basis of the coverage.
    pub basis: CoverageBasis,
}

/// A compound.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedCompound {
    /// Stable reference.
    pub reference: String,
    /// Name, or the locality where no name was published.
    pub name: String,
    /// Other names.
    pub aliases: Vec<Alias>,
    /// The kind of place.
    pub site_type: SiteType,
    /// Country.
    pub country: Country,
    /// Province.
    pub province: Option<String>,
    /// City, as far as published.
    pub city: Option<String>,
    /// The known state of its activity.
    pub status: CompoundStatus,
    /// Names of its sources.
    pub sources: Vec<String>,
}

/// An operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedOperation {
    /// Stable reference.
    pub reference: String,
    /// Name.
    pub name: String,
    /// The kind of operation.
    pub kind: OperationKind,
    /// Reference of the operation it is a part of.
    pub part_of: Option<String>,
    /// Country.
    pub country: Country,
    /// Places, as published.
    pub localities: Vec<String>,
    /// First day, as far as published.
    pub started_on: Option<PartialDate>,
    /// Last day, as far as published.
    pub ended_on: Option<PartialDate>,
    /// The precision of the stated date.
    pub date_precision: DatePrecision,
    /// How many days it took.
    pub duration_days: Option<i32>,
    /// The authority that led it.
    pub lead_authority: Option<String>,
    /// The total as stated.
    pub stated_total: Option<StatedTotal>,
    /// The counts as stated.
    pub counts: Vec<OperationCount>,
    /// The seizures as stated.
    pub seizures: Vec<Seizure>,
    /// Names of its sources.
    pub sources: Vec<String>,
}

/// A statement: one for each of its sources, because each of them says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedStatement {
    /// Stable reference; with the name of a source it is that of one statement.
    pub reference: String,
    /// What it is about.
    pub topic: StatementTopic,
    /// What is said.
    pub said: String,
    /// Who says it, where that is not the publisher.
    pub asserted_by: Option<String>,
    /// How far the one who says it can be relied on.
    pub reliability: Reliability,
    /// The country that it is about.
    pub country: Option<Country>,
    /// The region that it is about.
    pub region: Option<String>,
    /// The states that act.
    #[serde(default)]
    pub states: Vec<Country>,
    /// Whose nationals it is about.
    #[serde(default)]
    pub nationalities: Vec<Country>,
    /// Against whom a state or a court acts.
    pub subject: Option<String>,
    /// Who is addressed.
    pub audience: Option<String>,
    /// Codes that it speaks of.
    #[serde(default)]
    pub codes: Vec<SpokenOf>,
    /// Its figures.
    #[serde(default)]
    pub figures: Vec<StatedFigure>,
    /// When it happened.
    pub happened_on: Option<PartialDate>,
    /// The last day.
    pub ended_on: Option<PartialDate>,
    /// How exactly the date was stated.
    pub date_precision: DatePrecision,
    /// Whether the date, or its year, was inferred.
    #[serde(default)]
    pub is_date_inferred: bool,
    /// Reference of the operation that it is about.
    pub operation: Option<String>,
    /// Reference of the compound that it is about.
    pub compound: Option<String>,
    /// Names of its sources.
    pub sources: Vec<String>,
}

impl Published {
    /// Reads the embedded files.
    pub fn read() -> Result<Self> {
        Ok(Self {
            missions: parse("missions.json", include_str!("data/missions.json"))?,
            compounds: parse("compounds.json", include_str!("data/compounds.json"))?,
            operations: parse("operations.json", include_str!("data/operations.json"))?,
            statements: parse("statements.json", include_str!("data/statements.json"))?,
            sources: parse("sources.json", include_str!("data/sources.json"))?,
        })
    }

    /// The sources with these names.
    pub fn sources(&self, names: &[String]) -> Result<Vec<Source>> {
        names.iter().map(|name| self.source(name)).collect()
    }

    /// The source with this name.
    pub fn source(&self, name: &str) -> Result<Source> {
        self.sources.get(name).cloned().ok_or_else(|| Error::internal(format!("no published source {name}")))
    }

    /// The operations in an order in which none comes before the one it is a part of.
    pub fn operations_parents_first(&self) -> impl Iterator<Item = &PublishedOperation> {
        let wholes = self.operations.iter().filter(|operation| operation.part_of.is_none());
        wholes.chain(self.operations.iter().filter(|operation| operation.part_of.is_some()))
    }
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("embedded {file}: {error}")))
}
