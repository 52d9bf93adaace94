//! Tables for spreadsheets. A spreadsheet runs what looks like a formula, so every cell that is not sure to be read as a text or as
//! a number begins with an apostrophe.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::domain::text::{is_letter_or_digit, is_visible};
use crate::error::{Error, Result};

/// What makes a spreadsheet take what follows for a text.
const MARK: char = '\'';

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A text, whoever wrote it.
    Text(String),
    /// A number that the service computed. It stays a number, with its minus sign.
    Figure(String),
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Field {
    fn written(self) -> String {
        match self {
            // The form is checked here too: what is no number is no figure, whatever its type says.
            Self::Figure(figure) if is_number(&figure) => figure,
            Self::Figure(text) | Self::Text(text) => harmless(&text),
        }
    }
}

/// A table as CSV (RFC 4180), to be saved under a name without personal data. UTF-8 with a byte order mark: without it
/// a spreadsheet takes names in Khmer, Arabic or Burmese for another encoding.
///
/// # Errors
/// When a row has another length than the header.
pub fn csv<F: Into<Field>>(filename: &str, header: &[&str], rows: Vec<Vec<F>>) -> Result<HttpResponse> {
    Ok(download(filename, file(header, rows)?))
}

/// A table that was written, as a download.
pub fn download(filename: &str, text: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{filename}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text)
}

/// The same table, to be saved by a command.
///
/// # Errors
/// When a row has another length than the header.
pub fn file<F: Into<Field>>(header: &[&str], rows: Vec<Vec<F>>) -> Result<Vec<u8>> {
    table(header, rows).map_err(|_| Error::internal("a table cannot be written as CSV"))
}

fn table<F: Into<Field>>(header: &[&str], rows: Vec<Vec<F>>) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut begun = Begun::new(header)?;
    begun.add(rows)?;
    begun.end()
}

/// A table that is written some rows at a time, so that only their text is held.
pub struct Begun(csv::Writer<Vec<u8>>);

impl Begun {
    /// A table with this header.
    pub fn new(header: &[&str]) -> std::result::Result<Self, csv::Error> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .quote_style(csv::QuoteStyle::Always)
            .from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(header.iter().map(|name| harmless(name)))?;
        Ok(Self(writer))
    }

    /// Writes the next rows.
    pub fn add<F: Into<Field>>(&mut self, rows: Vec<Vec<F>>) -> std::result::Result<(), csv::Error> {
        for row in rows {
            self.0.write_record(row.into_iter().map(|field| field.into().written()))?;
        }
        Ok(())
    }

    /// The whole text.
    pub fn end(self) -> std::result::Result<Vec<u8>, csv::Error> {
        self.0.into_inner().map_err(|error| error.into_error().into())
    }
}

/// What separates cells where a spreadsheet expects another separator than the comma: the quotation marks of a cell do not hold
/// it together there.
fn separates(character: char) -> bool {
    matches!(character, ';' | '|' | '\t' | '\r' | '\n')
}

/// A cell that a spreadsheet does not take for a formula, whatever it takes for a separator. The mark stands before each part
/// whose first visible character is no letter and no digit; one mark less is the text as it was.
fn harmless(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 1);
    for part in text.split_inclusive(separates) {
        let inside = part.strip_suffix(separates).unwrap_or(part);
        let is_harmless = inside.chars().find(|character| is_visible(*character)).is_none_or(is_letter_or_digit);
        if !is_harmless {
            written.push(MARK);
        }
        written.push_str(part);
    }
    written
}

/// Whether a text is a decimal number, and nothing else.
fn is_number(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    unsigned.split_once('.').map_or_else(|| is_digits(unsigned), |(whole, fraction)| is_digits(whole) && is_digits(fraction))
}

