//! How long people have been waiting, in bands.

text_enum! {
    /// Days since registration.
    pub enum WaitBand {
        UpTo7 = "0-7",
        UpTo14 = "8-14",
        UpTo30 = "15-30",
        UpTo60 = "31-60",
        UpTo90 = "61-90",
        Over90 = "over_90",
    }
}

impl WaitBand {
    /// The band of so many days.
    pub const fn of(days: i64) -> Self {
        match days {
            ..=7 => Self::UpTo7,
            8..=14 => Self::UpTo14,
            15..=30 => Self::UpTo30,
            31..=60 => Self::UpTo60,
            61..=90 => Self::UpTo90,
            _ => Self::Over90,
        }
    }

    /// The heading of its column. A spreadsheet takes `8-14` for a date.
    pub const fn column(self) -> &'static str {
        match self {
            Self::UpTo7 => "days_0_7",
            Self::UpTo14 => "days_8_14",
            Self::UpTo30 => "days_15_30",
            Self::UpTo60 => "days_31_60",
            Self::UpTo90 => "days_61_90",
            Self::Over90 => "days_over_90",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::WaitBand;

    #[test]
    fn every_day_is_in_one_band() {
        let names = [-1, 0, 7, 8, 14, 15, 30, 31, 60, 61, 90, 91, 5000].map(|days| WaitBand::of(days).as_str());
        assert_eq!(
            names,
            ["0-7", "0-7", "0-7", "8-14", "8-14", "15-30", "15-30", "31-60", "31-60", "61-90", "61-90", "over_90", "over_90"]
        );
    }
}
