//! What released figures can be broken down by.

text_enum! {
    /// What released figures can be broken down by.
    pub enum ReleasedDimension {
        Nationality = "nationality",
        Gender = "gender",
        AgeBand = "age_band",
        CompoundAdmin1 = "compound_admin1",
        ExitMode = "exit_mode",
        Stage = "stage",
        Mission = "mission",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

/// The most dimensions of one question, filters among them.
pub const MOST_DIMENSIONS: usize = 3;
/// The most cells of one answer.
pub const MOST_CELLS: usize = 10_000;
/// Whether nothing is answered by these together, however large the groups are: compound, nationality and month single people out by what
/// a newspaper says.
pub fn is_barred(dimensions: &[ReleasedDimension]) -> bool {
    use ReleasedDimension::{CompoundAdmin1, Month, Nationality};
    [CompoundAdmin1, Nationality, Month].iter().all(|one| dimensions.contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_nationality_and_month_are_never_told_together() {
        use ReleasedDimension::*;
        assert!(is_barred(&[Month, Nationality, CompoundAdmin1]));
        assert!(!is_barred(&[Year, Nationality, CompoundAdmin1]) && !is_barred(&[Nationality, Month]));
    }
}
