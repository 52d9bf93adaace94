//! Reports all violations of an input at once. A derived `Deserialize` stops at the first refused value; then a stand-in that
//! passes takes its place, and the input is read again, until a whole value comes out. Such a value is never handed on: it only
//! shows that nothing else is wrong.

use serde::de::DeserializeOwned;

use crate::api::http::json::path::Path;
use crate::api::http::json::place::{Node, Place};
use crate::api::http::json::reading::Reading;
use crate::domain::violation::Violation;

/// Reads an input as a `T`, or gives all its violations.
pub fn read<T: DeserializeOwned>(mut reading: Reading) -> Result<T, Vec<Violation>> {
    loop {
        let root = Place::new(Node::Given(reading.root()), &Path::Root, &reading);
        let fault = match T::deserialize(root) {
            Ok(value) if reading.is_clean() => return Ok(value),
            Ok(_) => return Err(reading.into_violations()),
            Err(fault) => fault,
        };
        if !reading.goes_on_after(fault) {
            return Err(reading.into_violations());
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use serde::Deserialize;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::domain::cases::person::Alias;
    use crate::domain::codes::Gender;
    use crate::domain::codes::IntakeChannel;
    use crate::domain::country::Country;
    use crate::domain::dates::Timestamp;
    use crate::domain::ids::CaseId;
    use crate::domain::language::Language;
    use crate::domain::money::Money;
    use crate::domain::money::Percent;
    use crate::domain::repatriation::records::record::ShortText;
    use crate::domain::reporting::Month;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "only whether it can be read is looked at")]
    struct Everything {
        country: Country,
        channel: IntakeChannel,
        gender: Option<Gender>,
        day: NaiveDate,
        time: Timestamp,
        case: CaseId,
        other_case: Option<CaseId>,
        money: Money,
        part: Percent,
        month: Month,
        text: ShortText,
        languages: Vec<Language>,
        alias: Alias,
        count: i32,
        weight: f64,
        yes: bool,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only whether it can be read is looked at")]
    struct Strict {
        country: Country,
        case: Option<CaseId>,
        limit: Option<i64>,
        yes: Option<bool>,
    }

    fn good() -> Value {
        json!({
            "country": "KHM", "channel": "raid", "gender": null, "day": "2026-01-19", "time": "2026-01-19T03:12:45Z",
            "case": "5b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "money": { "amount": "1", "currency": "USD" }, "part": "80",
            "month": "2026-01", "text": "x", "languages": ["id"], "alias": { "name": "x" }, "count": 3, "weight": 1, "yes": true
        })
    }

    fn wrong<T: DeserializeOwned>(body: Value) -> Vec<(String, String)> {
        let found = read::<T>(Reading::of_body(body, Vec::new())).err().expect("something is wrong");
        found.into_iter().map(|violation| (violation.pointer, violation.code)).collect()
    }

    fn pointers<T: DeserializeOwned>(body: Value) -> Vec<String> {
        let mut pointers: Vec<String> = wrong::<T>(body).into_iter().map(|(pointer, _)| pointer).collect();
        pointers.sort();
        pointers
    }

    fn message(field: &str, value: Value) -> String {
        let mut body = good();
        body[field] = value;
        let found = read::<Everything>(Reading::of_body(body, Vec::new())).err().expect("something is wrong");
        let [violation] = found.as_slice() else { panic!("{found:?}") };
        assert!(violation.pointer.starts_with(&format!("/{field}")), "{violation:?}");
        violation.message.clone()
    }

    #[test]
    fn what_is_good_is_read() {
        let read: Everything = read(Reading::of_body(good(), Vec::new())).expect("good");
        assert_eq!((read.count, read.weight, read.languages.len()), (3, 1.0, 1));
    }

    #[test]
    fn every_missing_field_is_told_at_once() {
        let required: Vec<String> =
            ["alias", "case", "channel", "count", "country", "day", "languages", "money", "month", "part", "text", "time", "weight", "yes"]
                .map(|field| format!("/{field}"))
                .into();
        assert_eq!(pointers::<Everything>(json!({})), required);
        assert!(wrong::<Everything>(json!({})).iter().all(|(_, code)| code == "required"));
    }

    #[test]
    fn every_field_of_the_wrong_type_is_told_at_once() {
        let fields = good().as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        let body: Map<String, Value> = fields.iter().map(|field| (field.clone(), json!([[]]))).collect();
        let mut expected: Vec<String> = fields.iter().map(|field| format!("/{field}")).collect();
        expected.retain(|field| field != "/languages");
        expected.push("/languages/0".to_owned());
        expected.sort();
        assert_eq!(pointers::<Everything>(Value::Object(body)), expected);
    }

    #[test]
    fn every_text_of_the_wrong_form_is_told_at_once() {
        let mut body = good();
        for pointer in "/country /channel /gender /day /time /case /money/currency /part /month /languages/0".split(' ') {
            match body.pointer_mut(pointer) {
                Some(place) => *place = json!("77777"),
                None => panic!("{pointer}"),
            }
        }
        body["other_case"] = json!("77777");
        body["alias"] = json!({ "name": "x", "language": "77777!", "nick": 1 });
        let rest = "/case /channel /country /day /gender /languages/0 /money/currency /month /other_case /part /time";
        let expected: Vec<&str> = "/alias/language /alias/nick".split(' ').chain(rest.split(' ')).collect();
        assert_eq!(pointers::<Everything>(body), expected);
    }

    #[test]
    fn a_message_says_what_is_allowed() {
        assert!(message("channel", json!("77777")).contains("walk_in_embassy, "));
        assert_eq!(message("gender", json!(1)), format!("must be one of: {}", listed_genders()));
        assert_eq!(message("day", json!("2026-02-30")), "must be an existing date: YYYY-MM-DD");
        assert!(message("case", json!("77777")).starts_with("must be a UUID"));
        assert!(message("other_case", json!("77777")).starts_with("must be a UUID"));
        assert!(message("time", json!("77777")).contains("RFC 3339"));
        assert!(message("country", json!("77777")).contains("such as KHM"));
        assert_eq!(message("count", json!(1.5)), "must be a whole number");
        assert_eq!(message("count", json!(i64::MAX)), "is not acceptable here");
        assert_eq!(message("alias", json!([])), "must be an object");
    }

    fn listed_genders() -> String {
        Gender::ALL.iter().map(|gender| gender.as_str()).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn unknown_names_are_told_with_the_rest() {
        let body = json!({ "a": 1, "country": "77777", "b": 1, "Maria 77777": 1 });
        let expected = [("/a", "unknown_field"), ("/country", "unknown_country"), ("/b", "unknown_field"), ("/…", "unknown_field")];
        assert_eq!(wrong::<Strict>(body), expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    }

    #[test]
    fn a_query_gives_numbers_as_text() {
        let query = |fields: Value| read::<Strict>(Reading::of_query(fields, Vec::new()));
        let read = query(json!({ "country": "KHM", "limit": "7", "yes": "true" })).expect("good");
        assert_eq!((read.limit, read.yes), (Some(7), Some(true)));
        let found = query(json!({ "limit": "many", "yes": "1", "case": "" })).expect_err("something is wrong");
        let messages: Vec<&str> = found.iter().map(|violation| violation.message.as_str()).collect();
        assert!(messages.contains(&"must be a whole number") && messages.contains(&"must be true or false"), "{messages:?}");
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn a_body_full_of_mistakes_is_not_read_for_ever() {
        let names: Vec<Value> = (0..5000).map(|_| json!({ "name": 7 })).collect();
        let found = read::<Vec<Alias>>(Reading::of_body(Value::Array(names), Vec::new())).err().expect("something is wrong");
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
