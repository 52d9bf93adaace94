//! What is recorded on the road home.

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
    Arrival, BestInterests, Birth, Charge, Death, Detention, FinePayment, FineWaiver, FitToTravel, FollowUp, HostEpisode, LegalHold,
    Movement, ProtectionOutcome, ReturnDecision, RiskAssessment, Screening, StatusDetermination, SupportPlan, TravelDocument,
};
use crate::error::Result;

/// The operations of every kind.
pub fn configure(api: &mut ServiceConfig<'_>) {
    Screening::serve(api);
    StatusDetermination::serve(api);
    TravelDocument::serve(api);
    Detention::serve(api);
    Charge::serve(api);
    FineWaiver::serve(api);
    FinePayment::serve(api);
    ReturnDecision::serve(api);
    RiskAssessment::serve(api);
    FitToTravel::serve(api);
    LegalHold::serve(api);
    BestInterests::serve(api);
    Movement::serve(api);
    Arrival::serve(api);
    SupportPlan::serve(api);
    FollowUp::serve(api);
    Birth::serve(api);
    Death::serve(api);
    HostEpisode::serve(api);
    ProtectionOutcome::serve(api);
}

case_record!(
    Screening: "a screening", "screenings", "screening", "/v1/cases/{id}/screenings", "/v1/cases/{id}/screenings/{record_id}", may::CaseUpdate,
    ScreeningRecord = Screening, ScreeningList, list_screenings, get_screening, create_screening, update_screening: "#/components/schemas/UpdateScreening"
);
case_record!(
    StatusDetermination: "a status determination", "status determinations", "screening", "/v1/cases/{id}/status-determinations", "/v1/cases/{id}/status-determinations/{record_id}", may::ByPerson<may::CaseUpdate>,
    StatusDeterminationRecord = StatusDetermination, StatusDeterminationList, list_status_determinations, get_status_determination, create_status_determination
);
case_record!(
    TravelDocument: "a travel document", "travel documents", "travel documents", "/v1/cases/{id}/travel-documents", "/v1/cases/{id}/travel-documents/{record_id}", may::CaseUpdate,
    TravelDocumentRecord = TravelDocument, TravelDocumentList, list_travel_documents, get_travel_document, create_travel_document, update_travel_document: "#/components/schemas/UpdateTravelDocument"
);
case_record!(
    Detention: "a period of detention", "periods of detention", "immigration", "/v1/cases/{id}/detentions", "/v1/cases/{id}/detentions/{record_id}", may::ByPerson<may::CaseUpdate>,
    DetentionRecord = Detention, DetentionList, list_detentions, get_detention, create_detention, update_detention: "#/components/schemas/UpdateDetention"
);
case_record!(
    Charge: "a criminal charge", "criminal charges", "immigration", "/v1/cases/{id}/charges", "/v1/cases/{id}/charges/{record_id}", may::CaseUpdate,
    ChargeRecord = Charge, ChargeList, list_charges, get_charge, create_charge, update_charge: "#/components/schemas/UpdateCharge"
);
case_record!(
    FineWaiver: "a waiver of the fine", "waivers of the fine", "immigration", "/v1/cases/{id}/fine-waivers", "/v1/cases/{id}/fine-waivers/{record_id}", may::CaseUpdate,
    FineWaiverRecord = FineWaiver, FineWaiverList, list_fine_waivers, get_fine_waiver, create_fine_waiver, update_fine_waiver: "#/components/schemas/UpdateFineWaiver"
);
case_record!(
    FinePayment: "a payment towards the fine", "payments towards the fine", "immigration", "/v1/cases/{id}/fine-payments", "/v1/cases/{id}/fine-payments/{record_id}", may::CaseUpdate,
    FinePaymentRecord = FinePayment, FinePaymentList, list_fine_payments, get_fine_payment, create_fine_payment, update_fine_payment: "#/components/schemas/UpdateFinePayment"
);
case_record!(
    ReturnDecision: "a decision about return", "decisions about return", "departure", "/v1/cases/{id}/return-decisions", "/v1/cases/{id}/return-decisions/{record_id}", may::ByPerson<may::CaseUpdate>,
    ReturnDecisionRecord = ReturnDecision, ReturnDecisionList, list_return_decisions, get_return_decision, create_return_decision, update_return_decision: "#/components/schemas/UpdateReturnDecision"
);
case_record!(
    RiskAssessment: "a risk assessment", "risk assessments", "departure", "/v1/cases/{id}/risk-assessments", "/v1/cases/{id}/risk-assessments/{record_id}", may::ByPerson<may::CaseUpdate>,
    RiskAssessmentRecord = RiskAssessment, RiskAssessmentList, list_risk_assessments, get_risk_assessment, create_risk_assessment, update_risk_assessment: "#/components/schemas/UpdateRiskAssessment"
);
case_record!(
    FitToTravel: "a medical clearance", "medical clearances", "departure", "/v1/cases/{id}/fit-to-travel", "/v1/cases/{id}/fit-to-travel/{record_id}", may::ByPerson<may::CaseUpdate>,
    FitToTravelRecord = FitToTravel, FitToTravelList, list_fit_to_travel_clearances, get_fit_to_travel_clearance, create_fit_to_travel_clearance, update_fit_to_travel_clearance: "#/components/schemas/UpdateFitToTravel"
);
case_record!(
    LegalHold: "a legal hold", "legal holds", "departure", "/v1/cases/{id}/legal-holds", "/v1/cases/{id}/legal-holds/{record_id}", may::ByPerson<may::CaseUpdate>,
    LegalHoldRecord = LegalHold, LegalHoldList, list_legal_holds, get_legal_hold, create_legal_hold, update_legal_hold: "#/components/schemas/UpdateLegalHold"
);
case_record!(
    BestInterests: "a best-interests procedure", "best-interests procedures", "departure", "/v1/cases/{id}/best-interests", "/v1/cases/{id}/best-interests/{record_id}", may::ByPerson<may::CaseUpdate>,
    BestInterestsRecord = BestInterests, BestInterestsList, list_best_interests_procedures, get_best_interests_procedure, create_best_interests_procedure, update_best_interests_procedure: "#/components/schemas/UpdateBestInterests"
);
case_record!(
    Movement: "a movement", "movements", "movements", "/v1/cases/{id}/movements", "/v1/cases/{id}/movements/{record_id}", may::CaseUpdate,
    MovementRecord = Movement, MovementList, list_movements, get_movement, create_movement, update_movement: "#/components/schemas/UpdateMovement"
);
case_record!(
    Arrival: "an arrival", "arrivals", "reintegration", "/v1/cases/{id}/arrivals", "/v1/cases/{id}/arrivals/{record_id}", may::CaseUpdate,
    ArrivalRecord = Arrival, ArrivalList, list_arrivals, get_arrival, create_arrival, update_arrival: "#/components/schemas/UpdateArrival"
);
case_record!(
    SupportPlan: "a support plan", "support plans", "reintegration", "/v1/cases/{id}/support-plans", "/v1/cases/{id}/support-plans/{record_id}", may::CaseUpdate,
    SupportPlanRecord = SupportPlan, SupportPlanList, list_support_plans, get_support_plan, create_support_plan, update_support_plan: "#/components/schemas/UpdateSupportPlan"
);
case_record!(
    FollowUp: "a follow-up", "follow-ups", "reintegration", "/v1/cases/{id}/follow-ups", "/v1/cases/{id}/follow-ups/{record_id}", may::CaseUpdate,
    FollowUpRecord = FollowUp, FollowUpList, list_follow_ups, get_follow_up, create_follow_up, update_follow_up: "#/components/schemas/UpdateFollowUp"
);
case_record!(
    Death: "a death", "deaths", "repatriation", "/v1/cases/{id}/deaths", "/v1/cases/{id}/deaths/{record_id}", may::ByPerson<may::CaseUpdate>,
    DeathRecord = Death, DeathList, list_deaths, get_death, create_death, update_death: "#/components/schemas/UpdateDeath"
);
case_record!(
    HostEpisode: "an earlier host country", "earlier host countries", "immigration", "/v1/cases/{id}/host-episodes", "/v1/cases/{id}/host-episodes/{record_id}", may::CaseUpdate,
    HostEpisodeRecord = HostEpisode, HostEpisodeList, list_host_episodes, get_host_episode, create_host_episode, update_host_episode: "#/components/schemas/UpdateHostEpisode"
);
case_record!(
    ProtectionOutcome: "an outcome of the protection pathway", "outcomes of the protection pathway", "repatriation", "/v1/cases/{id}/protection-outcomes", "/v1/cases/{id}/protection-outcomes/{record_id}", may::ByPerson<may::CaseUpdate>,
    ProtectionOutcomeRecord = ProtectionOutcome, ProtectionOutcomeList, list_protection_outcomes, get_protection_outcome, create_protection_outcome, update_protection_outcome: "#/components/schemas/UpdateProtectionOutcome"
);
case_record!(
    Birth: "a birth", "births", "cases", "/v1/cases/{id}/births", "/v1/cases/{id}/births/{record_id}", may::ByPerson<may::CaseUpdate>,
    BirthRecord = Birth, BirthList, list_births, get_birth, create_birth, update_birth: "#/components/schemas/UpdateBirth"
);
