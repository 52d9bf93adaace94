//! The case on paper: everything that the caller may see of it, on pages for the printer.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::Path;
use crate::api::http::path_params::CasePath;
use crate::api::http::print_page::{self, Printed};
use crate::db::casefile::relations::Relation;
use crate::db::cases::attachments::Attachment;
use crate::db::cases::stays::Stay;
use crate::db::process::contacts::EmbassyContactRow;
use crate::db::process::verifications::Verification;
use crate::db::repatriation::transitions::TransitionEntry;
use crate::db::reporting::dossier::{self, Dossier};
use crate::domain::cases::person::Identity;
use crate::domain::codes::FineTrack;
use crate::domain::ids::CaseId;
use crate::domain::repatriation::records::record::RecordKind;
use crate::domain::zones::Zone;
use crate::error::{Error, Result};

/// Labels and values, in the order they are printed.
type Fields = Vec<(String, Value)>;

/// Print a case.
///
/// A page for A4 paper with everything that your organisation's grant opens, marked with who printed it and when; any
/// script, and nothing is loaded from anywhere.
#[utoipa::path(
    tag = "cases",
    params(CasePath),
    responses((status = 200, content_type = "text/html", body = String, description = "The page"))
)]
#[get("/v1/cases/{id}/dossier")]
pub async fn get_dossier(allowed: Allowed<may::Fresh<may::ByPerson<may::CaseRead>>>, id: Path<CaseId>) -> Result<HttpResponse> {
    let at = allowed.today();
    let dossier = allowed.read(move |tx| dossier::find(tx, id.0)).await?;
    let printed = Printed { by: dossier.printed_by.clone(), organisation: dossier.printed_for.clone(), at };
    Ok(print_page::page(&dossier.case.row.code, &printed, body(&dossier)?))
}

fn body(dossier: &Dossier) -> Result<Markup> {
    let case = &dossier.case;
    let name = case.contents.identity.as_ref().map(Identity::display_name).unwrap_or_default();
    let redacted: Vec<&str> = case.granted().missing().iter().map(|compartment| compartment.as_str()).collect();
    let contents = &case.contents;
    Ok(html! {
        h1 { "Case " (case.row.code) @if !name.is_empty() { ": " bdi { (name) } } }
        @if !redacted.is_empty() {
            p.mark { "Not shown, because your organisation's grant does not open it: " (redacted.join(", ")) "." }
        }
        (section("The case", dossier, &plain(dossier)))
        (section("Identity", dossier, &fields(contents.identity.as_ref())?))
        (section("Contact", dossier, &fields(contents.contact.as_ref())?))
        (section("Location", dossier, &fields(contents.location.as_ref())?))
        (section("Health", dossier, &fields(contents.health.as_ref())?))
        (section("Narrative", dossier, &fields(contents.narrative.as_ref())?))
        (section("Protection", dossier, &fields(contents.protection.as_ref())?))
        (list("Belongs together with", dossier, dossier.relations.iter().flatten().map(relative).collect()))
        (list("Stays in compounds", dossier, dossier.stays.iter().flatten().map(stay).collect::<Result<_>>()?))
        (list("Contacts with missions", dossier, dossier.contacts.iter().map(contact).collect()))
        (list("Verifications of nationality", dossier, dossier.verifications.iter().map(verification).collect()))
        (records(dossier))
        (list("Attachments", dossier, dossier.attachments.iter().map(|attachment| self::attachment(attachment, dossier.clock)).collect()))
        (section("Overstay fine", dossier, &fields(dossier.fine.as_ref().filter(|fine| fine.track != FineTrack::None))?))
        (list("The road home", dossier, dossier.standing.history.iter().map(|entry| transition(entry, dossier.clock)).collect()))
    })
}

fn plain(dossier: &Dossier) -> Fields {
    dossier.plain.iter().map(|(name, value)| (label(name), value.clone())).collect()
}

/// The fields of anything that is written as an object.
fn fields<T: Serialize>(part: Option<&T>) -> Result<Fields> {
    let Some(part) = part else { return Ok(Vec::new()) };
    match serde_json::to_value(part) {
        Ok(Value::Object(fields)) => Ok(labelled(&fields)),
        _ => Err(Error::internal("a part of a case cannot be printed")),
    }
}

fn labelled(fields: &Map<String, Value>) -> Fields {
    fields.iter().map(|(name, value)| (label(name), value.clone())).collect()
}

