//! A sample of every record on the road home.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use super::{Answer, World, data};

/// Kinds of records: the collection below the case, the name in its operations, and a good body.
fn samples() -> Vec<(&'static str, &'static str, Value)> {
    let mut all = vec![
        (
            "screenings",
            "screening",
            json!({ "instrument": "ilo_indicators", "conducted_on": "2026-01-20", "language": "vi", "interpreter": true,
                    "indicators": [{ "indicator": "deception", "answer": "yes" }], "recommendation": "Rest first" }),
        ),
        (
            "status-determinations",
            "status_determination",
            json!({ "outcome": "possible", "decided_by_kind": "ngo", "decided_by": "NGO A", "decided_on": "2026-01-20", "evidence_note": "As told" }),
        ),
        (
            "travel-documents",
            "travel_document",
            json!({ "kind": "passport_valid", "status": "handed_over", "number": "C1234567", "handed_over_on": "2026-01-20", "expires_on": "2999-01-01" }),
        ),
        ("detentions", "detention", json!({ "facility": "Immigration centre", "since": "2026-01-10" })),
        ("charges", "charge", json!({ "status": "suspected", "offence": "Irregular entry", "since": "2026-01-10" })),
        ("fine-waivers", "fine_waiver", json!({ "status": "requested", "reason": "non_punishment", "percent": "50" })),
        (
            "fine-payments",
            "fine_payment",
            json!({ "money": { "amount": "10.00", "currency": "USD" }, "payer": "family", "paid_on": "2026-01-20" }),
        ),
        (
            "return-decisions",
            "return_decision",
            json!({ "decision": "return", "voluntariness": "voluntary", "counselling_on": "2026-01-20", "decided_on": "2026-01-20", "signed_on": "2026-01-20", "evidence": "Folder 7" }),
        ),
        (
            "risk-assessments",
            "risk_assessment",
            json!({ "kind": "return", "level": "low", "assessed_on": "2026-01-20", "factors": ["Debt at home"] }),
        ),
        (
            "fit-to-travel",
            "fit_to_travel_clearance",
            json!({ "fit": true, "examined_on": "2026-01-20", "conditions": "With her medicine" }),
        ),
        ("legal-holds", "legal_hold", json!({ "kind": "witness_proceedings", "imposed_on": "2026-01-20", "lifted_on": "2026-01-25" })),
        (
            "best-interests",
            "best_interests_procedure",
            json!({ "kind": "bid", "initiated_on": "2026-01-20", "decided_on": "2026-01-22", "decision": "return_to_family", "guardian": "Aunt",
                    "caregiver": "Aunt", "caregiver_assessed_on": "2026-01-22", "escort": "Social worker" }),
        ),
        (
            "movements",
            "movement",
            json!({ "mode": "flight", "status": "booked", "carrier": "An airline", "departs_at": "2999-01-01T08:00:00Z", "arrives_at": "2999-01-01T12:00:00Z" }),
        ),
        ("arrivals", "arrival", json!({ "arrived_on": "2026-01-21", "port": "Airport", "received_by": "Ministry" })),
        (
            "support-plans",
            "support_plan",
            json!({ "kinds": ["legal", "livelihood"], "status": "planned", "goals": "A workshop of her own" }),
        ),
        ("follow-ups", "follow_up", json!({ "due_on": "2026-06-01", "mode": "call" })),
        (
            "deaths",
            "death",
            json!({ "place": "Calmette Hospital, Phnom Penh", "cause_stated": "Head injury", "certified_by": "City hall", "certificate_number": "D-17",
                    "next_of_kin": "Sister", "wishes": "Home, to her village", "remains": "cremated" }),
        ),
        (
            "host-episodes",
            "host_episode",
            json!({ "country": "MMR", "entered_by": "irregular", "left_on": "2025-10-22", "left_by": "fled",
                    "entry_point": "Myawaddy", "fine_left": { "amount": "225", "currency": "USD" } }),
        ),
        (
            "protection-outcomes",
            "protection_outcome",
            json!({ "outcome": "claim_refused", "decided_on": "2026-01-20", "authority": "Refugee office", "country": "KHM", "reference": "R-114" }),
        ),
        (
            "births",
            "birth",
            json!({ "country": "KHM", "place": "Calmette Hospital, Phnom Penh", "born_on": "1980-05-05", "registration_number": "412/26",
                    "mother_nationality": "VNM", "citizenship_claimed": "VNM" }),
        ),
    ];
    all.extend(of_daily_work());
    all
}

