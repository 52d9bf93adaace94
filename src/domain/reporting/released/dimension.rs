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
/// a newspaper says, and months within quarters within years say nothing but where there is nobody.
pub fn is_barred(dimensions: &[ReleasedDimension]) -> bool {
    use ReleasedDimension::{CompoundAdmin1, Month, Nationality, Quarter, Year};
    let named = |all: &[ReleasedDimension]| all.iter().filter(|one| dimensions.contains(one)).count();
    named(&[CompoundAdmin1, Nationality, Month]) == 3 || named(&[Month, Quarter, Year]) > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_nationality_and_month_are_never_told_together() {
        use ReleasedDimension::*;
        assert!(is_barred(&[Month, Nationality, CompoundAdmin1]));
        assert!(!is_barred(&[Year, Nationality, CompoundAdmin1]) && !is_barred(&[Nationality, Month]));
        assert!(is_barred(&[Quarter, Year]) && is_barred(&[Month, Stage, Year]));
    }
}
