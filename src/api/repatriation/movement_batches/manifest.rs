//! The manifest of a batch: for programs, for a spreadsheet, and on paper.

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::csv::{csv, text};
use crate::api::http::extract::Path;
use crate::api::http::path_params::MovementBatchPath;
use crate::api::http::print_page::{Printed, page};
use crate::api::repatriation::movement_batches::BatchAnswer;
use crate::db::accounts::users;
use crate::db::casefile::relations::Relation;
use crate::db::repatriation::movement_batches::{self, ManifestLine};
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::person::{AgeEstimate, Identity};
use crate::domain::codes::{CaseStatus, Gender, MovementStatus, RelationKind, TravelDocumentKind};
use crate::domain::dates::{PartialDate, Timestamp};
use crate::domain::ids::{CaseId, MovementBatchId};
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::records::TravelDocument;
use crate::domain::repatriation::stage::{SideState, Stage};
use crate::domain::zones::Zone;
use crate::error::Result;

/// Somebody on board.
#[derive(Serialize, ToSchema)]
pub struct ManifestPassenger {
    /// The case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// Nationality: verified, else claimed.
    nationality: Option<Nationality>,
    /// Gender.
    gender: Gender,
    /// Whether the person is a child.
    is_child: Option<bool>,
    /// Stage on the road home.
    stage: Stage,
    /// State beside the road.
    side_state: Option<SideState>,
    /// Status of the case.
    case_status: CaseStatus,
    /// Whether the person can travel at all. False where the case was closed, and where the person has left the road for good: died, was
    /// removed by force, was trafficked again or is in the protection pathway. Such a person is on no passenger list, and keeps the seat
    /// until somebody takes them off board.
    can_travel: bool,
    /// How far the person's movement is.
    status: MovementStatus,
    /// Name. Null, as all that follows, where `redacted` names the compartment.
    #[schema(max_length = 1000)]
    name: Option<String>,
    /// Date of birth, as far as known.
    birth_date: Option<PartialDate>,
    /// The age as somebody estimated it, where there is no date of birth.
    age_estimate: Option<AgeEstimate>,
    /// What the person travels on: the newest document that was issued.
    travel_document: Option<ManifestDocument>,
    /// Who escorts the person.
    #[schema(max_length = 200)]
    escort: Option<String>,
    /// Number of the ticket.
    #[schema(max_length = 100)]
    ticket: Option<String>,
    /// Who belongs to the person, has not left yet and is not on board, as far as you see their cases: a baby whose mother travels, a
    /// sister, a guardian. Ask before the departure.
    #[schema(max_items = 1000)]
    travels_without: Vec<ManifestRelative>,
    /// The compartments that your grant on the case does not open.
    #[schema(max_items = 1)]
    redacted: Vec<Compartment>,
}

/// Somebody who belongs to a passenger and is not on board.
#[derive(Serialize, ToSchema)]
pub struct ManifestRelative {
    /// Their case.
    case_id: CaseId,
    /// Its code.
    #[schema(max_length = 20, example = "KHM-26-7F3M9Q-4")]
    case_code: String,
    /// What they are to the passenger.
    relation: RelationKind,
    /// Whether they are a child.
    is_child: Option<bool>,
}

impl From<Relation> for ManifestRelative {
    fn from(relation: Relation) -> Self {
        let Relation { relative, kind, .. } = relation;
        Self { case_id: relative.id, case_code: relative.code, relation: kind, is_child: relative.is_child }
    }
}

/// Somebody who belongs to a person on board and is not on board.
#[derive(Serialize, ToSchema)]
pub struct LeftBehind {
    /// The case of the person on board.
    passenger_case_id: CaseId,
    #[serde(flatten)]
    relative: ManifestRelative,
}

impl From<(CaseId, Relation)> for LeftBehind {
    fn from((passenger, relation): (CaseId, Relation)) -> Self {
        Self { passenger_case_id: passenger, relative: relation.into() }
    }
}

/// What somebody travels on.
#[derive(Serialize, ToSchema)]
pub struct ManifestDocument {
    /// What it is.
    kind: TravelDocumentKind,
    /// Its number.
    #[schema(max_length = 50)]
    number: Option<String>,
    /// The last day on which it is valid.
    #[schema(max_length = 10)]
    expires_on: Option<NaiveDate>,
}