/// The same of the daily work.
fn of_daily_work() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "next-of-kin",
            "next_of_kin",
            json!({ "name": "Trần Thị Lan", "relation": "Mother", "is_safe": "yes", "phone": { "number": "+84 912 345 678", "safe": true },
                    "language": "vi", "may_know": "That he is safe, not where", "is_emergency_contact": true }),
        ),
        (
            "family-contacts",
            "family_contact",
            json!({ "contacted_on": "2026-01-20", "initiated_by": "family", "channel": "phone", "relative": "Her brother", "said": "They sent a video",
                    "ransom_demanded": true, "ransom": { "amount": "5000", "currency": "USD" } }),
        ),
        (
            "recruiters",
            "recruiter",
            json!({ "position": 1, "role": "recruiter", "alias": "Brother Long", "handle": "Zalo longjobs88", "country": "VNM" }),
        ),
        (
            "money-events",
            "money_event",
            json!({ "kind": "imposed_debt", "money": { "amount": "3000", "currency": "USD" }, "happened_on": "2025-11", "payer": "person",
                    "paid_to": "Team leader Wu", "still_demanded": true }),
        ),
        (
            "placements",
            "placement",
            json!({ "kind": "hotel", "facility": "Hotel of the lotus", "city": "Poipet", "country": "KHM", "from": "2026-01-20", "payer": "ngo" }),
        ),
        (
            "assistance",
            "assistance",
            json!({ "kind": "phone_credit", "given_on": "2026-01-20", "what": "Credit to call home", "money": { "amount": "5", "currency": "USD" },
                    "fund": "ngo", "receipt": "R-1" }),
        ),
        (
            "letters",
            "letter",
            json!({ "kind": "note_verbale", "direction": "sent", "reference": "NV 7/I/2026", "dated_on": "2026-01-19", "party": "immigration",
                    "subject": "Exit permits for eleven people" }),
        ),
        (
            "health-screenings",
            "health_screening",
            json!({ "screened_on": "2026-01-20", "triage": "yellow", "pregnancy": "not_asked", "suicide_risk": "low", "injuries": "Burns on both hands",
                    "sexual_violence_disclosed": "yes", "sexual_violence_on": "2026-01-18", "tests": [{ "test": "HIV", "offered_on": "2026-01-20" }],
                    "care_within_72_hours": { "offered_on": "2026-01-20", "accepted": true } }),
        ),
    ]
}

/// A small change that every record of a kind takes.
fn change(name: &str) -> Value {
    match name {
        "screening" => json!({ "interviewer": "Somebody" }),
        "travel_document" => json!({ "number": "C7654321" }),
        "detention" => json!({ "released_on": "2026-01-19" }),
        "charge" => json!({ "status": "acquitted" }),
        "fine_waiver" => json!({ "requested_on": "2026-01-19" }),
        "fine_payment" => json!({ "cancelled_on": "2026-01-21", "cancellation_reason": "Typed twice" }),
        "return_decision" => json!({ "withdrawn_on": "2026-01-21" }),
        "risk_assessment" => json!({ "next_due_on": "2026-03-01" }),
        "fit_to_travel_clearance" => json!({ "valid_until": "2999-01-01" }),
        "legal_hold" => json!({ "imposed_by": "Court" }),
        "best_interests_procedure" => json!({ "views_of_the_child": "Wants to go home" }),
        "movement" => json!({ "reference": "XY 123" }),
        "arrival" => json!({ "released_to": "Her parents" }),
        "support_plan" => json!({ "provider": "A foundation" }),
        "follow_up" => json!({ "mode": "home_visit" }),
        "death" => json!({ "remains": "ashes_returned" }),
        "protection_outcome" => json!({ "appeal_until": "2999-01-01" }),
        "host_episode" => json!({ "entry_ban": { "permanent": true } }),
        "next_of_kin" => json!({ "decides_for_person": "Parent of a child" }),
        "family_contact" => json!({ "threats": "A finger for each week" }),
        "recruiter" => json!({ "route": "By bus to the border, then on foot" }),
        "money_event" => json!({ "still_demanded": false }),
        "placement" => json!({ "until": "2026-01-22" }),
        "assistance" => json!({ "cancelled_on": "2026-01-21", "cancellation_reason": "Typed twice" }),
        "letter" => json!({ "answered_on": "2026-01-20", "answer": "Granted for all" }),
        "health_screening" => json!({ "referral": "Provincial hospital" }),
        "birth" => json!({ "registration_number": "413/26" }),
        other => panic!("{other}: add a change to tests/api/support/records.rs"),
    }
}

