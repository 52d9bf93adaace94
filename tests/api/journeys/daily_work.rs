//! A week of daily work on one case: the mother phones with a ransom demand, and help comes from two desks that read different things.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::journey::at;
use crate::support::{World, data};

/// Records something, and returns where it is.
async fn record(world: &World, actor: &str, case: &Value, collection: &str, body: Value) -> String {
    world.post(actor, &at(case, &format!("/{collection}")), body).await.expect(201).header("location").to_owned()
}

async fn items(world: &World, actor: &str, case: &Value, collection: &str) -> Vec<Value> {
    let list = world.get(actor, &at(case, &format!("/{collection}"))).await.expect(200).json();
    list["items"].as_array().cloned().unwrap_or_default()
}

/// Everything that an actor reads of a case, on paper and in its history, joined into one text.
async fn read(world: &World, actor: &str, case: &Value) -> String {
    let mut text = String::new();
    for collection in [
        "next-of-kin",
        "family-contacts",
        "recruiters",
        "money-events",
        "placements",
        "assistance",
        "letters",
        "health-screenings",
        "tasks",
        "dossier",
        "history?limit=200",
    ] {
        text += &world.get(actor, &at(case, &format!("/{collection}"))).await.expect(200).text();
    }
    text
}

/// What NGO A writes down in that week.
async fn week(world: &World, case: &Value) {
    let (today, usd) = (world.day(0), |amount: &str| json!({ "amount": amount, "currency": "USD" }));
    let call = json!({ "contacted_on": today, "initiated_by": "family", "channel": "phone", "relative": "His mother", "said": "They sent her a video",
                       "ransom_demanded": true, "ransom": usd("8000"), "threats": "A finger for each week" });
    record(world, "caseworker.a", case, "family-contacts", call).await;
    let mother = json!({ "name": "Phạm Thị Hoa", "relation": "Mother", "is_safe": "yes", "phone": { "number": "+84 912 345 678", "safe": true },
                         "language": "vi", "may_know": "That he is safe, not where", "is_emergency_contact": true });
    record(world, "caseworker.a", case, "next-of-kin", mother).await;
    let uncle = json!({ "name": "Phạm Văn Bình", "relation": "Uncle", "is_safe": "no", "may_know": "Nothing: he knows the recruiter" });
    record(world, "caseworker.a", case, "next-of-kin", uncle).await;
    let ransom =
        json!({ "kind": "ransom", "money": usd("8000"), "payer": "family", "paid_to": "Account of Mr Wu", "still_demanded": true });
    let ransom = record(world, "caseworker.a", case, "money-events", ransom).await;
    world.patch("caseworker.a", &ransom, json!({ "still_demanded": false })).await.expect(200);
    let debt = json!({ "kind": "imposed_debt", "money": usd("3000"), "happened_on": "2025-11", "payer": "person" });
    record(world, "caseworker.a", case, "money-events", debt).await;
    let link = json!({ "position": 1, "role": "recruiter", "alias": "Brother Long", "handle": "Zalo longjobs88", "paid_by": "The casino" });
    record(world, "caseworker.a", case, "recruiters", link).await;
    for (kind, facility, city, from, until) in [
        ("hotel", "Hotel of the lotus", "Poipet", -6, Some(-4)),
        ("hospital", "Provincial hospital", "Sisophon", -4, Some(-1)),
        ("shelter", "House of the willow", "Phnom Penh", -1, None),
    ] {
        let until = until.map(|day| world.day(day));
        let bed = json!({ "kind": kind, "facility": facility, "city": city, "country": "KHM", "from": world.day(from), "until": until, "payer": "ngo" });
        record(world, "caseworker.a", case, "placements", bed).await;
    }
    let credit = json!({ "kind": "phone_credit", "given_on": today, "what": "Credit to call home", "money": usd("5"), "fund": "ngo", "receipt": "R-17" });
    record(world, "caseworker.a", case, "assistance", credit).await;
    let note = json!({ "kind": "official_letter", "direction": "sent", "reference": "A 44/2026", "dated_on": today, "party": "immigration",
                       "subject": "Exit permits for eleven people" });
    record(world, "caseworker.a", case, "letters", note).await;
    let health = json!({ "screened_on": today, "screener": "Nurse Sok", "triage": "orange", "injuries": "Burns on both hands", "pregnancy": "not_asked",
                         "suicide_risk": "moderate", "medication": "Ibuprofen", "sexual_violence_disclosed": "not_asked",
                         "tests": [{ "test": "Tuberculosis", "offered_on": today, "accepted": false }] });
    record(world, "caseworker.a", case, "health-screenings", health).await;
}