impl From<TravelDocument> for ManifestDocument {
    fn from(document: TravelDocument) -> Self {
        Self { kind: document.kind, number: document.number, expires_on: document.expires_on }
    }
}

impl ManifestPassenger {
    fn of(line: ManifestLine, batch: MovementStatus) -> Self {
        let ManifestLine { case, identity, movement, document, travels_without } = line;
        let redacted = if identity.is_none() { vec![Compartment::Identity] } else { Vec::new() };
        Self {
            case_id: case.id,
            nationality: case.nationality(),
            case_code: case.code,
            gender: case.gender,
            is_child: case.is_child,
            stage: case.stage,
            side_state: case.side_state,
            case_status: case.status,
            can_travel: case.status.is_open() && case.side_state.is_none_or(SideState::is_resumable),
            status: movement.as_ref().map_or(batch, |movement| movement.status),
            name: identity.as_ref().map(Identity::display_name),
            birth_date: identity.as_ref().and_then(|identity| identity.birth_date),
            age_estimate: identity.and_then(|identity| identity.age_estimate),
            travel_document: document.map(ManifestDocument::from),
            escort: movement.as_ref().and_then(|movement| movement.escort.clone()),
            ticket: movement.and_then(|movement| movement.ticket),
            travels_without: travels_without.into_iter().map(ManifestRelative::from).collect(),
            redacted,
        }
    }
}

/// Who is on board.
#[derive(Serialize, ToSchema)]
pub struct MovementManifest {
    /// The batch.
    batch: BatchAnswer,
    /// Everybody on board whom you may see, by name.
    #[schema(max_items = 1000)]
    passengers: Vec<ManifestPassenger>,
}

impl From<movement_batches::Manifest> for MovementManifest {
    fn from(manifest: movement_batches::Manifest) -> Self {
        let status = manifest.batch.content.status;
        let passengers = manifest.lines.into_iter().map(|line| ManifestPassenger::of(line, status)).collect();
        Self { batch: BatchAnswer::from(manifest.batch), passengers }
    }
}

/// Who is on board.
///
/// People on whose case your organisation holds a grant: who entered the protection pathway is not on a mission's manifest.
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath),
    responses((status = 200, body = MovementManifest, description = "The manifest"))
)]
#[get("/v1/movements/batches/{id}/manifest")]
pub async fn get_movement_manifest(
    allowed: Allowed<may::Fresh<may::CaseRead>>,
    id: Path<MovementBatchId>,
) -> Result<web::Json<MovementManifest>> {
    let manifest = allowed.read(move |tx| movement_batches::manifest(tx, id.0)).await?;
    Ok(web::Json(MovementManifest::from(manifest)))
}

const COLUMNS: &[&str] = &[
    "case_code",
    "name",
    "nationality",
    "gender",
    "is_child",
    "birth_date",
    "age_from",
    "age_to",
    "document_kind",
    "document_number",
    "document_expires_on",
    "escort",
    "ticket",
    "status",
    "side_state",
    "stage",
];

impl ManifestPassenger {
    /// The cells of [`COLUMNS`]. What is not known is empty; what is not shown says so.
    fn cells(&self) -> Vec<String> {
        let is_redacted = !self.redacted.is_empty();
        let personal = |value: String| if is_redacted { "redacted".to_owned() } else { value };
        let document = self.travel_document.as_ref();
        vec![
            self.case_code.clone(),
            personal(text(self.name.as_ref())),
            text(self.nationality),
            self.gender.to_string(),
            text(self.is_child.map(|is_child| if is_child { "yes" } else { "no" })),
            personal(text(self.birth_date)),
            personal(text(self.age_estimate.as_ref().map(|age| age.from_years))),
            personal(text(self.age_estimate.as_ref().map(|age| age.to_years))),
            personal(text(document.map(|document| document.kind))),
            personal(text(document.and_then(|document| document.number.as_ref()))),
            personal(text(document.and_then(|document| document.expires_on))),
            personal(text(self.escort.as_ref())),
            personal(text(self.ticket.as_ref())),
            self.status.to_string(),
            text(self.side_state),
            self.stage.to_string(),
        ]
    }
}

