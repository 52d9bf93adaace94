//! Draws a run with `--peer`: for each request how many were answered a second, by Homeward and by the peer. Plain SVG, by hand.

use std::fmt::Write as _;

use super::*;

const WIDTH: f64 = 860.0;
/// Where bars begin, and how long the longest one is.
const BARS_FROM: f64 = 200.0;
const LONGEST: f64 = 430.0;
const BAR: f64 = 15.0;
const BETWEEN_BARS: f64 = 4.0;
const BETWEEN_GROUPS: f64 = 10.0;
const PANEL_HEAD: f64 = 34.0;
const HEAD: f64 = 62.0;
const FOOT: f64 = 70.0;
const OF_PEER: &str = "#9aa5b1";

/// One bar with its words.
struct Bar {
    label: String,
    per_second: f64,
    note: String,
    colour: &'static str,
}

/// The whole picture.
pub fn draw(report: &Report) -> String {
    let mut body = String::new();
    let mut top = HEAD;
    for request in requests(report) {
        top = panel(&mut body, &request, &groups(report, &request), top);
    }
    let height = top + FOOT;
    let cases = report.results.first().map_or(0, |first| first.cases);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#1f2933\">\n\
         <title>Requests a second, Homeward and a hand-written Node service</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    text(&mut svg, 20.0, 28.0, "font-size=\"18\" font-weight=\"600\"", &format!("Requests a second at {cases} cases"));
    text(
        &mut svg,
        20.0,
        48.0,
        MUTED,
        "Longer is better. Homeward signs the caller in, decrypts and audits; the Node service does none of that. Both write durably.",
    );
    svg.push_str(&body);
    text(&mut svg, 20.0, top + 16.0, MUTED, &format!("{}, {}", report.date, report.machine));
    text(&mut svg, 20.0, top + 36.0, "font-size=\"11\" font-family=\"monospace\"", &report.command);
    svg.push_str("</svg>\n");
    svg
}

const MUTED: &str = "font-size=\"12\" fill=\"#52606d\"";

/// What was asked of both, in the order of the run.
fn requests(report: &Report) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for row in report.results.iter().flat_map(|result| &result.rows).filter(|row| row.peer.is_some()) {
        if !found.contains(&row.request) {
            found.push(row.request.clone());
        }
    }
    found
}

/// The bars of a request, by number of connections.
fn groups(report: &Report, request: &str) -> Vec<Vec<Bar>> {
    let first = report.results.first().map(|result| result.rows.as_slice()).unwrap_or_default();
    let connections: Vec<usize> = first.iter().filter(|row| row.request == request).map(|row| row.connections).collect();
    connections.into_iter().map(|connections| group(report, request, connections)).collect()
}

fn group(report: &Report, request: &str, connections: usize) -> Vec<Bar> {
    let mut bars = Vec::new();
    let mut of_peer = None;
    for result in &report.results {
        let found = result.rows.iter().find(|row| row.request == request && row.connections == connections);
        let Some((row, peer, ratio)) = found.and_then(|row| Some((row, row.peer?, row.ratio_to_peer()?))) else { continue };
        let label = format!("{connections} · {}", result.database);
        let colour = if result.database == "SQLite" { "#0b7285" } else { "#1c5fb0" };
        bars.push(Bar { label, per_second: row.homeward.per_second, note: format!("{ratio:.2} × Node"), colour });
        of_peer = Some(peer.per_second);
    }
    let label = format!("{connections} · Node, Postgres");
    bars.extend(of_peer.map(|per_second| Bar { label, per_second, note: String::new(), colour: OF_PEER }));
    bars
}

/// Draws one request; gives back where the next begins.
fn panel(svg: &mut String, request: &str, groups: &[Vec<Bar>], top: f64) -> f64 {
    text(svg, 20.0, top + 20.0, "font-weight=\"600\"", request);
    let most = groups.iter().flatten().map(|bar| bar.per_second).fold(1.0, f64::max);
    let mut y = top + PANEL_HEAD;
    for group in groups {
        for bar in group {
            let length = bar.per_second / most * LONGEST;
            text(svg, 20.0, y + 12.0, "font-size=\"12\"", &bar.label);
            rectangle(svg, y, length, bar.colour);
            text(svg, BARS_FROM + length + 8.0, y + 12.0, "font-size=\"12\"", format!("{:.0}  {}", bar.per_second, bar.note).trim_end());
            y += BAR + BETWEEN_BARS;
        }
        y += BETWEEN_GROUPS;
    }
    y
}

fn rectangle(svg: &mut String, y: f64, length: f64, colour: &str) {
    // Writing to a string cannot fail.
    let _written = writeln!(svg, "<rect x=\"{BARS_FROM}\" y=\"{y}\" width=\"{length:.1}\" height=\"{BAR}\" rx=\"2\" fill=\"{colour}\"/>");
}

fn text(svg: &mut String, x: f64, y: f64, style: &str, text: &str) {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    let _written = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\" {style}>{escaped}</text>");
}
