//! Contacts with missions, and what the person decided about them (Vienna Convention on Consular Relations art. 36).

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Patch, Path};
use crate::api::http::path_params::{CasePath, EmbassyContactPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::place;
use crate::db::process::contacts::EmbassyContactRow;
use crate::db::repatriation::child_contacts::OpenContact;
use crate::db::repatriation::embassy_contacts;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::cases::guardianship::ChildDecision;
use crate::domain::codes::{ContactChannel, ContactInitiator, ContactOutcome, PersonDecision};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, EmbassyContactId, MissionId, UserId};
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// A contact with a mission, or the decision to have none.
#[derive(Serialize, ToSchema)]
pub struct EmbassyContact {
    /// Its id.
    id: EmbassyContactId,
    /// The case.
    case_id: CaseId,
    /// The mission.
    mission_id: MissionId,
    /// Who began it.
    initiated_by: ContactInitiator,
    /// What the person decided.
    person_decision: PersonDecision,
    /// When the person decided.
    #[schema(max_length = 10)]
    decided_on: NaiveDate,
    /// When the person was informed of their rights.
    #[schema(max_length = 10)]
    informed_of_rights_on: Option<NaiveDate>,
    /// How the mission was contacted.
    channel: Option<ContactChannel>,
    /// When the mission was contacted.
    #[schema(max_length = 10)]
    contacted_on: Option<NaiveDate>,
    /// When the mission acknowledged it.
    #[schema(max_length = 10)]
    acknowledged_on: Option<NaiveDate>,
    /// When the mission visited.
    #[schema(max_length = 10)]
    visit_on: Option<NaiveDate>,
    /// When the mission's letter to the authorities was issued.
    #[schema(max_length = 10)]
    letter_issued_on: Option<NaiveDate>,
    /// What came of it.
    outcome: Option<ContactOutcome>,
    /// For a child: who decided, by what right, and what the child says; null for a mission that is a guest on the case.
    child_decision: Option<ChildDecision>,
    /// Who recorded it; null for the system, and for another organisation's user where your mission is a guest on the case.
    created_by: Option<UserId>,
    /// When it was recorded.
    created_at: Timestamp,
    /// Last change.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

/// The contacts of a case.
#[derive(Serialize, ToSchema)]
pub struct EmbassyContactList {
    /// The contacts, oldest first. A mission that is a guest on the case sees its own only.
    #[schema(max_items = 300)]
    items: Vec<EmbassyContact>,
}

/// A contact to be recorded.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateEmbassyContact {
    /// The mission. It must cover the claimed nationality in the host country if the person wants the contact.
    mission_id: MissionId,
    /// Who began it.
    initiated_by: ContactInitiator,
    /// What the person decided. `requested` and `accepted` give the mission sight of identity and contact at once;
    /// `declined` and `deferred` mean that it never learns of the case.
    person_decision: PersonDecision,
    /// When the person decided; today if not stated.
    #[schema(max_length = 10)]
    decided_on: Option<NaiveDate>,
    /// When the person was informed of their rights.
    #[schema(max_length = 10)]
    informed_of_rights_on: Option<NaiveDate>,
    /// How the mission was contacted.
    channel: Option<ContactChannel>,
    /// When the mission was contacted.
    #[schema(max_length = 10)]
    contacted_on: Option<NaiveDate>,
    /// For a child, where it lets the mission in: who decided, by what right, and what the child says.
    #[validate(nested)]
    child_decision: Option<ChildDecision>,
}

impl Input for CreateEmbassyContact {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let dates = [
            ("/decided_on", self.decided_on),
            ("/informed_of_rights_on", self.informed_of_rights_on),
            ("/contacted_on", self.contacted_on),
        ];
        let mut found = not_in_future(today, dates);
        found.extend(of_child(today, self.child_decision.as_ref()));
        found
    }
}

fn of_child(today: Today, child: Option<&ChildDecision>) -> Vec<Violation> {
    let mut checks = Checks::on(today);
    if let Some(child) = child {
        child.check("/child_decision", &mut checks);
    }
    checks.found()
}

