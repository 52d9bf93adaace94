//! Filling the database through the real functions, and the bodies that are posted.

use homeward::db::accounts::{code_of_conduct, organisations, users};
use homeward::db::cases::register;
use homeward::domain::access::actor::Workplace;
use homeward::domain::accounts::password_hash::PasswordHash;
use homeward::domain::accounts::policy::{AccountPolicy, SecondFactorPolicy};

use super::*;

/// As in production, but nobody needs a second factor: the load generator has no pocket to keep one in.
pub fn deployment() -> Deployment {
    let accounts = AccountPolicy { second_factor: SecondFactorPolicy::NONE, ..AccountPolicy::default() };
    Deployment { report_seconds: 5, accounts, ..Deployment::default() }
}

/// The NGO that registers everybody, its supervisor, and the desk that coordinates the host country.
pub async fn create_organisations(db: &Db, password_hash: String) -> Result<UserActor, Failure> {
    let ngo = create_organisation(db, "NGO", OrganisationKind::Ngo, "KHM", None).await?;
    create_organisation(db, "Coordination desk", OrganisationKind::InternationalOrganisation, HOST, Some(HOST)).await?;
    let officer = UserActor {
        user_id: UserId::random(),
        session_id: SessionId::random(),
        organisation_id: ngo,
        organisation_kind: OrganisationKind::Ngo,
        place: Workplace::of(None, None, country("KHM")?, None),
        coordinates: None,
        role: Role::NgoSupervisor,
        authenticated_at: homeward::db::Clock::default().now(),
    };
    let (user_id, role) = (officer.user_id, officer.role);
    let create = move |tx: &mut Tx<'_>| {
        let row = UserRow {
            id: user_id,
            created_at: tx.now,
            updated_at: tx.now,
            version: 1,
            organisation_id: ngo,
            username: USERNAME.to_owned(),
            display_name: USERNAME.to_owned(),
            role,
            password_hash: PasswordHash::Argon2id(password_hash.clone()),
            must_change_password: false,
            disabled_at: None,
            data_protection: false,
            password_epoch: 1,
        };
        users::insert(tx, &row)?;
        code_of_conduct::accept(tx, row.id)
    };
    db.as_system("benchmark").write(create).await?;
    Ok(officer)
}

pub async fn create_organisation(
    db: &Db,
    name: &'static str,
    kind: OrganisationKind,
    seat: &str,
    coordinates: Option<&str>,
) -> Result<OrganisationId, Failure> {
    let seat = country(seat)?;
    let coordinates = coordinates.map(country).transpose()?;
    let create = move |tx: &mut Tx<'_>| {
        let row = OrganisationRow {
            id: OrganisationId::random(),
            created_at: tx.now,
            updated_at: tx.now,
            version: 1,
            name: name.to_owned(),
            kind,
            country: seat,
            coordinates,
            address: None,
            phone: None,
            active: true,
            time_zone: None,
        };
        organisations::insert(tx, &row)
    };
    Ok(db.as_system("benchmark").write(create).await?.id)
}

pub fn country(code: &str) -> Result<Country, Failure> {
    Country::parse(code).ok_or_else(|| Failure::input(format!("{code} is no country")))
}

/// Registers so many cases, each with an audit entry and a time of its own, as if they had come one after the other.
pub async fn fill(db: &Db, officer: &UserActor, cases: u32) -> Result<Vec<CaseId>, Failure> {
    let actor = Actor::User(officer.clone());
    let mut ids = Vec::new();
    let mut first = 0;
    while first < cases {
        let next = cases.min(first + FILLED_AT_ONCE);
        ids.extend(try_join_all((first..next).map(|number| register(db, &actor, u64::from(number)))).await?);
        first = next;
    }
    Ok(ids)
}

pub async fn register(db: &Db, actor: &Actor, number: u64) -> Result<CaseId, Failure> {
    let new = new_case(&person(number)).map_err(failed("an invented person is not a case"))?;
    let request = Request { operation: "create_case".to_owned(), ..Request::system("benchmark") };
    let id = db.write(actor, &request, move |tx| register::insert(tx, &new).map(|case| case.row.id)).await?;
    Ok(id)
}