/// Who is on board, for a spreadsheet.
///
/// CSV in UTF-8 with a byte order mark; a cell that a spreadsheet would take for a formula begins with an apostrophe. Without those who
/// cannot travel (`can_travel` of the manifest).
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath),
    responses((status = 200, content_type = "text/csv", body = String, description = "The manifest"))
)]
#[get("/v1/movements/batches/{id}/manifest/csv")]
pub async fn get_movement_manifest_csv(allowed: Allowed<may::Fresh<may::CaseRead>>, id: Path<MovementBatchId>) -> Result<HttpResponse> {
    let id = id.0;
    let manifest = MovementManifest::from(allowed.read(move |tx| movement_batches::manifest(tx, id)).await?);
    let passengers = manifest.passengers.iter().filter(|passenger| passenger.can_travel);
    csv(&format!("manifest-{id}.csv"), COLUMNS, passengers.map(ManifestPassenger::cells).collect())
}

/// Who is on board, on paper.
///
/// One HTML page for A4 paper that loads and runs nothing, and says who printed it. Who cannot travel (`can_travel` of the manifest)
/// is in a list of their own.
#[utoipa::path(
    tag = "movements",
    params(MovementBatchPath),
    responses((status = 200, content_type = "text/html", body = String, description = "The manifest"))
)]
#[get("/v1/movements/batches/{id}/manifest/page")]
pub async fn get_movement_manifest_page(
    allowed: Allowed<may::Fresh<may::ByPerson<may::CaseRead>>>,
    id: Path<MovementBatchId>,
) -> Result<HttpResponse> {
    let id = id.0;
    let at = allowed.today();
    let (manifest, (by, organisation)) = allowed.read(move |tx| Ok((movement_batches::manifest(tx, id)?, users::own_names(tx)?))).await?;
    let body = on_paper(&MovementManifest::from(manifest), at.zone());
    Ok(page("Manifest", &Printed { by, organisation, at }, body))
}

fn on_paper(manifest: &MovementManifest, zone: Zone) -> Markup {
    let batch = &manifest.batch.content;
    let (travelling, staying): (Vec<_>, Vec<_>) = manifest.passengers.iter().partition(|passenger| passenger.can_travel);
    let time = |at: Timestamp| zone.written(at);
    let facts = [
        ("Name", batch.name.clone()),
        ("How", batch.mode.to_string()),
        ("Status", batch.status.to_string()),
        ("Carrier", text(batch.carrier.as_ref())),
        ("Flight or vehicle", text(batch.reference.as_ref())),
        ("From", text(batch.origin.as_ref())),
        ("To", text(batch.destination.as_ref())),
        ("Departure", time(batch.departs_at)),
        ("Arrival", time(batch.arrives_at)),
        ("Departed", text(batch.departed_at.map(time))),
        ("Escort", text(batch.escort.as_ref())),
        ("On board", format!("{} of {}", travelling.len(), batch.capacity)),
    ];
    html! {
        h1 { "Manifest" }
        dl {
            @for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
                dt { (name) } dd dir="auto" { (value) }
            }
        }
        h2 { "Passengers" }
        table {
            thead { tr {
                @for name in ["No.", "Case", "Name", "Nationality", "Gender", "Child", "Born", "Age from", "to", "Document", "Number", "Valid until", "Escort", "Ticket", "Status", "Beside the road", "Seen"] {
                    th scope="col" { (name) }
                }
            } }
            tbody {
                @for (place, passenger) in travelling.iter().enumerate() {
                    tr {
                        td { (place + 1) }
                        // The stage is for the desk; at the gate there is a box to tick instead.
                        @for cell in passenger.cells().iter().take(COLUMNS.len() - 1) { td dir="auto" { (cell) } }
                        td { "☐" }
                    }
                }
            }
        }
        @if !staying.is_empty() {
            h2 { "Not travelling" }
            table {
                thead { tr { @for name in ["Case", "Name", "Status of the case", "Beside the road"] { th scope="col" { (name) } } } }
                tbody {
                    @for passenger in staying {
                        tr {
                            td { (passenger.case_code) }
                            td dir="auto" { (text(passenger.name.as_ref())) }
                            td { (passenger.case_status) }
                            td { (text(passenger.side_state)) }
                        }
                    }
                }
            }
        }
    }
}