/// What can be changed of a contact. In a patch every field is optional.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateEmbassyContact {
    /// What the person decided. Taking a consent back ends the mission's sight of the case at once. A mission that is a
    /// guest on the case cannot change it.
    person_decision: PersonDecision,
    /// When the person decided.
    #[schema(max_length = 10)]
    decided_on: NaiveDate,
    /// When the person was informed of their rights.
    #[schema(max_length = 10)]
    informed_of_rights_on: Option<NaiveDate>,
    /// How the mission was contacted.
    channel: Option<ContactChannel>,
    /// When the mission was contacted.
    #[schema(max_length = 10)]
    contacted_on: Option<NaiveDate>,
    /// When the mission acknowledged it.
    #[schema(max_length = 10)]
    acknowledged_on: Option<NaiveDate>,
    /// When the mission visited, or will.
    #[schema(max_length = 10)]
    visit_on: Option<NaiveDate>,
    /// When the mission's letter to the authorities was issued.
    #[schema(max_length = 10)]
    letter_issued_on: Option<NaiveDate>,
    /// What came of it.
    outcome: Option<ContactOutcome>,
    /// For a child: who decided, by what right, and what the child says.
    #[validate(nested)]
    child_decision: Option<ChildDecision>,
}

impl Input for UpdateEmbassyContact {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let dates = [
            ("/decided_on", Some(self.decided_on)),
            ("/informed_of_rights_on", self.informed_of_rights_on),
            ("/contacted_on", self.contacted_on),
            ("/acknowledged_on", self.acknowledged_on),
            ("/letter_issued_on", self.letter_issued_on),
        ];
        let mut found = not_in_future(today, dates);
        if matches!((self.contacted_on, self.acknowledged_on), (Some(contacted), Some(acknowledged)) if acknowledged < contacted) {
            found.push(Violation::new("/acknowledged_on", "out_of_order", "must not lie before contacted_on"));
        }
        found.extend(of_child(today, self.child_decision.as_ref()));
        found
    }
}

fn not_in_future<const N: usize>(today: Today, dates: [(&str, Option<NaiveDate>); N]) -> Vec<Violation> {
    let future = dates.into_iter().filter(|(_, date)| date.is_some_and(|date| date > today));
    future.map(|(pointer, _)| Violation::new(pointer, "date_in_future", "must not lie in the future")).collect()
}

impl From<OpenContact> for EmbassyContact {
    fn from(contact: OpenContact) -> Self {
        let OpenContact { row, child: child_decision } = contact;
        let EmbassyContactRow {
            id,
            case_id,
            mission_id,
            created_at,
            created_by,
            updated_at,
            version,
            initiated_by,
            person_decision,
            decided_on,
            informed_of_rights_on,
            channel,
            contacted_on,
            acknowledged_on,
            visit_on,
            letter_issued_on,
            outcome,
            ..
        } = row;
        Self {
            id,
            case_id,
            mission_id,
            initiated_by,
            person_decision,
            decided_on,
            informed_of_rights_on,
            channel,
            contacted_on,
            acknowledged_on,
            visit_on,
            letter_issued_on,
            outcome,
            child_decision,
            created_by,
            created_at,
            updated_at,
            version,
        }
    }
}

impl From<&OpenContact> for UpdateEmbassyContact {
    fn from(contact: &OpenContact) -> Self {
        let row = &contact.row;
        Self {
            child_decision: contact.child.clone(),
            person_decision: row.person_decision,
            decided_on: row.decided_on,
            informed_of_rights_on: row.informed_of_rights_on,
            channel: row.channel,
            contacted_on: row.contacted_on,
            acknowledged_on: row.acknowledged_on,
            visit_on: row.visit_on,
            letter_issued_on: row.letter_issued_on,
            outcome: row.outcome,
        }
    }
}

impl UpdateEmbassyContact {
    fn put_into(self, contact: &mut OpenContact) {
        let Self {
            person_decision,
            decided_on,
            informed_of_rights_on,
            channel,
            contacted_on,
            acknowledged_on,
            visit_on,
            letter_issued_on,
            outcome,
            child_decision,
        } = self;
        contact.child = child_decision;
        contact.row = EmbassyContactRow {
            person_decision,
            decided_on,
            informed_of_rights_on,
            channel,
            contacted_on,
            acknowledged_on,
            visit_on,
            letter_issued_on,
            outcome,
            ..contact.row.clone()
        };
    }
}

impl Rendered for OfCase<EmbassyContactId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let contact = embassy_contacts::find(tx, self.case, self.id)?;
        respond::answer(format!("/v1/cases/{}/embassy-contacts/{}", self.case, self.id), etag(&contact), &EmbassyContact::from(contact))
    }
}

