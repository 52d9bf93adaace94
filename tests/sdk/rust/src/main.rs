//! What a program does with the generated Rust client, from the first sign-in to the last refusal.
//!
//! `tests/sdk/run rust` runs it against a real server. The argument names the file that says where everything is.

use std::collections::HashSet;
use std::error::Error;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use homeward_client::apis::attachments_api::{self, CreateAttachmentParams, GetAttachmentContentParams, PutAttachmentContentParams};
use homeward_client::apis::auth_api::{self, ConfirmSecondFactorParams, IssueTokenParams, LoginParams};
use homeward_client::apis::cases_api::{self, CreateCaseParams, GetCaseParams, ListCasesParams, UpdateCaseParams};
use homeward_client::apis::configuration::Configuration;
use homeward_client::apis::repatriation_api::{self, GetRepatriationParams, MakeTransitionParams};
use homeward_client::{apis, models};
use reqwest::{Client, Request, Response};
use reqwest_middleware::{ClientBuilder, Middleware, Next};
use serde_json::Value;
use uuid::Uuid;

// region: retries
/// Repeats a request whose answer was lost, or that was asked to come later. Safe, because each creation carries an
/// Idempotency-Key and each change an If-Match. Waits as long as `Retry-After` says.
struct Patient;

#[async_trait::async_trait]
impl Middleware for Patient {
    async fn handle(&self, request: Request, extensions: &mut http::Extensions, next: Next<'_>) -> reqwest_middleware::Result<Response> {
        for tries in 1.. {
            // What cannot be sent twice, such as a stream, is sent once.
            let Some(again) = request.try_clone() else { break };
            let answer = next.clone().run(again, extensions).await;
            let is_too_early = answer.as_ref().is_ok_and(|answer| [429, 503].contains(&answer.status().as_u16()));
            if tries == 5 || (answer.is_ok() && !is_too_early) {
                return answer;
            }
            let wait = answer.ok().and_then(|answer| answer.headers().get("retry-after")?.to_str().ok()?.parse().ok());
            tokio::time::sleep(Duration::from_secs(wait.unwrap_or(tries))).await;
        }
        next.run(request, extensions).await
    }
}

/// One client for each server and user.
fn client(server: &str, access_token: Option<&str>) -> Configuration {
    Configuration { base_path: server.to_owned(), bearer_access_token: access_token.map(str::to_owned), ..Configuration::new() }
}

fn patient(client: Configuration) -> Configuration {
    Configuration { client: ClientBuilder::new(Client::new()).with(Patient).build(), ..client }
}
// endregion

// region: problem
/// The problem with which a call is refused, typed.
fn problem<T, E>(answer: Result<T, apis::Error<E>>) -> models::Problem {
    let Err(apis::Error::ResponseError(refused)) = answer else { panic!("was not refused") };
    let problem: models::Problem = serde_json::from_str(&refused.content).expect("a problem");
    assert_eq!(problem.status, i32::from(refused.status.as_u16()));
    // What to tell whoever looks into it.
    assert!(problem.instance.strip_prefix("urn:uuid:").is_some_and(|id| Uuid::parse_str(id).is_ok()));
    problem
}
// endregion

/// What an authenticator app shows (RFC 6238), `ahead` steps of thirty seconds from now.
fn authenticator(secret: &str, ahead: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a seed");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    totp.generate(now + 30 * ahead).to_string()
}

/// A list of cases that nothing narrows.
fn every_case() -> ListCasesParams {
    ListCasesParams {
        code: None,
        nationality: None,
        stage: None,
        side_state: None,
        compound: None,
        operation: None,
        mission: None,
        risk_level: None,
        is_child: None,
        owner: None,
        assigned_to: None,
        status: None,
        host_country: None,
        gender: None,
        registered_from: None,
        registered_to: None,
        updated_from: None,
        updated_to: None,
        sort: None,
        limit: None,
        after: None,
    }
}

