//! The daily work on a case: kin, money, beds, help, letters and health.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde::Serialize;
use std::marker::PhantomData;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Patch, Path};
use crate::api::http::path_params::{CasePath, RecordPath};
use crate::api::http::respond;
use crate::api::repatriation::case_record::{RecordOf, Served, case_record, etag};
use crate::db::Tx;
use crate::db::process::records::{self, Recorded};
use crate::db::repatriation::records as repatriation_records;
use crate::domain::access::compartments::Compartment;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, RecordId};
use crate::domain::repatriation::records::record::CaseRecord;
use crate::domain::repatriation::records::{
    Assistance, FamilyContact, HealthScreening, Letter, MoneyEvent, NextOfKin, Placement, Recruiter,
};
use crate::error::Result;

/// The operations of every kind.
pub fn configure(api: &mut ServiceConfig<'_>) {
    NextOfKin::serve(api);
    FamilyContact::serve(api);
    Recruiter::serve(api);
    MoneyEvent::serve(api);
    Placement::serve(api);
    Assistance::serve(api);
    Letter::serve(api);
    HealthScreening::serve(api);
}

case_record!(
    NextOfKin: "next of kin", "next of kin", "daily work", "/v1/cases/{id}/next-of-kin", "/v1/cases/{id}/next-of-kin/{record_id}", may::CaseUpdate,
    NextOfKinRecord = NextOfKin, NextOfKinList, list_next_of_kin, get_next_of_kin, create_next_of_kin, update_next_of_kin: "#/components/schemas/UpdateNextOfKin"
);
case_record!(
    FamilyContact: "a contact with the family", "contacts with the family", "daily work", "/v1/cases/{id}/family-contacts", "/v1/cases/{id}/family-contacts/{record_id}", may::CaseUpdate,
    FamilyContactRecord = FamilyContact, FamilyContactList, list_family_contacts, get_family_contact, create_family_contact, update_family_contact: "#/components/schemas/UpdateFamilyContact"
);
case_record!(
    Recruiter: "a link of the chain of recruiters", "links of the chain of recruiters", "daily work", "/v1/cases/{id}/recruiters", "/v1/cases/{id}/recruiters/{record_id}", may::ByPerson<may::CaseUpdate>,
    RecruiterRecord = Recruiter, RecruiterList, list_recruiters, get_recruiter, create_recruiter, update_recruiter: "#/components/schemas/UpdateRecruiter"
);
case_record!(
    MoneyEvent: "a debt or payment", "debts and payments", "daily work", "/v1/cases/{id}/money-events", "/v1/cases/{id}/money-events/{record_id}", may::CaseUpdate,
    MoneyEventRecord = MoneyEvent, MoneyEventList, list_money_events, get_money_event, create_money_event, update_money_event: "#/components/schemas/UpdateMoneyEvent"
);
case_record!(
    Placement: "a placement", "placements", "daily work", "/v1/cases/{id}/placements", "/v1/cases/{id}/placements/{record_id}", may::ByPerson<may::CaseUpdate>,
    PlacementRecord = Placement, PlacementList, list_placements, get_placement, create_placement, update_placement: "#/components/schemas/UpdatePlacement"
);
case_record!(
    Assistance: "assistance", "assistance", "daily work", "/v1/cases/{id}/assistance", "/v1/cases/{id}/assistance/{record_id}", may::CaseUpdate,
    AssistanceRecord = Assistance, AssistanceList, list_assistance, get_assistance, create_assistance, update_assistance: "#/components/schemas/UpdateAssistance"
);
case_record!(
    Letter: "a letter", "letters", "daily work", "/v1/cases/{id}/letters", "/v1/cases/{id}/letters/{record_id}", may::CaseUpdate,
    LetterRecord = Letter, LetterList, list_letters, get_letter, create_letter, update_letter: "#/components/schemas/UpdateLetter"
);
case_record!(
    HealthScreening: "a health screening", "health screenings", "daily work", "/v1/cases/{id}/health-screenings", "/v1/cases/{id}/health-screenings/{record_id}", may::ByPerson<may::CaseUpdate>,
    HealthScreeningRecord = HealthScreening, HealthScreeningList, list_health_screenings, get_health_screening, create_health_screening, update_health_screening: "#/components/schemas/UpdateHealthScreening"
);
