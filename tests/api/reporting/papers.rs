//! The papers of the counter: what stands on them, in any script, and nothing that their reader may not see.

use rstest::rstest;
use serde_json::{Value, json};

use crate::repatriation::waiver_requests;
use crate::reporting::audit_reading::seal;
use crate::sharing::consents_and_referrals::{answer, organisation_of, step};
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::{World, data, records};

const CLOSED: &str = "not shown: closed to your organisation";
const BY_HAND: &str = "to be filled in by hand";
const ABOUT_ONE: [&str; 3] = ["/papers/authority-letter", "/papers/travel-document-application", "/papers/consent-form"];

fn at(case: &Value, rest: &str) -> String {
    format!("/v1/cases/{}{rest}", case["id"].as_str().unwrap())
}

async fn paper(world: &World, actor: &str, url: &str) -> String {
    let answer = world.get(actor, url).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{url}");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"), "{url}");
    let page = answer.text();
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("http"), "{url} loads or runs something");
    assert!(page.contains(&format!("Printed by {actor} (")) && page.contains("UTC"), "{url} does not say who printed it");
    page
}

/// What stands beside a label.
fn beside<'a>(page: &'a str, label: &str) -> &'a str {
    let from = page.split(&format!("<dt>{label}")).nth(1).unwrap_or_else(|| panic!("no {label} in {page}"));
    from.split("<dd").nth(1).and_then(|rest| rest.split("</dd>").next()).expect("a value")
}

/// A man of Viet Nam whose standing, family and papers are known.
async fn known(world: &World) -> Value {
    let mut body = data::vietnamese();
    body["identity"]["original_script_name"] = json!("Nguyễn Văn Hùng");
    body["identity"]["languages"] = json!(["vi", "en"]);
    body["identity"]["documents"] = json!([
        { "kind": "passport", "number": "N0815", "issuing_state": "VNM", "custody": "held_by_trafficker" },
        { "kind": "refugee_card", "number": "UNHCR-7", "custody": "with_person" },
    ]);
    body["contact"]["home_address"] = json!("12 Đường Lê Lợi, Vinh");
    let case = world.register("caseworker.a", body).await;
    let standing = json!({ "entered_on": "2025-03-04", "stay_expired_on": world.day(-10) });
    world.patch("caseworker.a", &at(&case, "/immigration-clearance"), standing).await.expect(200);
    for (collection, body) in records::all() {
        if matches!(collection, "detentions" | "next-of-kin" | "travel-documents") {
            world.post("caseworker.a", &at(&case, &format!("/{collection}")), body).await.expect(201);
        }
    }
    let feared = json!({ "name": "Nguyễn Văn Ác", "relation": "Uncle", "is_safe": "no" });
    world.post("caseworker.a", &at(&case, "/next-of-kin"), feared).await.expect(201);
    let contact = json!({ "mission_id": world.mission("VNM").await, "initiated_by": "person_request", "person_decision": "accepted" });
    world.post("caseworker.a", &at(&case, "/embassy-contacts"), contact).await.expect(201);
    case
}

#[rstest]
#[actix_web::test]
async fn anonymous(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let of = |collection: &str, rest: &str| format!("/v1/{collection}/7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10{rest}");
    let lists = [of("movements/batches", "/authority-letter"), of("waiver-requests", "/authority-letter")];
    for url in ABOUT_ONE.iter().map(|rest| of("cases", rest)).chain(lists) {
        world.get("", &url).await.problem(401, "unauthenticated");
        world.get("caseworker.a", &url).await.problem(404, "not_found");
    }
}

#[rstest]
#[actix_web::test]
async fn a_letter_asks_for_what_it_is_for_in_english_and_in_the_language_of_the_host(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = known(world).await;
    let letter = async |query: &str| paper(world, "caseworker.a", &at(&case, &format!("/papers/authority-letter{query}"))).await;
    let (release, exit, fine) = ("release each person", "an exit permit", "waive the overstay fine");
    let asks = |page: &str| [release, exit, fine].map(|ask| page.contains(ask));
    assert_eq!(asks(&letter("?purpose=release").await), [true, false, false]);
    assert_eq!(asks(&letter("?purpose=exit_permit").await), [false, true, false]);
    assert_eq!(asks(&letter("?purpose=fine_waiver").await), [false, false, true]);
    let any = letter("").await;
    assert_eq!((asks(&any), any.matches("☐").count()), ([true; 3], 3), "which of them is ticked by hand");
    assert!(beside(&any, "From").contains("NGO A") && beside(&any, "To").contains("Cambodia"), "{any}");
    assert!(beside(&any, "Date").contains(&world.day(0)), "{any}");
    for known in ["Văn Hùng Nguyễn (Nguyễn Văn Hùng)", "1995-11-03", "Vietnam (VNM)", "N0815 (VNM)", "2025-03-04", "C1234567"] {
        assert!(any.contains(known), "the letter lacks {known}");
    }
    assert!(any.contains("There are signs of trafficking in persons."), "{any}");
    assert!(any.contains("lang=\"km\"") && any.contains("អាជ្ញាធរមានសមត្ថកិច្ច") && any.contains("draft"), "{any}");
    let thai = letter("?language=th-TH").await;
    assert!(thai.contains("เจ้าหน้าที่ผู้มีอำนาจ") && !thai.contains("lang=\"km\""), "{thai}");
    for language in ["en", "sw"] {
        let page = letter(&format!("?language={language}")).await;
        assert!(page.contains("The competent authorities") && !page.contains("class=\"beside\" lang") && !page.contains("draft"), "{page}");
    }
    world.get("caseworker.a", &at(&case, "/papers/authority-letter?language=no_language")).await.problem(400, "invalid_query");
    world.get("caseworker.a", &at(&case, "/papers/authority-letter?purpose=mercy")).await.problem(400, "invalid_query");
}

