//! Tables for spreadsheets.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::error::{Error, Result};

/// A table as CSV (RFC 4180), to be saved under a name without personal data. UTF-8 with a byte order mark: without it
/// a spreadsheet takes names in Khmer, Arabic or Burmese for another encoding.
///
/// # Errors
/// When a row has another length than the header.
pub fn csv(filename: &str, header: &[&str], rows: Vec<Vec<String>>) -> Result<HttpResponse> {
    let text = table(header, rows).map_err(|_| Error::internal("a table cannot be written as CSV"))?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{filename}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

fn table(header: &[&str], rows: Vec<Vec<String>>) -> std::result::Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.into_iter().map(harmless))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A cell that a spreadsheet does not take for a formula: text from users is never run.
fn harmless(cell: String) -> String {
    // Spreadsheets skip invisible characters before they look for a formula, and read full-width signs as their narrow twins.
    let first = cell.trim_start().chars().next();
    let is_formula = first.is_some_and(|first| matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
    if is_formula || cell.starts_with(['\t', '\r', '\n']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_becomes_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"] {
            assert_eq!(harmless(formula.to_owned()), format!("'{formula}"));
        }
        for text in ["", "Siti", "សុខា", "1-2", "a=b", "陳怡君"] {
            assert_eq!(harmless(text.to_owned()), text);
        }
    }

    #[test]
    fn quotes_and_line_breaks_stay_inside_their_cell() {
        let text =
            String::from_utf8(table(&["name", "note"], vec![vec!["A \"B\"".to_owned(), "one\ntwo, three".to_owned()]]).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}name,note\r\n\"A \"\"B\"\"\",\"one\ntwo, three\"\r\n");
        assert!(table(&["name"], vec![vec![String::new(), String::new()]]).is_err());
    }
}
