//! What is recorded on the road home. Every kind is read and written alike; one line a kind makes its operations, and the
//! specification of each.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde::Serialize;
use std::marker::PhantomData;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Recalled, Referenced, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Patch, Path};
use crate::api::http::path_params::{CasePath, RecordPath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::casefile::idempotency::Reference;
use crate::db::process::records::{self, Recorded};
use crate::db::repatriation::records as repatriation_records;
use crate::domain::access::compartments::{Compartment, CompartmentSet};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CaseId, OrganisationId, RecordId};
use crate::domain::repatriation::records::record::CaseRecord;
use crate::domain::repatriation::records::{
    Arrival, BestInterests, Charge, Death, Detention, FinePayment, FineWaiver, FitToTravel, FollowUp, LegalHold, Movement, ReturnDecision,
    RiskAssessment, Screening, StatusDetermination, SupportPlan, TravelDocument,
};
use crate::error::Result;

fn etag<R: CaseRecord>(record: &Recorded<R>) -> String {
    respond::etag(record.version, CompartmentSet::EMPTY.with(R::KIND.compartment()))
}

/// A record of one kind that was made.
struct RecordOf<R> {
    case: CaseId,
    id: RecordId,
    content: PhantomData<R>,
}

impl<R: 'static> Referenced for RecordOf<R> {
    fn reference(&self) -> Reference {
        OfCase { case: self.case, id: self.id }.reference()
    }
}

impl<R: 'static> Recalled for RecordOf<R> {
    fn recall(kept: &Reference) -> Option<Self> {
        OfCase::recall(kept).map(|OfCase { case, id }| Self { case, id, content: PhantomData })
    }
}

/// Declares the answers and operations of one kind of record. `$a_one` and `$many` are what it is called in sentences; `$writer`
/// is the permission to record one, which says whether a machine may: nothing that somebody decided, found or assessed and
/// answers for, and not where somebody is held.
macro_rules! case_record {
    (
        $content:ident: $a_one:tt, $many:tt, $tag:tt, $collection:tt, $item:tt, $writer:ty,
        $record:ident = $name:ident, $list:ident, $list_operation:ident, $get_operation:ident, $create_operation:ident
        $(, $update_operation:ident: $update_schema:tt)?
    ) => {
        #[doc = concat!("The record of ", $a_one, ".")]
        #[derive(Serialize, ToSchema)]
        #[schema(as = $name, description = concat!("The record of ", $a_one, "."))]
        pub struct $record {
            /// Its id.
            id: RecordId,
            /// The case.
            case_id: CaseId,
            #[serde(flatten)]
            content: $content,
            /// Who recorded it; null for another mission where yours is a guest.
            recorded_by: Option<OrganisationId>,
            /// When it was recorded.
            created_at: Timestamp,
            /// Last change.
            updated_at: Timestamp,
            /// As in the ETag.
            #[schema(minimum = 1, maximum = 9007199254740991i64)]
            version: i64,
        }

        impl From<Recorded<$content>> for $record {
            fn from(record: Recorded<$content>) -> Self {
                let Recorded { id, case_id, recorded_by, created_at, updated_at, version, content, merged_from: _ } = record;
                Self { id, case_id, content, recorded_by, created_at, updated_at, version }
            }
        }

        #[doc = concat!("The ", $many, " of a case.")]
        #[derive(Serialize, ToSchema)]
        #[schema(description = concat!("The ", $many, " of a case."))]
        pub struct $list {
            /// Oldest first; absent where the compartment is closed to you.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(max_items = 1000, nullable = false)]
            items: Option<Vec<$record>>,
            /// The compartment that `items` is absent for.
            #[schema(max_items = 1)]
            redacted: Vec<Compartment>,
        }

        #[doc = concat!("Lists the ", $many, " of a case.")]
        #[utoipa::path(
            tag = $tag,
            summary = concat!("List the ", $many, " of a case."),
            params(CasePath),
            responses((status = 200, body = $list, description = "The list"))
        )]
        #[get($collection)]
        pub async fn $list_operation(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<$list>> {
            let items = allowed.read(move |tx| records::list::<$content>(tx, id.0)).await?;
            let redacted = if items.is_none() { vec![<$content>::KIND.compartment()] } else { Vec::new() };
            Ok(web::Json($list { items: items.map(|items| items.into_iter().map($record::from).collect()), redacted }))
        }

        #[doc = concat!("Gets ", $a_one, ".")]
        #[utoipa::path(
            tag = $tag,
            summary = concat!("Get ", $a_one, "."),
            params(RecordPath),
            responses((status = 200, body = $record, description = "The record"))
        )]
        #[get($item)]
        pub async fn $get_operation(http: HttpRequest, allowed: Allowed<may::CaseRead>, path: Path<RecordPath>) -> Result<HttpResponse> {
            let RecordPath { id: case, record_id: id } = path.0;
            let record = allowed.read(move |tx| records::find::<$content>(tx, case, id)).await?;
            Ok(respond::found(&http, etag(&record), &$record::from(record)))
        }

        impl Rendered for RecordOf<$content> {
            fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
                let record = records::find::<$content>(tx, self.case, self.id)?;
                let location = $item.replace("{id}", &self.case.to_string()).replace("{record_id}", &self.id.to_string());
                respond::answer(location, etag(&record), &$record::from(record))
            }
        }

        #[doc = concat!("Records ", $a_one, ".")]
        #[utoipa::path(
            tag = $tag,
            summary = concat!("Record ", $a_one, "."),
            description = "With a grant that opens the compartment. A new version of the case.",
            params(CasePath),
            request_body = $content,
            responses((status = 201, body = $record, description = "Recorded"))
        )]
        #[post($collection)]
        pub async fn $create_operation(allowed: Allowed<$writer>, id: Path<CaseId>, body: CreateBody<$content>) -> Result<HttpResponse> {
            let content = body.input;
            allowed
                .create(body.key, move |tx| {
                    let record = repatriation_records::insert(tx, id.0, content.clone())?;
                    Ok(RecordOf::<$content> { case: id.0, id: record.id, content: PhantomData })
                })
                .await
        }

        $(
            #[doc = concat!("Changes ", $a_one, ".")]
            #[utoipa::path(
                tag = $tag,
                summary = concat!("Change ", $a_one, "."),
                description = "A merge patch with `If-Match`, and a grant that opens the compartment. A new version of the case.",
                params(RecordPath, IfMatch),
                request_body(content = ref($update_schema), content_type = "application/merge-patch+json"),
                responses((status = 200, body = $record, description = "Changed"))
            )]
            #[patch($item)]
            pub async fn $update_operation(allowed: Allowed<$writer>, path: Path<RecordPath>, if_match: IfMatch, patch: Patch<$content>) -> Result<HttpResponse> {
                let RecordPath { id: case, record_id: id } = path.0;
                let record = allowed
                    .write(move |tx| repatriation_records::update::<$content, _>(tx, case, id, if_match.expected(), |before| patch.apply(&before)))
                    .await?;
                Ok(respond::changed(etag(&record), &$record::from(record)))
            }
        )?
    };
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