#[rstest]
#[actix_web::test]
async fn a_letter_tells_no_more_than_it_asks_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = known(world).await;
    let letter =
        async |actor: &str, purpose: &str| paper(world, actor, &at(&case, &format!("/papers/authority-letter?purpose={purpose}"))).await;
    let fine = letter("caseworker.a", "fine_waiver").await;
    assert!(beside(&fine, "Days of overstay").contains("10") && beside(&fine, "Fine").contains("100.00 USD"), "{fine}");
    assert!(beside(&fine, "Still owed").contains("100.00 USD") && !fine.contains("Immigration centre"), "{fine}");
    let release = letter("caseworker.a", "release").await;
    assert!(beside(&release, "Held at").contains("Immigration centre, 2026-01-10") && !release.contains("USD"), "{release}");
    for never in ["House of the willow", "Is a witness", "Swam across", "Glasses", "Through his sister", "Trần Thị Lan", "UNHCR-7"] {
        assert!(!release.contains(never) && !fine.contains(never), "the letter tells {never}");
    }
    let of_mission = letter("officer.vnm", "release").await;
    assert!(of_mission.contains("Nguyễn Văn Hùng") && !of_mission.contains("Immigration centre"), "{of_mission}");
    assert!(beside(&of_mission, "Held at").contains(CLOSED), "where somebody is held is closed, and not unknown: {of_mission}");
    assert!(beside(&of_mission, "Place").contains("Phnom Penh"), "a mission writes from its city: {of_mission}");
    let none_known = world.register("caseworker.a", data::vietnamese()).await;
    let page = paper(world, "caseworker.a", &at(&none_known, "/papers/authority-letter?purpose=release")).await;
    assert!(beside(&page, "Passport").contains(BY_HAND) && beside(&page, "Held at").contains(BY_HAND), "{page}");
    assert!(!page.contains(CLOSED), "{page}");
}

#[rstest]
#[actix_web::test]
async fn whose_grant_opens_no_identity_prints_that_it_is_closed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = known(world).await;
    answer(world, &case, json!({})).await.expect(201);
    let mut referral = data::referral(&organisation_of(world, "caseworker.b").await);
    referral["compartments"] = json!(["health"]);
    let made = world.post("caseworker.a", &at(&case, "/referrals"), referral).await.expect(201).header("location").to_owned();
    step(world, "caseworker.b", &made, json!({ "to": "accepted" })).await.expect(200);
    let urls = ["/papers/authority-letter?purpose=fine_waiver", "/papers/authority-letter?purpose=release"];
    for url in urls.iter().chain(&ABOUT_ONE) {
        let page = paper(world, "caseworker.b", &at(&case, url)).await;
        for never in ["Hùng", "1995-11-03", "N0815", "C1234567", "2025-03-04", "100.00", "Immigration centre", "Lê Lợi", "Trần Thị Lan"]
        {
            assert!(!page.contains(never), "{url} tells {never}");
        }
        assert!(page.contains(case["code"].as_str().unwrap()) && page.contains(CLOSED), "{url}: {page}");
    }
    let letter = paper(world, "caseworker.b", &at(&case, urls[0])).await;
    for label in ["Name", "Date of birth", "Passport", "In the country since", "Days of overstay", "Fine"] {
        assert!(beside(&letter, label).contains(CLOSED), "{label}: {letter}");
    }
    let application = paper(world, "caseworker.b", &at(&case, ABOUT_ONE[1])).await;
    for label in ["Family name", "Home address", "Parents or next of kin", "Documents, and where they are"] {
        assert!(beside(&application, label).contains(CLOSED), "{label}: {application}");
    }
    for url in ABOUT_ONE {
        world.get("officer.idn", &at(&case, url)).await.problem(404, "not_found");
        world.get("admin", &at(&case, url)).await.problem(403, "permission_denied");
        world.get("analyst", &at(&case, url)).await.problem(403, "permission_denied");
    }
}