/// An invented person as the body of `POST /v1/cases`. No two are alike.
pub fn person(number: u64) -> Value {
    let index = usize::try_from(number).unwrap_or_default();
    let nationality = NATIONALITIES.get(index % NATIONALITIES.len());
    json!({
        "host_country": HOST,
        "intake_channel": "raid",
        "nationality_claimed": nationality,
        "gender": if number.is_multiple_of(3) { "feminine" } else { "masculine" },
        "risk_level": if number.is_multiple_of(10) { "high" } else { "medium" },
        "exit_mode": "rescued_by_raid",
        "exited_on": "2026-01",
        "trafficking_status": "presumed",
        "identity": {
            "given_name": name(number.wrapping_mul(7919)),
            "family_name": name(number.wrapping_mul(104_729)),
            "birth_date": format!("19{:02}-{:02}-{:02}", 70 + number % 30, 1 + number % 12, 1 + number % 28),
            "languages": ["id", "en"],
            "documents": [{ "kind": "passport", "number": format!("B{number:07}"), "issuing_state": nationality, "custody": "held_by_trafficker" }],
        },
        "contact": {
            "phones": [{ "number": format!("+6281{number:09}"), "safe": true }],
            "safe_contact_instructions": "Text only, after 20:00; the phone is shared",
        },
        "location": { "facility": "Shelter 3", "address": "Street 271, Phnom Penh" },
        "health": { "immediate_needs": "Needs treatment for a wrist injury; otherwise none" },
        "narrative": {
            "exploitation_types": ["forced_criminality"],
            "scam_types": ["romance_investment"],
            "control_methods": ["debt_bondage", "withholds_documents", "restricts_movement"],
            "recruitment_methods": ["through_an_online_advertisement"],
            "months_exploited": number % 24,
            "notes": format!("Person {number} answered an advertisement for customer service in another city, was driven across the border at night \
                and told of a debt on arrival. Fourteen hours a day, seven days a week, under a daily target."),
        },
    })
}

/// The name of a person, as somebody types it who looks for them.
pub fn full_name(number: u64) -> String {
    format!("{} {}", name(number.wrapping_mul(7919)), name(number.wrapping_mul(104_729)))
}

/// An invented name of three syllables, one of several thousand.
fn name(number: u64) -> String {
    const SYLLABLES: [&str; 21] = [
        "ba", "ri", "sa", "no", "ti", "mu", "ke", "la", "wi", "do", "ha", "nu", "pe", "gi", "yo", "cha", "tra", "min", "son", "rat", "lek",
    ];
    let at = |place: u32| SYLLABLES.get(usize::try_from(number / 21_u64.pow(place) % 21).unwrap_or(0)).copied().unwrap_or_default();
    format!("{}{}{}", at(0), at(1), at(2))
}

/// The same person as the database layer takes it.
pub fn new_case(body: &Value) -> serde_json::Result<NewCase> {
    Ok(NewCase {
        child_of: None,
        person_id: None,
        previous_case_id: None,
        host_country: part(body, "host_country")?,
        intake_channel: part(body, "intake_channel")?,
        claimed: part(body, "nationality_claimed")?,
        gender: part(body, "gender")?,
        risk_level: part(body, "risk_level")?,
        exit_mode: part(body, "exit_mode")?,
        exited_on: part(body, "exited_on")?,
        trafficking_status: part(body, "trafficking_status")?,
        immigration_status: ImmigrationStatus::Unknown,
        screening_skipped: None,
        compound_id: None,
        operation_id: None,
        contents: Contents {
            identity: part(body, "identity")?,
            contact: part(body, "contact")?,
            location: part(body, "location")?,
            health: part(body, "health")?,
            narrative: part(body, "narrative")?,
            protection: Some(Default::default()),
        },
    })
}

pub fn part<T: DeserializeOwned>(body: &Value, name: &str) -> serde_json::Result<T> {
    serde_json::from_value(body.get(name).cloned().unwrap_or_default())
}