/// What of that week no guest mission reads.
const KEPT: &[&str] = &[
    "They sent her a video",
    "A finger for each week",
    "Phạm Thị Hoa",
    "84912345678",
    "knows the recruiter",
    "Account of Mr Wu",
    "imposed_debt",
    "Brother Long",
    "longjobs88",
    "The casino",
    "Hotel of the lotus",
    "Provincial hospital",
    "House of the willow",
    "Credit to call home",
    "R-17",
    "A 44/2026",
    "Exit permits for eleven people",
    "Burns on both hands",
    "Ibuprofen",
    "Tuberculosis",
];

#[rstest]
#[actix_web::test]
async fn a_mother_phones_and_two_desks_help(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = world.register("caseworker.a", data::vietnamese()).await;
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    week(world, &case).await;

    let stays = items(world, "caseworker.a", &case, "placements").await;
    let told: Vec<_> = stays.iter().map(|stay| (stay["kind"].as_str().unwrap(), stay["city"].as_str().unwrap())).collect();
    assert_eq!(told, [("hotel", "Poipet"), ("hospital", "Sisophon"), ("shelter", "Phnom Penh")]);
    let open: Vec<_> = stays.iter().filter(|stay| stay["until"].is_null()).map(|stay| &stay["kind"]).collect();
    assert_eq!(open, ["shelter"], "the newest placement that is open says where he is");
    let owner = read(world, "caseworker.a", &case).await;
    for text in KEPT {
        assert!(owner.contains(text), "the owner reads {text}");
    }

    // The embassy helps, too, and writes a note verbale for two of its nationals.
    let ticket = json!({ "kind": "document_fee", "given_on": world.day(0), "what": "Fee of the laissez-passer", "money": { "amount": "30", "currency": "USD" },
                         "fund": "sending_state", "fund_name": "Citizens' protection fund", "receipt": "VN-3", "repayable": true });
    let ticket = record(world, "officer.vnm", &case, "assistance", ticket).await;
    let note = json!({ "kind": "note_verbale", "direction": "sent", "reference": "NV 118/I/2026", "dated_on": world.day(0), "party": "foreign_ministry",
                       "subject": "Exit permits for two nationals" });
    let note = record(world, "officer.vnm", &case, "letters", note).await;
    let answered = json!({ "answered_on": world.day(0), "answer_reference": "MFA 7", "answer": "Granted to both" });
    world.patch("officer.vnm", &note, answered).await.expect(200);
    let own = read(world, "officer.vnm", &case).await;
    for text in ["Fee of the laissez-passer", "Citizens&#39; protection fund", "VN-3", "NV 118/I/2026", "MFA 7", "Granted to both"] {
        assert!(own.replace("Citizens' ", "Citizens&#39; ").contains(text), "the mission reads its own {text}");
    }
    for text in KEPT {
        assert!(!own.contains(text), "the mission reads {text}");
    }
    for (collection, count) in [("next-of-kin", 0), ("assistance", 1), ("letters", 1)] {
        assert_eq!(items(world, "officer.vnm", &case, collection).await.len(), count, "{collection}");
    }
    for collection in ["family-contacts", "recruiters", "money-events", "placements", "health-screenings"] {
        let list = world.get("officer.vnm", &at(&case, &format!("/{collection}"))).await.expect(200).json();
        assert_eq!(list.get("items"), None, "{collection}");
    }
    for kin in items(world, "caseworker.a", &case, "next-of-kin").await {
        let url = at(&case, &format!("/next-of-kin/{}", kin["id"].as_str().unwrap()));
        world.get("officer.vnm", &url).await.problem(404, "not_found");
        let change = json!({ "may_know": "All" });
        world.send("officer.vnm", Method::PATCH, &url, &[("if-match", "\"1-0\"")], Some(&change)).await.problem(404, "not_found");
    }

    // The owner reads what the mission gave and wrote; the desk who the person is, and not what happened.
    assert_eq!(items(world, "caseworker.a", &case, "assistance").await.len(), 2);
    world
        .patch("caseworker.a", &ticket, json!({ "cancelled_on": world.day(0), "cancellation_reason": "Paid by the family" }))
        .await
        .expect(200);
    let desk = read(world, "coordinator", &case).await;
    for (text, is_read) in [("Phạm Thị Hoa", true), ("R-17", true), ("NV 118/I/2026", true), ("Brother Long", false), ("Ibuprofen", false)]
    {
        assert_eq!(desk.contains(text), is_read, "the desk reads {text}");
    }
    for text in ["They sent her a video", "Account of Mr Wu", "House of the willow"] {
        assert!(!desk.contains(text), "the desk reads {text}");
    }
}
