//! What somebody who is asked for help may know before they accept: class B, and no more.

use crate::domain::zones::Today;

text_enum! {
    /// About how old somebody is. The bands of CTDC's Global Dataset (codebook 2024, variable 3).
    pub enum AgeBand {
        Under9 = "under_9",
        From9To17 = "from_9_to_17",
        From18To20 = "from_18_to_20",
        From21To23 = "from_21_to_23",
        From24To26 = "from_24_to_26",
        From27To29 = "from_27_to_29",
        From30To38 = "from_30_to_38",
        From39To47 = "from_39_to_47",
        From48 = "from_48",
        Unknown = "unknown",
    }
}

impl AgeBand {
    /// The band of somebody born in this year; whoever may be a child is never shown as an adult.
    pub fn of(birth_year: Option<i32>, is_child: Option<bool>, today: Today) -> Self {
        let age = birth_year.map(|year| chrono::Datelike::year(&today.day()) - year);
        match (age, is_child) {
            (Some(..=8), _) => Self::Under9,
            (_, Some(true)) | (Some(9..=17), _) => Self::From9To17,
            (Some(18..=20), _) => Self::From18To20,
            (Some(21..=23), _) => Self::From21To23,
            (Some(24..=26), _) => Self::From24To26,
            (Some(27..=29), _) => Self::From27To29,
            (Some(30..=38), _) => Self::From30To38,
            (Some(39..=47), _) => Self::From39To47,
            (Some(48..), _) => Self::From48,
            (None, _) => Self::Unknown,
        }
    }
}