/// The cell of a value: empty where it is not known.
pub fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What begins a formula, here and in the wide forms of East Asia.
    const SIGNS: &[char] = &['=', '+', '-', '@', '＝', '＋', '－', '＠'];

    /// Characters that show nothing and that a spreadsheet may skip, of every kind that Unicode has.
    const INVISIBLE: &[char] = &[
        '\0',
        '\u{1}',
        '\t',
        '\n',
        '\r',
        '\u{b}',
        '\u{1f}',
        ' ',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{1160}',
        '\u{17b4}',
        '\u{180b}',
        '\u{180e}',
        '\u{2000}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{2028}',
        '\u{2029}',
        '\u{202a}',
        '\u{202e}',
        '\u{202f}',
        '\u{205f}',
        '\u{2060}',
        '\u{2061}',
        '\u{2064}',
        '\u{2066}',
        '\u{2069}',
        '\u{206f}',
        '\u{2800}',
        '\u{3000}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{fffe}',
        '\u{ffff}',
        '\u{1d173}',
        '\u{e0001}',
        '\u{e0041}',
        '\u{e007f}',
        '\u{e0100}',
        '\u{10ffff}',
        '\u{378}',
    ];

    fn written(rows: Vec<Vec<Field>>) -> Vec<u8> {
        let header = vec!["column"; rows.first().map_or(1, Vec::len)];
        table(&header, rows).unwrap()
    }

    /// The rows as a spreadsheet reads them that expects this separator.
    fn read(table: &[u8], separator: u8) -> Vec<Vec<String>> {
        let table = table.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark");
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(table);
        reader.records().map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect()).collect()
    }

    /// The text that was written into a cell: without the mark before each part that has one.
    fn unmarked(cell: &str) -> String {
        cell.split_inclusive(separates).map(|part| part.strip_prefix(MARK).unwrap_or(part)).collect()
    }

    /// Hostile texts: each sign behind each invisible character, at the beginning and behind each separator.
    fn corpus() -> Vec<String> {
        let mut texts: Vec<String> =
            ["", " ", "'", "''=1", "Siti", "សុខ សុភា", "محمد علي", "陳怡君", "A \"B\"", "one\ntwo, three", "x\";=1", ";", ";;"]
                .map(ToOwned::to_owned)
                .into();
        for sign in SIGNS {
            texts.extend([format!("{sign}1+1"), format!("\"{sign}1"), format!("{sign}"), format!("a;\"{sign}1\""), format!("a;'{sign}1")]);
            for invisible in INVISIBLE {
                texts.push(format!("{invisible}{sign}1+1"));
                texts.push(format!("{invisible}{invisible} {sign}1+1"));
                for separator in [';', '|', '\t', '\n', '\r'] {
                    texts.push(format!("x{separator}{invisible}{sign}1+1{separator}"));
                }
            }
        }
        texts
    }

    fn is_formula(cell: &str) -> bool {
        // Skips every letter and digit that shows nothing too: a spreadsheet may know fewer invisible characters than Unicode.
        let first = cell.trim_start_matches(|character: char| INVISIBLE.contains(&character) || character.is_whitespace()).chars().next();
        first.is_some_and(|first| SIGNS.contains(&first))
    }

    #[test]
    fn no_text_is_a_formula_whatever_separates_cells() {
        for text in corpus() {
            let table = written(vec![vec![Field::Text("before".into()), Field::Text(text.clone()), Field::Text(text.clone())]]);
            for separator in [b',', b';', b'\t', b'|'] {
                let cells = read(&table, separator).into_iter().flatten();
                cells.for_each(|cell| assert!(!is_formula(&cell), "{text:?} as {cell:?}"));
            }
        }
    }

    #[test]
    fn every_character_that_is_no_letter_and_no_digit_gets_the_mark() {
        for character in '\0'..=char::MAX {
            let is_plain = is_letter_or_digit(character) && !INVISIBLE.contains(&character);
            let is_marked = harmless(&format!("{character}=1")).contains(MARK);
            assert!(is_plain || is_marked, "U+{:04X}", u32::from(character));
            assert!(!is_plain || !character.is_ascii() || character.is_ascii_alphanumeric(), "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn what_is_read_back_is_what_was_written() {
        let texts = corpus();
        let table = written(texts.iter().map(|text| vec![Field::Text(text.clone()), Field::Text("end".into())]).collect());
        let rows = read(&table, b',');
        assert_eq!(rows.len(), texts.len() + 1);
        for (text, row) in texts.iter().zip(rows.iter().skip(1)) {
            assert_eq!((unmarked(&row[0]), row[1].as_str()), (text.clone(), "end"));
        }
    }

    #[test]
    fn names_and_figures_stay_as_they_are() {
        for text in ["", "Siti", "សុខ សុភា", "محمد علي", "陳怡君", "1-2", "a=b", "2026-01-19"] {
            assert_eq!(harmless(text), text);
        }
        for figure in ["0", "-5", "-12.50", "870.00"] {
            assert_eq!(Field::Figure(figure.to_owned()).written(), figure);
            assert_eq!(harmless(figure).starts_with(MARK), figure.starts_with('-'), "typed by somebody, it is a text");
        }
        for no_figure in ["-1+1", "-", "=1", "-cmd", "1e9", "-1;=1", "", "-.", "- 1"] {
            assert_eq!(Field::Figure(no_figure.to_owned()).written(), harmless(no_figure));
        }
    }

    #[test]
    fn every_cell_is_quoted() {
        let text = String::from_utf8(written(vec![vec![Field::Text("A \"B\"".into())], vec![Field::Figure("-1".into())]])).unwrap();
        assert_eq!(text, "\u{feff}\"column\"\r\n\"A \"\"B\"\"\"\r\n\"-1\"\r\n");
        assert!(table(&["name"], vec![vec![Field::Text(String::new()); 2]]).is_err());
    }
}