/// The precondition of a change: the version that it is based on.
fn if_match(version: i64) -> String {
    format!("\"{version}\"")
}

fn step(number: u8, title: &str) {
    println!("rust {number:2} {title}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).expect("the file that says where everything is");
    let world: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let text = |name: &str| world[name].as_str().expect(name).to_owned();
    let server = text("server");

    step(1, "sign in with a second factor");
    let anonymous = client(&server, None);
    // region: sign in
    let me = models::Credentials { username: text("username"), password: text("password"), ..Default::default() };
    let first = auth_api::login(&anonymous, LoginParams { credentials: me.clone() }).await?;
    assert!(first.must_enrol_second_factor && first.must_accept_code_of_conduct);
    let setup = client(&server, Some(&first.access_token));
    let secret = auth_api::begin_second_factor(&setup).await?.secret;
    let code = models::SecondFactorCode::new(authenticator(&secret, 0));
    let codes = auth_api::confirm_second_factor(&setup, ConfirmSecondFactorParams { second_factor_code: code }).await?;
    assert_eq!(codes.recovery_codes.len(), 10);
    let conduct = auth_api::get_code_of_conduct(&setup).await?;
    let acceptance = models::ConductAcceptance::new(conduct.version);
    auth_api::accept_code_of_conduct(&setup, auth_api::AcceptCodeOfConductParams { conduct_acceptance: acceptance }).await?;
    let forgotten = auth_api::login(&anonymous, LoginParams { credentials: me.clone() }).await;
    assert_eq!(problem(forgotten).code, "second_factor_required");
    // A code works once. Whoever does not want to wait for the next one may already use it.
    let me = models::Credentials { code: Some(Some(authenticator(&secret, 1))), ..me };
    let tokens = auth_api::login(&anonymous, LoginParams { credentials: me }).await?;
    assert!(!tokens.must_enrol_second_factor);
    // endregion
    let officer = client(&server, Some(&tokens.access_token));

    step(2, "a machine gets a token of its own");
    let asked = IssueTokenParams {
        grant_type: "client_credentials".to_owned(),
        client_id: Some(text("client_id")),
        client_secret: Some(text("client_secret")),
        scope: Some("case:read".to_owned()),
        client_assertion: None,
        client_assertion_type: None,
    };
    let machine_token = auth_api::issue_token(&anonymous, asked).await?;
    assert_eq!((machine_token.token_type.as_str(), machine_token.scope.as_str()), ("Bearer", "case:read"));
    let machine = client(&server, Some(&machine_token.access_token));
    let one_person = || ListCasesParams { limit: Some(1), ..every_case() };
    assert_eq!(cases_api::list_cases(&machine, one_person()).await?.items.len(), 1);

    step(3, "register a person once, over a line that drops");
    let walk_in = models::CreateCase {
        nationality_claimed: Some(Some("IDN".to_owned())),
        risk_level: Some(Some(models::RiskLevel::Medium)),
        trafficking_status: Some(Some(models::TraffickingStatus::Presumed)),
        screening_skipped: Some(Some(models::ScreeningSkipped::ArrivedAlreadyIdentified)),
        identity: Some(Some(models::IdentityInput {
            given_name: Some(Some("Dewi".to_owned())),
            family_name: Some(Some("Lestari".to_owned())),
            birth_date: Some(Some("1999-03".to_owned())),
            languages: Some(Some(vec!["id".to_owned(), "jv".to_owned()])),
            ..Default::default()
        })),
        contact: Some(Some(models::ContactInput {
            phones: Some(Some(vec![models::PhoneNumberInput::new("+6281200000000".to_owned(), true)])),
            safe_contact_instructions: Some(Some("Text only, after 20:00".to_owned())),
            ..Default::default()
        })),
        health: Some(Some(models::HealthInput { immediate_needs: Some(Some("None".to_owned())), ..Default::default() })),
        ..models::CreateCase::new("KHM".to_owned(), models::IntakeChannel::WalkInEmbassy)
    };
    let key = Some(Uuid::new_v4().to_string());
    // The server does the work, and its answer is lost; the client asks again with the same key.
    let dropping = patient(client(&text("dropping_server"), Some(&tokens.access_token)));
    let once = CreateCaseParams { create_case: walk_in.clone(), idempotency_key: key.clone() };
    let person = cases_api::create_case(&dropping, once.clone()).await?;
    assert_eq!(cases_api::create_case(&officer, once).await?.id, person.id);
    let other = models::CreateCase { nationality_claimed: Some(Some("KHM".to_owned())), ..walk_in.clone() };
    let reused = cases_api::create_case(&officer, CreateCaseParams { create_case: other, idempotency_key: key }).await;
    assert_eq!(problem(reused).code, "idempotency_key_reused");

    step(4, "page through everybody from one compound");
    let from_the_compound = || ListCasesParams { compound: Some(text("compound_id")), limit: Some(200), ..every_case() };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = cases_api::list_cases(&officer, ListCasesParams { after, ..from_the_compound() }).await?;
        seen.extend(page.items.iter().map(|summary| summary.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(world["people"], seen.len());
    assert_eq!(world["people"], seen.iter().collect::<HashSet<_>>().len());

    step(5, "filter");
    let endangered =
        ListCasesParams { risk_level: Some(models::RiskLevel::High), sort: Some(models::CaseSort::Registered), ..from_the_compound() };
    let in_danger = cases_api::list_cases(&officer, endangered).await?;
    assert_eq!(world["in_danger"], in_danger.items.len());
    assert!(in_danger.next.is_none() && in_danger.items.iter().all(|summary| summary.risk_level == "high"));

    step(6, "change one field, clear another, leave the rest");
    let change = async |version, update_case| {
        let params = UpdateCaseParams { id: person.id.to_string(), if_match: if_match(version), update_case };
        cases_api::update_case(&officer, params).await
    };
    // region: patch
    let patch = models::UpdateCase {
        // `Some(Some(…))` changes, `Some(None)` clears, and what is `None` stays: the languages too.
        identity: Some(Some(models::IdentityInput {
            given_name: Some(Some("Dewi Ayu".to_owned())),
            family_name: Some(None),
            ..Default::default()
        })),
        contact: Some(Some(models::ContactInput { safe_contact_instructions: Some(None), ..Default::default() })),
        ..Default::default()
    };
    let changed = change(person.version, patch).await?;
    // endregion
    let (identity, contact) = (changed.identity.expect("open"), changed.contact.expect("open"));
    assert_eq!((identity.given_name.as_deref(), identity.family_name), (Some("Dewi Ayu"), None));
    assert_eq!(identity.birth_date.as_deref(), Some("1999-03"));
    assert_eq!(identity.languages, Some(vec!["id".to_owned(), "jv".to_owned()]));
    assert_eq!((contact.safe_contact_instructions, contact.phones.map(|phones| phones.len())), (None, Some(1)));

    step(7, "a change that is based on an old version is refused");
    let late = models::UpdateCase { risk_level: Some(models::RiskLevel::High), ..Default::default() };
    let refused = problem(change(person.version, late.clone()).await);
    assert_eq!((refused.status, refused.code.as_str()), (412, "stale_version"));
    let current = change(changed.version, late).await?;
    assert_eq!(current.risk_level, "high");

    step(8, "move the repatriation until something is missing");
    let go = async |version, to| {
        let make_transition = models::MakeTransition::new(to);
        let params = MakeTransitionParams { id: person.id.to_string(), if_match: if_match(version), make_transition };
        repatriation_api::make_transition(&officer, params).await
    };
    let moved = go(current.version, models::Target::Screened).await?;
    assert_eq!(moved.stage, "screened");
    let missing = problem(go(moved.version, models::Target::MissionContacted).await);
    assert_eq!((missing.status, missing.code.as_str()), (409, "unmet_guards"));
    let unmet = missing.unmet.expect("what is missing");
    let [guard] = unmet.as_slice() else { panic!("one thing is missing") };
    assert_eq!(
        (guard.guard.as_str(), guard.resource.as_str(), guard.field.as_str()),
        ("informed_of_rights", "embassy-contacts", "informed_of_rights_on")
    );
    let road = repatriation_api::get_repatriation(&officer, GetRepatriationParams { id: person.id.to_string() }).await?;
    assert_eq!(road.stage, "screened");

    step(9, "attach a document and fetch it again");
    let create_attachment = models::CreateAttachment {
        file_name: Some(Some("paspor Dewi.pdf".to_owned())),
        ..models::CreateAttachment::new(models::AttachmentKind::PassportScan, "application/pdf".to_owned())
    };
    let announce =
        CreateAttachmentParams { id: person.id.to_string(), create_attachment, idempotency_key: Some(Uuid::new_v4().to_string()) };
    let announced = attachments_api::create_attachment(&officer, announce).await?;
    let send = PutAttachmentContentParams {
        id: person.id.to_string(),
        attachment_id: announced.id.to_string(),
        if_match: if_match(announced.version),
        body: text("scan").into(),
        content_digest: None,
    };
    let stored = attachments_api::put_attachment_content(&officer, send).await?;
    assert_eq!(stored.status, "stored");
    let fetch = GetAttachmentContentParams { id: person.id.to_string(), attachment_id: announced.id.to_string() };
    let fetched = attachments_api::get_attachment_content(&officer, fetch).await?;
    assert_eq!(fetched.bytes().await?, std::fs::read(text("scan"))?);

    step(10, "a value and a field that this client cannot know");
    let future = cases_api::get_case(&dropping, GetCaseParams { id: person.id.to_string() }).await?;
    assert_eq!((future.stage.as_str(), future.risk_level.as_str()), ("teleported", "unheard_of"));
    assert_eq!(future.identity.and_then(|identity| identity.given_name).as_deref(), Some("Dewi Ayu"));

    step(11, "every error is a typed problem");
    let nobody = GetCaseParams { id: Uuid::new_v4().to_string() };
    assert_eq!(problem(cases_api::get_case(&officer, nobody).await).code, "not_found");
    assert_eq!(problem(cases_api::list_cases(&anonymous, one_person()).await).code, "unauthenticated");
    let register = |create_case| CreateCaseParams { create_case, idempotency_key: None };
    assert_eq!(problem(cases_api::create_case(&machine, register(walk_in.clone())).await).code, "insufficient_scope");
    let unborn = models::IdentityInput {
        given_name: Some(Some("Dewi".to_owned())),
        birth_date: Some(Some("2999".to_owned())),
        ..Default::default()
    };
    let unborn = models::CreateCase { identity: Some(Some(unborn)), ..walk_in };
    let invalid = problem(cases_api::create_case(&officer, register(unborn)).await);
    assert_eq!(invalid.code, "validation_failed");
    let violations = invalid.errors.expect("what is wrong");
    assert_eq!((violations[0].pointer.as_str(), violations[0].code.as_str()), ("/identity/birth_date", "date_in_future"));

    step(12, "too many requests: wait as long as the server says");
    let limited = client(&text("limited_server"), Some(&machine_token.access_token));
    let refused = loop {
        let answer = cases_api::list_cases(&limited, one_person()).await;
        if answer.is_err() {
            break problem(answer);
        }
    };
    assert_eq!((refused.status, refused.code.as_str()), (429, "too_many_requests"));
    let started = Instant::now();
    cases_api::list_cases(&patient(limited), one_person()).await?;
    println!("rust    waited {} seconds and was served", started.elapsed().as_secs());
    Ok(())
}