/// The body of an operation on a record; none for operations on other things.
pub fn body(operation: &str) -> Option<Value> {
    let (verb, name) = operation.split_once('_')?;
    let (.., sample) = samples().into_iter().find(|(_, known, _)| *known == name)?;
    match verb {
        "create" => Some(sample),
        "update" => Some(change(name)),
        _ => None,
    }
}

/// Every kind of record: the collection below the case, and a valid body.
pub fn all() -> Vec<(&'static str, Value)> {
    samples().into_iter().map(|(collection, _, sample)| (collection, sample)).collect()
}

/// Creates a record of a collection on a case of NGO A; returns the empty text for a collection without records.
pub async fn one_of(world: &World, case: &str, collection: &str) -> String {
    let Some((.., sample)) = samples().into_iter().find(|(known, ..)| *known == collection) else { return String::new() };
    let url = format!("/v1/cases/{case}");
    if collection.starts_with("fine-") {
        world.patch("caseworker.a", &format!("{url}/immigration-clearance"), json!({ "stay_expired_on": "2025-12-01" })).await.expect(200);
    }
    if collection == "arrivals" {
        has_departed(world, case);
    }
    if collection == "deaths" {
        has_died(world, case);
    }
    let answer = world.post("caseworker.a", &format!("{url}/{collection}"), sample).await.expect(201).json();
    answer["id"].as_str().expect("an id").to_owned()
}

/// Moves a case to a stage that the guards would allow only after many steps.
pub fn has_departed(world: &World, case: &str) {
    stands(world, case, "stage = 'departed'");
}

/// Lets a person be dead.
pub fn has_died(world: &World, case: &str) {
    stands(world, case, "side_state = 'deceased'");
}

/// Lets somebody who was dead be alive again, with everything that was recorded of the death.
pub fn is_alive(world: &World, case: &str) {
    stands(world, case, "side_state = NULL");
}

fn stands(world: &World, case: &str, place: &str) {
    let id = case.replace('-', "");
    world
        .database
        .with_connection(|connection| {
            let id = if connection.is_postgres() { format!("'{case}'") } else { format!("x'{id}'") };
            connection.batch_execute(&format!("UPDATE cases SET {place} WHERE id = {id}"))
        })
        .expect("the case is moved");
}

/// Somebody who may be linked to a case, or is, as an operation needs it.
pub async fn related(world: &World, case: &str, template: &str) -> (String, String) {
    let id_of = |answer: Answer| answer.expect(201).json()["id"].as_str().expect("an id").to_owned();
    if template.split('/').nth(4) != Some("relations") {
        return (String::new(), String::new());
    }
    let relative = id_of(world.post("caseworker.a", "/v1/cases", data::taiwanese()).await);
    if !template.ends_with("_id}") {
        return (relative, String::new());
    }
    let body = json!({ "case_id": relative, "relation": "sibling" });
    let relation = id_of(world.post("caseworker.a", &format!("/v1/cases/{case}/relations"), body).await);
    (relative, relation)
}