fn etag(contact: &OpenContact) -> String {
    respond::etag(contact.row.version, CompartmentSet::EMPTY)
}

/// List the contacts of a case with missions.
///
/// A mission that is a guest on the case sees its own only.
#[utoipa::path(
    tag = "embassy contacts",
    params(CasePath),
    responses((status = 200, body = EmbassyContactList, description = "The contacts"))
)]
#[get("/v1/cases/{id}/embassy-contacts")]
pub async fn list_embassy_contacts(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<EmbassyContactList>> {
    let rows = allowed.read(move |tx| embassy_contacts::list(tx, id.0)).await?;
    Ok(web::Json(EmbassyContactList { items: rows.into_iter().map(EmbassyContact::from).collect() }))
}

/// Get a contact.
#[utoipa::path(
    tag = "embassy contacts",
    params(EmbassyContactPath),
    responses((status = 200, body = EmbassyContact, description = "The contact"))
)]
#[get("/v1/cases/{id}/embassy-contacts/{contact_id}")]
pub async fn get_embassy_contact(
    http: HttpRequest,
    allowed: Allowed<may::CaseRead>,
    path: Path<EmbassyContactPath>,
) -> Result<HttpResponse> {
    let EmbassyContactPath { id: case, contact_id: id } = path.0;
    let row = allowed.read(move |tx| embassy_contacts::find(tx, case, id)).await?;
    Ok(respond::found(&http, etag(&row), &EmbassyContact::from(row)))
}

/// Record a contact, or the decision to have none.
///
/// `requested` or `accepted` gives the mission sight of identity and contact, in the same transaction; the narrative, the
/// health notes, the shelter and the protection notes stay closed to it. For a child that needs `child_decision`: somebody who answers for
/// it, and against whose interest nothing speaks, decides, and the child is heard; against its word only after a determination.
#[utoipa::path(
    tag = "embassy contacts",
    params(CasePath),
    request_body = CreateEmbassyContact,
    responses((status = 201, body = EmbassyContact, description = "Recorded"))
)]
#[post("/v1/cases/{id}/embassy-contacts")]
pub async fn create_embassy_contact(
    allowed: Allowed<may::Fresh<may::EmbassyContactWrite>>,
    id: Path<CaseId>,
    body: CreateBody<CreateEmbassyContact>,
) -> Result<HttpResponse> {
    let input = body.input;
    allowed
        .create(body.key, move |tx| {
            let CreateEmbassyContact {
                mission_id,
                initiated_by,
                person_decision,
                decided_on,
                informed_of_rights_on,
                channel,
                contacted_on,
                child_decision,
            } = input.clone();
            let decided_on = place::day_or_today(tx, id.0, decided_on)?;
            let row = EmbassyContactRow {
                informed_of_rights_on,
                channel,
                contacted_on,
                ..EmbassyContactRow::new(id.0, mission_id, initiated_by, person_decision, decided_on)
            };
            let contact = OpenContact { row, child: child_decision };
            Ok(OfCase { case: id.0, id: embassy_contacts::insert(tx, contact)?.id })
        })
        .await
}

/// Change a contact.
///
/// A merge patch (RFC 7396) with `If-Match`. A decision that is taken back ends the mission's sight of the case in the
/// same transaction.
#[utoipa::path(
    tag = "embassy contacts",
    params(EmbassyContactPath, IfMatch),
    request_body(content = UpdateEmbassyContact, content_type = "application/merge-patch+json"),
    responses((status = 200, body = EmbassyContact, description = "Changed"))
)]
#[patch("/v1/cases/{id}/embassy-contacts/{contact_id}")]
pub async fn update_embassy_contact(
    allowed: Allowed<may::Fresh<may::EmbassyContactWrite>>,
    path: Path<EmbassyContactPath>,
    if_match: IfMatch,
    patch: Patch<UpdateEmbassyContact>,
) -> Result<HttpResponse> {
    let EmbassyContactPath { id: case, contact_id: id } = path.0;
    let row = allowed
        .write(move |tx| {
            embassy_contacts::update(tx, case, id, if_match.expected(), |contact| {
                patch.apply(&UpdateEmbassyContact::from(&*contact))?.put_into(contact);
                Ok(())
            })
        })
        .await?;
    Ok(respond::changed(etag(&row), &EmbassyContact::from(row)))
}