#[rstest]
#[actix_web::test]
async fn an_application_says_what_is_known_and_leaves_lines_for_the_rest(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = known(world).await;
    let page = paper(world, "caseworker.a", &at(&case, "/papers/travel-document-application?language=vi")).await;
    for (label, value) in [
        ("Family name", "Nguyễn"),
        ("Given names", "Văn Hùng"),
        ("Name in own script", "Nguyễn Văn Hùng"),
        ("Date of birth", "1995-11-03"),
        ("Sex", "male"),
        ("Nationality", "Vietnam (VNM)"),
        ("Home address", "12 Đường Lê Lợi, Vinh"),
        ("Parents or next of kin", "Trần Thị Lan (Mother)"),
        ("Documents, and where they are", "passport N0815 (VNM): held by trafficker"),
        ("Place of birth", BY_HAND),
        ("Height", BY_HAND),
        ("Where, when and how documents were lost", BY_HAND),
    ] {
        assert!(beside(&page, label).contains(value), "{label}: {page}");
    }
    assert!(
        page.contains("class=\"photo\"") && page.contains("thumbprint") && page.contains("Đơn xin cấp giấy tờ đi lại khẩn cấp"),
        "{page}"
    );
    // It goes to the state at home, where the family may stand on the other side.
    for never in ["Văn Ác", "UNHCR-7", "refugee", "+84", "House of the willow", "Immigration centre", "Is a witness", "Glasses"] {
        assert!(!page.contains(never), "the application tells {never}");
    }
    let of_mission = paper(world, "officer.vnm", &at(&case, "/papers/travel-document-application")).await;
    assert!(of_mission.contains("Lê Lợi") && !of_mission.contains("Trần Thị Lan") && !of_mission.contains("vi\""), "{of_mission}");
}

#[rstest]
#[actix_web::test]
async fn a_consent_form_asks_what_the_console_reads_aloud(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = known(world).await;
    let form = async |query: &str| paper(world, "caseworker.a", &at(&case, &format!("/papers/consent-form{query}"))).await;
    let open = form("").await;
    assert!(open.contains("You get help whether you say yes or no.") && open.contains("lang=\"vi\""), "the person's own language: {open}");
    assert!(open.contains("Người phiên dịch sẽ đọc cho bạn nghe") && open.contains("Not yet reviewed"), "{open}");
    assert!(beside(&open, "Who may see it").contains(BY_HAND) && beside(&open, "My answer").matches("☐").count() == 2, "{open}");
    assert_eq!(open.matches("☐").count(), 12 + 6 + 2, "twelve sentences, six compartments and two answers");
    let organisation = organisation_of(world, "caseworker.b").await;
    let asked = form(&format!("?purpose=share_with_ngo&recipient={organisation}&language=en")).await;
    assert!(asked.contains("May we show parts of your file to another organisation"), "{asked}");
    assert!(
        beside(&asked, "Who may see it").contains("NGO B") && !asked.contains("lang=\"vi\"") && !asked.contains("An interpreter reads"),
        "{asked}"
    );
    let amharic = form("?language=am").await;
    assert!(amharic.contains("An interpreter reads them to you in your language."), "{amharic}");
    let nowhere = "/papers/consent-form?recipient=7d4f7a52-7d0e-4f0e-9c39-0a5b3f6f2a10";
    world.get("caseworker.a", &at(&case, nowhere)).await.problem(404, "not_found");
    world.get("caseworker.a", &at(&case, "/papers/consent-form?purpose=ransom")).await.problem(400, "invalid_query");
}

