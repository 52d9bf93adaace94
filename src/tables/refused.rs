//! Why a file is not read.

text_enum! {
    /// Why a file is not read.
    pub enum Refused {
        TooLarge = "too_large",
        OtherKind = "other_kind",
        OldSpreadsheet = "old_spreadsheet",
        Encrypted = "encrypted",
        Damaged = "damaged",
        Inflated = "inflated_too_far",
        NoSheet = "no_sheet",
        Undecodable = "undecodable",
        NotText = "not_text",
        TooManyRows = "too_many_rows",
        TooManyColumns = "too_many_columns",
        CellTooLong = "cell_too_long",
        LineTooLong = "line_too_long",
        TooMuch = "too_much",
        OpenQuote = "open_quote",
        NotJson = "not_json",
    }
}

impl Refused {
    /// A sentence for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::TooLarge => "is larger than 20 MiB: send it in parts",
            Self::OtherKind => "is no list: send CSV, XLSX or NDJSON",
            Self::OldSpreadsheet => "is a spreadsheet of before 2007, or has a password: save it as XLSX without one",
            Self::Encrypted => "has a password: save it without one",
            Self::Damaged => "is damaged, or not whole: send it again",
            Self::Inflated => "unpacks to more than a list can hold",
            Self::NoSheet => "has no such sheet that is visible",
            Self::Undecodable => "is not in the encoding that was stated, or in none that is read here: save it as UTF-8",
            Self::NotText => "holds bytes that are no text",
            Self::TooManyRows => "has more than 50,000 rows: send it in parts",
            Self::TooManyColumns => "has more than 256 columns",
            Self::CellTooLong => "has a cell of more than 32,767 characters",
            Self::LineTooLong => "has a line of more than 1 MiB",
            Self::TooMuch => "has more text, or more cells, than a list has: send it in parts",
            Self::OpenQuote => {
                "has a quotation mark that is opened and not closed, or that closes within a value: people may stand inside it"
            }
            Self::NotJson => "has a line that is no JSON object",
        }
    }
}
