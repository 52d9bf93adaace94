//! A table as a chart: horizontal bars in SVG. No script, no style sheet, no font of its own, so that it can be opened,
//! printed and put into a document anywhere.

use actix_web::HttpResponse;
use maud::{Markup, PreEscaped, html};

use crate::api::reporting::table::{Role, Table};
use crate::domain::zones::Zone;

const WIDTH: i64 = 800;
const MARGIN: i64 = 20;
/// The longest bar; what is left is for its figure.
const LONGEST: i64 = 620;
const HEAD: i64 = 70;
/// A label above, its bar below.
const STEP: i64 = 44;
/// Letters of a line of text.
const LINE: usize = 100;
const FONT: &str = "system-ui, sans-serif";

/// One bar: its label, its figure as it is written, and its size.
struct Bar {
    label: String,
    figure: String,
    size: i64,
}

/// The chart of a table.
pub fn svg(table: &Table, zone: Zone) -> HttpResponse {
    let bars = bars(table);
    let document = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", drawing(table, &bars, zone).into_string());
    HttpResponse::Ok().content_type("image/svg+xml").body(document)
}

/// A bar for every figure that is drawn. The column is named where a row has several.
fn bars(table: &Table) -> Vec<Bar> {
    let drawn = table.columns.iter().filter(|(name, role)| role.drawn_as(name).is_some()).count();
    let mut bars = Vec::new();
    for row in &table.rows {
        let cells = || table.columns.iter().zip(row);
        let labels =
            cells().filter(|((_, role), cell)| *role == Role::Label && !cell.text().is_empty()).map(|(_, cell)| clean(cell.text()));
        let label = labels.collect::<Vec<_>>().join(" · ");
        for (name, cell) in cells().filter_map(|((name, role), cell)| Some((role.drawn_as(name)?, cell))) {
            let parts = [label.as_str(), if drawn > 1 || label.is_empty() { name } else { "" }];
            let label = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
            let figure = if cell.text().is_empty() { "not known" } else { cell.text() };
            bars.push(Bar { label: label.replace('_', " "), figure: clean(figure), size: cell.size() });
        }
    }
    bars
}

/// XML knows no control characters, not even escaped.
fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') { ' ' } else { letter }).collect()
}

/// A sentence in lines that fit: SVG breaks none by itself.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() || line.chars().count() + word.chars().count() < LINE => {
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn drawing(table: &Table, bars: &[Bar], zone: Zone) -> Markup {
    let rows = i64::try_from(bars.len().max(1)).unwrap_or(1);
    let noted = table.note.as_ref().map_or(0, |note| lines(note).len());
    let height = HEAD + rows * STEP + MARGIN + i64::try_from(noted).unwrap_or(0) * 18;
    let most = bars.iter().map(|bar| bar.size).max().unwrap_or(0).max(1);
    let (title, subtitle) = (clean(&table.title), format!("Homeward, {}", zone.written(table.as_of)));
    let spoken: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.figure)).collect();
    let spoken = if spoken.is_empty() { "No data".to_owned() } else { spoken.join("; ") };
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="img" aria-labelledby="title desc" font-family=(FONT) {
            title id="title" { (title) }
            desc id="desc" { (spoken) }
            rect x="0" y="0" width=(WIDTH) height=(height) fill="#ffffff" {}
            text x=(MARGIN) y="32" font-size="20" font-weight="bold" fill="#1b1f24" { (title) }
            text x=(MARGIN) y="54" font-size="13" fill="#57606a" { (subtitle) }
            @if let Some(note) = &table.note {
                @for (line, at) in lines(&clean(note)).iter().zip(0..) {
                    text x=(MARGIN) y=(HEAD + rows * STEP + 16 + at * 18) font-size="13" fill="#57606a" { (line) }
                }
            }
            @if bars.is_empty() {
                text x=(MARGIN) y=(HEAD + 24) font-size="15" fill="#57606a" { "No data" }
            }
            @for (bar, top) in bars.iter().zip((HEAD..).step_by(usize::try_from(STEP).unwrap_or(44))) {
                (one(bar, top, most))
            }
        }
        (PreEscaped("\n"))
    }
}

fn one(bar: &Bar, top: i64, most: i64) -> Markup {
    let length = i64::try_from(i128::from(bar.size) * i128::from(LONGEST) / i128::from(most)).unwrap_or(LONGEST);
    // What is more than nothing can be seen.
    let length = if bar.size > 0 { length.max(2) } else { 0 };
    html! {
        text x=(MARGIN) y=(top + 13) font-size="13" fill="#1b1f24" { (bar.label) }
        rect x=(MARGIN) y=(top + 18) width=(length) height="16" fill="#0b6bcb" {}
        text x=(MARGIN + length + 8) y=(top + 31) font-size="13" fill="#1b1f24" { (bar.figure) }
    }
}