/// `given_name` → "Given name", `owner_id` → "Owner".
fn label(name: &str) -> String {
    let words = name.trim_end_matches("_id").replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn section(title: &str, dossier: &Dossier, fields: &Fields) -> Markup {
    list(title, dossier, vec![fields.clone()])
}

/// A heading with one block for each item; nothing at all where nothing is known.
fn list(title: &str, dossier: &Dossier, items: Vec<Fields>) -> Markup {
    let known: Vec<Fields> = items
        .into_iter()
        .map(|item| item.into_iter().filter(|(_, value)| !is_nothing(value)).collect())
        .filter(|item: &Fields| !item.is_empty())
        .collect();
    html! {
        @if !known.is_empty() {
            section {
                h2 { (title) }
                @for item in &known {
                    article { dl { @for (label, value) in item { dt { (label) } dd dir="auto" { (shown(value, dossier)) } } } }
                }
            }
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_nothing),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn shown(value: &Value, dossier: &Dossier) -> Markup {
    match value {
        Value::Null => html! { "–" },
        Value::Bool(yes) => html! { @if *yes { "yes" } @else { "no" } },
        Value::Number(number) => html! { (number.to_string()) },
        Value::String(text) => html! { (readable(text, dossier)) },
        Value::Array(items) => html! { @for (at, item) in items.iter().enumerate() { @if at > 0 { "; " } (shown(item, dossier)) } },
        Value::Object(fields) => html! {
            @for (at, (name, value)) in fields.iter().filter(|(_, value)| !is_nothing(value)).enumerate() {
                @if at > 0 { ", " } (label(name).to_lowercase()) ": " (shown(value, dossier))
            }
        },
    }
}

/// An organisation by its name; a code as words; everything else as it is.
fn readable(text: &str, dossier: &Dossier) -> String {
    if let Some(name) = Uuid::parse_str(text).ok().and_then(|id| dossier.names.get(&id)) {
        return name.clone();
    }
    let is_code = text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_code { text.replace('_', " ") } else { text.to_owned() }
}

/// Somebody who belongs to the person: by the code of their case, whose paper says who they are.
fn relative(relation: &Relation) -> Fields {
    let Relation { relative, kind, separation, .. } = relation;
    vec![
        code("Relation", Some(kind)),
        ("Case".to_owned(), Value::String(relative.code.clone())),
        ("Is child".to_owned(), relative.is_child.map_or(Value::Null, Value::Bool)),
        code("Status", Some(relative.status)),
        code("Stage", Some(relative.stage)),
        code("Side state", relative.side_state),
        ("Why they are apart".to_owned(), separation.as_ref().and_then(|known| known.reason.clone()).map_or(Value::Null, Value::String)),
    ]
}

/// Every kind of record under its own heading, in the order of the road.
fn records(dossier: &Dossier) -> Markup {
    let of_kind = |kind: RecordKind| {
        let all = dossier.records.iter().filter(move |(known, _)| *known == kind).map(|(_, record)| record);
        all.map(|record| {
            let mut fields = record.content.as_object().map(labelled).unwrap_or_default();
            fields.push(code("Recorded by", record.recorded_by));
            fields.push(("Recorded on".to_owned(), Value::String(dossier.clock.day_of(record.created_at).to_string())));
            fields
        })
        .collect()
    };
    html! { @for kind in RecordKind::ALL { (list(&label(kind.as_str()), dossier, of_kind(*kind))) } }
}

fn text(label: &str, value: impl ToString) -> (String, Value) {
    (label.to_owned(), Value::String(value.to_string()))
}

fn day(label: &str, value: Option<NaiveDate>) -> (String, Value) {
    (label.to_owned(), value.map_or(Value::Null, |day| Value::String(day.to_string())))
}

fn code<T: ToString>(label: &str, value: Option<T>) -> (String, Value) {
    (label.to_owned(), value.map_or(Value::Null, |value| Value::String(value.to_string())))
}

fn contact(row: &EmbassyContactRow) -> Fields {
    vec![
        text("Mission", row.mission_id),
        text("Begun by", row.initiated_by),
        text("Decision of the person", row.person_decision),
        text("Decided on", row.decided_on),
        day("Informed of consular rights on", row.informed_of_rights_on),
        code("Channel", row.channel),
        day("Contacted on", row.contacted_on),
        day("Acknowledged on", row.acknowledged_on),
        day("Visit on", row.visit_on),
        day("Letter to the authorities on", row.letter_issued_on),
        code("Outcome", row.outcome),
    ]
}

fn verification(verification: &Verification) -> Fields {
    let details = verification.details.clone().unwrap_or_default();
    let evidence: Vec<&str> = verification.evidence.iter().map(|evidence| evidence.as_str()).collect();
    vec![
        text("Mission", verification.mission_id),
        text("Claimed state", verification.claimed_state),
        text("Asked on", verification.requested_on),
        day("Interview on", verification.interview_on),
        code("Interview", verification.interview_mode),
        text("Evidence", evidence.join(", ").replace('_', " ")),
        text("Result", verification.result),
        day("Result on", verification.result_on),
        code("Reference of the home authority", details.home_authority_reference),
        code("Reason", details.reason),
    ]
}

fn attachment(attachment: &Attachment, here: Zone) -> Fields {
    let details = &attachment.details;
    vec![
        text("Kind", details.kind),
        text("Name", &details.file_name),
        code("Description", details.description.as_ref()),
        code("Mission", details.mission_id),
        text("Compartment", attachment.compartment),
        text("Format", details.format),
        code("Bytes", details.content.as_ref().map(|content| content.size)),
        code("Added by", attachment.recorded_by),
        text("Added on", here.day_of(attachment.created_at)),
    ]
}

fn stay(stay: &Stay) -> Result<Fields> {
    let mut all = fields(Some(&stay.details))?;
    all.push(code("Compound", stay.compound_id));
    Ok(all)
}

fn transition(entry: &TransitionEntry, here: Zone) -> Fields {
    let details = entry.details.clone().unwrap_or_default();
    let gaps: Vec<String> = entry.gaps.iter().map(|gap| gap.guard.replace('_', " ")).collect();
    let side_state = entry.to_side_state.map(|state| format!(" ({state})")).unwrap_or_default();
    vec![
        text("On", here.day_of(entry.moved_at)),
        code("By", entry.organisation_id),
        text("Rule", entry.rule),
        text("To", format!("{}{side_state}", entry.to_stage).replace('_', " ")),
        code("Hold", entry.hold_reason),
        day("Review on", entry.review_on),
        day("Happened on", entry.occurred_on),
        code("Reason", details.reason),
        code("Reported by", details.source),
        code("Left", entry.departure_basis),
        text("Recorded afterwards, without", gaps.join(", ")),
        code("Wrong, and taken back with version", entry.taken_back_with),
    ]
}