#[rstest]
#[actix_web::test]
async fn a_mission_learns_the_name_of_no_shelter_from_a_form(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = known(world).await;
    let body = json!({ "name": "House behind the river", "kind": "shelter", "country": "KHM" });
    let shelter = world.post("admin", "/v1/organisations", body).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    let url = at(&case, &format!("/papers/consent-form?recipient={shelter}"));
    assert!(paper(world, "caseworker.a", &url).await.contains("House behind the river"));
    world.get("officer.vnm", &url).await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn a_list_names_those_on_board_who_can_travel_in_any_script(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let names = [
        json!({ "given_name": "Yating", "family_name": "Lin", "original_script_name": "林雅婷", "birth_date": "1999-01-02" }),
        json!({ "original_script_name": "ကိုအောင်", "birth_date": "1990" }),
        json!({ "original_script_name": "ស៊ុន សុខា", "birth_date": "1990-05" }),
        json!({ "given_name": "Văn Hùng", "family_name": "Nguyễn", "original_script_name": "Nguyễn Văn Hùng", "birth_date": "1990" }),
        json!({ "given_name": "Suharto", "age_estimate": { "from_years": 15, "to_years": 19, "estimated_on": "2026-01-02" } }),
        json!({ "given_name": "<b>Bold</b>", "birth_date": "1990" }),
        json!({ "given_name": "N".repeat(60), "birth_date": "1990" }),
        json!({ "given_name": "Closed", "birth_date": "1990" }),
    ];
    let create = json!({ "name": "Charter", "mode": "charter_flight", "status": "booked", "capacity": 30,
                         "departs_at": "2999-01-01T08:00:00Z", "arrives_at": "2999-01-01T12:00:00Z" });
    let batch = world.post("officer.idn", "/v1/movements/batches", create).await.expect(201).header("location").to_owned();
    let empty = paper(world, "officer.idn", &format!("{batch}/authority-letter?purpose=exit_permit")).await;
    assert!(empty.contains("an exit permit") && !empty.contains("<td"), "{empty}");
    let mut cases = Vec::new();
    for identity in names {
        let mut body = data::walk_in();
        body["identity"] = identity;
        cases.push(world.register("officer.idn", body).await);
    }
    let ids: Vec<&Value> = cases.iter().map(|case| &case["id"]).collect();
    world.post("officer.idn", &format!("{batch}/passengers"), json!({ "case_ids": ids })).await.expect(201);
    let closed = cases.last().unwrap();
    world.act("supervisor.idn", &at(closed, ""), "/close", json!({ "reason": "returned_by_own_means" })).await.expect(200);
    let letter = async |query: &str| paper(world, "officer.idn", &format!("{batch}/authority-letter{query}")).await;
    let page = letter("?purpose=exit_permit").await;
    let long = "N".repeat(60);
    for name in ["Yating Lin (林雅婷)", "ကိုအောင်", "ស៊ុន សុខា", "Văn Hùng Nguyễn (Nguyễn Văn Hùng)", "Suharto", "&lt;b&gt;Bold&lt;/b&gt;", &long]
    {
        assert!(page.contains(name), "the list lacks {name}: {page}");
    }
    assert!(page.contains("15–19 (2026-01-02)") && page.contains("1990-05") && page.contains("Indonesia (IDN)"), "{page}");
    assert!(!page.contains("<b>") && !page.contains(closed["code"].as_str().unwrap()), "{page}");
    assert_eq!(page.matches("<tr>").count(), 1 + 7, "one line for each, and one of labels");
    assert!(page.contains("Embassy of Indonesia") && page.contains("lang=\"km\""), "{page}");
    assert!(letter("?purpose=fine_waiver&language=lo").await.contains("ຄ່າປັບໄໝ"), "and in Lao");
    for (actor, status, code) in
        [("caseworker.a", 404, "not_found"), ("officer.vnm", 404, "not_found"), ("admin", 403, "permission_denied")]
    {
        world.get(actor, &format!("{batch}/authority-letter")).await.problem(status, code);
    }
}

#[rstest]
#[actix_web::test]
async fn a_list_of_waivers_is_the_letter_that_it_stands_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = known(world).await;
    let list = format!("/v1/waiver-requests/{}", waiver_requests::made(world, "caseworker.a").await);
    world.post("caseworker.a", &format!("{list}/members"), json!({ "case_ids": [case["id"]] })).await.expect(201);
    let url = format!("{list}/authority-letter");
    let page = paper(world, "caseworker.a", &url).await;
    for told in ["General Department of Immigration", "NV 0/I/2026", "80 %", "humanitarian", "Nguyễn Văn Hùng", "100.00 USD", "lang=\"km\""]
    {
        assert!(page.contains(told), "the letter lacks {told}: {page}");
    }
    assert!(page.contains("waive the overstay fine") && !page.contains("release each person") && !page.contains("☐"), "{page}");
    for (actor, status, code) in
        [("caseworker.b", 404, "not_found"), ("officer.vnm", 404, "not_found"), ("admin", 403, "permission_denied")]
    {
        world.get(actor, &url).await.problem(status, code);
    }
}

#[rstest]
#[actix_web::test]
async fn the_owner_is_told_who_printed_a_paper(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let case = known(world).await;
    for url in ABOUT_ONE {
        world.get("officer.vnm", &at(&case, url)).await.expect(200);
    }
    seal(world).await;
    let accesses = world.get("supervisor.a", &at(&case, "/accesses?limit=200")).await.expect(200).text();
    for operation in ["get_authority_letter", "get_travel_document_application", "get_consent_form"] {
        assert!(accesses.contains(operation), "{operation} left no trace: {accesses}");
    }
}
