//! Invented people, as the bodies of requests.

/// Nationalities in turn: three in ten are Indonesian.
const NATIONALITIES: [&str; 10] = ["IDN", "CHN", "VNM", "IDN", "PHL", "IND", "KEN", "IDN", "BGD", "ETH"];
const SYLLABLES: [&str; 21] =
    ["ba", "ri", "sa", "no", "ti", "mu", "ke", "la", "wi", "do", "ha", "nu", "pe", "gi", "yo", "cha", "tra", "min", "son", "rat", "lek"];

/// A body of `POST /v1/cases`. No two are alike.
pub fn person(number: u64) -> String {
    let nationality = pick(&NATIONALITIES, number);
    let (given, family) = names(number);
    let (year, month, day) = (1970 + number % 30, 1 + number % 12, 1 + number % 28);
    format!(
        r#"{{"host_country":"KHM","intake_channel":"raid","nationality_claimed":"{nationality}","gender":"feminine","risk_level":"medium",
        "exit_mode":"rescued_by_raid","exited_on":"2026-01","trafficking_status":"presumed",
        "identity":{{"given_name":"{given}","family_name":"{family}","birth_date":"{year}-{month:02}-{day:02}","languages":["id","en"],
        "documents":[{{"kind":"passport","number":"B{number:07}","issuing_state":"{nationality}","custody":"held_by_trafficker"}}]}},
        "contact":{{"phones":[{{"number":"+6281{number:09}","safe":true}}],"safe_contact_instructions":"Text only, after 20:00"}},
        "location":{{"facility":"Shelter 3","address":"Street 271, Phnom Penh"}},
        "health":{{"immediate_needs":"Needs treatment for a wrist injury; otherwise none"}},
        "narrative":{{"exploitation_types":["forced_criminality"],"scam_types":["romance_investment"],"months_exploited":{months},
        "notes":"Person {number} answered an advertisement for customer service in another city and was told of a debt on arrival."}}}}"#,
        months = number % 24
    )
}

/// The name of a person, as somebody types it who looks for them.
pub fn full_name(number: u64) -> String {
    let (given, family) = names(number);
    format!("{given} {family}")
}

fn names(number: u64) -> (String, String) {
    let name = |number: u64| (0..3).map(|place| pick(&SYLLABLES, number / 21_u64.pow(place))).collect();
    (name(number.wrapping_mul(7919)), name(number.wrapping_mul(104_729)))
}

fn pick<'a>(words: &[&'a str], number: u64) -> &'a str {
    usize::try_from(number).ok().and_then(|number| words.get(number % words.len())).copied().unwrap_or_default()
}
