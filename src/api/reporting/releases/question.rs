//! What can be asked about a release.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::reporting::released::{MOST_DIMENSIONS, ReleasedDimension, is_barred};
use crate::error::{Error, ErrorCode, Result};

/// Which release.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ReleasePath {
    /// Its number; the first one of your organisation is 1.
    #[param(minimum = 1, maximum = 2147483647, format = Int32, example = 1)]
    pub(super) number: i32,
}

/// What to count, and by what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReleasedQuery {
    /// Up to three dimensions, separated by commas. One that is named again counts once. A filter is a dimension, too: together they are
    /// three at most, never the compound, the nationality and the month, and one of month, quarter and year.
    #[param(
        inline,
        style = Form,
        explode = false,
        value_type = Vec<ReleasedDimension>,
        min_items = 1,
        max_items = 3,
        example = json!(["nationality", "stage"])
    )]
    by: String,
    /// Only this nationality.
    #[param(min_length = 1, max_length = 60, example = "IDN")]
    nationality: Option<String>,
    /// Only this gender.
    #[param(min_length = 1, max_length = 60)]
    gender: Option<String>,
    /// Only people of about this age.
    #[param(min_length = 1, max_length = 60)]
    age_band: Option<String>,
    /// Only people from compounds in this province.
    #[param(min_length = 1, max_length = 200)]
    compound_admin1: Option<String>,
    /// Only people who left the compound in this way.
    #[param(min_length = 1, max_length = 60)]
    exit_mode: Option<String>,
    /// Only this stage.
    #[param(min_length = 1, max_length = 60)]
    stage: Option<String>,
    /// Only people whom this mission accompanies, by its id.
    #[param(min_length = 1, max_length = 60)]
    mission: Option<String>,
    /// Only people registered in this month.
    #[param(min_length = 1, max_length = 60, example = "2026-01")]
    month: Option<String>,
    /// Only people registered in this quarter.
    #[param(min_length = 1, max_length = 60, example = "2026-Q1")]
    quarter: Option<String>,
    /// Only people registered in this year.
    #[param(min_length = 1, max_length = 60, example = "2026")]
    year: Option<String>,
}

/// A question: what to count by, and the filters.
pub(super) struct Question {
    pub(super) by: Vec<ReleasedDimension>,
    pub(super) only: Vec<(ReleasedDimension, String)>,
}

impl ReleasedQuery {
    pub(super) fn question(self) -> Result<Question> {
        use ReleasedDimension::*;
        let unknown = || Error::new(ErrorCode::InvalidQuery).at("by", "unknown_dimension", "is not one of the dimensions");
        let mut by = Vec::new();
        for name in self.by.split(',') {
            let dimension = ReleasedDimension::parse(name.trim()).ok_or_else(unknown)?;
            if !by.contains(&dimension) {
                by.push(dimension);
            }
        }
        let filters = [
            (Nationality, self.nationality),
            (Gender, self.gender),
            (AgeBand, self.age_band),
            (CompoundAdmin1, self.compound_admin1),
            (ExitMode, self.exit_mode),
            (Stage, self.stage),
            (Mission, self.mission),
            (Month, self.month),
            (Quarter, self.quarter),
            (Year, self.year),
        ];
        let only: Vec<_> = filters.into_iter().filter_map(|(dimension, value)| Some((dimension, value?))).collect();
        let filtered = only.iter().map(|(dimension, _)| *dimension).filter(|dimension| !by.contains(dimension));
        let all: Vec<ReleasedDimension> = by.iter().copied().chain(filtered).collect();
        if all.len() > MOST_DIMENSIONS {
            let message = "names more than three dimensions, together with the filters";
            return Err(Error::new(ErrorCode::ValidationFailed).at("by", "too_many", message));
        }
        if is_barred(&all) {
            let message = "names the compound, the nationality and the month together, or several of month, quarter and year";
            return Err(Error::new(ErrorCode::ValidationFailed).at("by", "either_or", message));
        }
        Ok(Question { by, only })
    }
}

impl Question {
    /// As it is counted: the same question is the same text.
    pub(super) fn text(&self) -> String {
        let by: Vec<&str> = self.by.iter().map(|dimension| dimension.as_str()).collect();
        let only: String = self.only.iter().map(|(dimension, value)| format!("&{dimension}={value}")).collect();
        format!("by={}{only}", by.join(","))
    }
}
