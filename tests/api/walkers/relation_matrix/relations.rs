//! The possible relations to a case of NGO A, and the way to each.

use std::collections::HashMap;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::sharing::consents_and_referrals::{answer, at, organisation_of, step};
use crate::sharing::denials::emergency;
use crate::support::data::{self, Ids};
use crate::support::{Answer, World, records};
use crate::walkers::access_matrix::operations;
use crate::walkers::redaction::{canaries, road_canaries};

/// A relation to a case: its name in the table, the actor, whether it opens nothing, and a description.
pub type Relation = (&'static str, &'static str, bool, &'static str);

/// The relations of NGO B, and of NGO A after it transferred the case.
pub const OF_AN_NGO: &[Relation] = &[
    ("none", "caseworker.b", true, "a case worker of NGO B, which nobody told of the case"),
    ("draft", "caseworker.b", true, "NGO A prepared a referral to NGO B and did not send it"),
    ("pending", "caseworker.b", true, "the referral was sent and not answered"),
    ("accepted", "caseworker.b", false, "NGO B accepted the referral, which opens identity and health"),
    ("rejected", "caseworker.b", true, "NGO B rejected the referral"),
    ("revoked", "caseworker.b", true, "NGO A revoked the accepted referral"),
    ("done", "caseworker.b", true, "NGO B reported the accepted referral as done"),
    ("withdrawn", "caseworker.b", true, "the person withdrew the consent after acceptance"),
    ("lapsed", "caseworker.b", true, "the consent expired after acceptance"),
    ("ended", "caseworker.b", true, "the referral itself expired after acceptance"),
    ("denied", "caseworker.b", true, "after acceptance the person said: never this organisation"),
    ("emergency", "caseworker.b", false, "the case worker took emergency access to health and contact, an hour ago at most"),
    ("over", "caseworker.b", true, "the emergency access ended after three hours"),
    ("offered", "caseworker.b", true, "NGO A offered NGO B the ownership of the case"),
    ("owner", "caseworker.b", false, "NGO B accepted, and owns the case"),
    ("former", "caseworker.a", true, "NGO A, after NGO B accepted the ownership"),
];

/// The relations of missions.
pub const OF_A_MISSION: &[Relation] = &[
    ("m.none", "officer.twn", true, "a mission that the person was not asked about"),
    ("m.accepted", "officer.vnm", false, "the person accepted contact with the mission"),
    ("m.declined", "officer.vnm", true, "the person declined it afterwards"),
    ("m.denied", "officer.vnm", true, "after accepting, the person said: never my embassy"),
    ("m.pathway", "officer.vnm", true, "after accepting, the case went to the protection pathway"),
];

/// A case of NGO A with content in every part.
pub struct Subject {
    pub case: Value,
    below: HashMap<String, String>,
    /// A case that may be linked to it.
    relative: String,
    referral: String,
    transfer: String,
    emergency: String,
}

fn id_of(answer: Answer) -> String {
    answer.expect(201).json()["id"].as_str().expect("an id").to_owned()
}

/// The organisation that is asked about every case, so that a referral exists in every table.
async fn third(world: &World) -> String {
    let all = world.get("admin", "/v1/organisations?limit=200").await.expect(200).json();
    let known = all["items"].as_array().expect("organisations").iter().find(|item| item["name"] == "NGO D").map(|item| item["id"].clone());
    match known {
        Some(id) => id.as_str().expect("an id").to_owned(),
        None => id_of(world.post("admin", "/v1/organisations", json!({ "name": "NGO D", "kind": "ngo", "country": "KHM" })).await),
    }
}

async fn consent_for(world: &World, case: &Value, organisation: &str, ends: Value) -> String {
    let change = json!({ "recipient": "organisation", "recipient_organisation_id": organisation, "interpreter": "canary-identity", "expires_at": ends });
    answer(world, case, change).await.expect(201).header("location").to_owned()
}

fn referral_to(organisation: &str) -> Value {
    let mut body = data::referral(organisation);
    body["note"] = json!("canary-identity");
    body
}

/// Where the case stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    OnTheRoad,
    Departed,
    Dead,
}

impl Place {
    /// Where a case must stand, so that an operation can be carried out.
    pub fn of(template: &str) -> Self {
        match template {
            arrivals if arrivals.contains("/arrivals") => Self::Departed,
            deaths if deaths.contains("/deaths") => Self::Dead,
            _ => Self::OnTheRoad,
        }
    }
}

impl Subject {
    /// A fresh case. A case that has departed has an arrival, too.
    pub async fn new(world: &World, place: Place, is_transferred: bool) -> Self {
        let case = world.register("caseworker.a", canaries()).await;
        let (id, url) = (case["id"].as_str().expect("an id").to_owned(), at(&case, ""));
        for collection in ["fine-waivers", "fine-payments"] {
            records::one_of(world, &id, collection).await;
        }
        road_canaries(world, &url).await;
        let mission = world.mission("VNM").await;
        for (collection, body) in [
            ("stays", json!({ "entry": "sold", "notes": "canary-narrative" })),
            ("embassy-contacts", json!({ "mission_id": mission, "initiated_by": "person_request", "person_decision": "accepted" })),
            ("nationality-verifications", json!({ "mission_id": mission })),
            ("tasks", json!({ "note": "canary-identity", "due_on": world.day(0) })),
            ("denials", json!({ "scope": "missions_of", "missions_of": "IDN", "reason": "canary-protection" })),
            ("relations", json!({ "case_id": world.register("caseworker.a", data::taiwanese()).await["id"], "relation": "sibling" })),
        ] {
            world.post("caseworker.a", &format!("{url}/{collection}"), body).await.expect(201);
        }
        let ngo_d = third(world).await;
        consent_for(world, &case, &ngo_d, json!(null)).await;
        let referral = id_of(world.post("caseworker.a", &at(&case, "/referrals"), referral_to(&ngo_d)).await);
        let offer = json!({ "to_organisation_id": ngo_d, "urgency": "urgent" });
        let transfer =
            if is_transferred { String::new() } else { id_of(world.post("caseworker.a", &at(&case, "/transfers"), offer).await) };
        if place == Place::Departed {
            // One journey is booked in the far future.
            let booked = world.get("caseworker.a", &format!("{url}/movements")).await.json()["items"][0]["id"].clone();
            let booked = format!("{url}/movements/{}", booked.as_str().expect("a journey"));
            world.patch("caseworker.a", &booked, json!({ "status": "cancelled" })).await.expect(200);
            records::one_of(world, &id, "arrivals").await;
        }
        let mut below = HashMap::new();
        for operation in operations() {
            let Some(collection) = operation.template.strip_prefix("/v1/cases/{id}/").and_then(|rest| rest.strip_suffix("_id}")) else {
                continue;
            };
            let collection = collection.split('/').next().expect("a collection").to_owned();
            if collection == "arrivals" && place != Place::Departed {
                continue;
            }
            let listed = world.get("caseworker.a", &format!("{url}/{collection}")).await.expect(200).json();
            let first = listed["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{collection}: record one on the subject")).to_owned();
            below.insert(collection, first);
        }
        let relative = id_of(world.post("caseworker.a", "/v1/cases", data::taiwanese()).await);
        if place == Place::Dead {
            records::has_died(world, &id);
        }
        Self { case, below, relative, referral, transfer, emergency: crate::walkers::access_matrix::nowhere().emergency }
    }

    /// The ids that an operation on it takes.
    pub fn ids(&self, shared: &Ids, template: &str) -> Ids {
        let collection = template.strip_prefix("/v1/cases/{id}/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let below = || self.below.get(collection).cloned().unwrap_or_else(|| crate::walkers::access_matrix::nowhere().record);
        let text = |field: &str| self.case[field].as_str().expect("a text").to_owned();
        Ids {
            case: text("id"),
            code: text("code"),
            stay: below(),
            relation: below(),
            relative: self.relative.clone(),
            contact: below(),
            verification: below(),
            record: below(),
            task: below(),
            attachment: below(),
            consent: below(),
            denial: below(),
            referral: self.referral.clone(),
            transfer: self.transfer.clone(),
            emergency: self.emergency.clone(),
            // The possible next recipient.
            other: shared.other.clone(),
            ..shared.clone()
        }
    }

    /// Creates a relation, by the calls that lead to it.
    pub async fn relate(&mut self, world: &World, relation: &str) {
        let case = self.case.clone();
        let ngo_b = organisation_of(world, "caseworker.b").await;
        match relation {
            "none" | "m.none" | "m.accepted" => {}
            "draft" | "pending" | "rejected" => {
                consent_for(world, &case, &ngo_b, json!(null)).await;
                let mut body = referral_to(&ngo_b);
                body["draft"] = json!(relation == "draft");
                self.refer(world, body).await;
                if relation == "rejected" {
                    self.step(world, "caseworker.b", json!({ "to": "rejected", "reason": "No bed is free" })).await;
                }
            }
            "accepted" | "revoked" | "done" | "withdrawn" | "lapsed" | "ended" | "denied" => self.accepted(world, relation, &ngo_b).await,
            "emergency" | "over" => {
                // One person has few at a time: that of the case before this one is over.
                world.clock.forward(4 * 3600);
                let taken = emergency(world, "caseworker.b", &case, json!(["contact", "health"])).await.expect(201).json();
                taken["id"].as_str().expect("an id").clone_into(&mut self.emergency);
                if relation == "over" {
                    world.clock.forward(3 * 3600);
                    world.days_pass(0).await;
                }
            }
            "offered" | "owner" | "former" => {
                consent_for(world, &case, &ngo_b, json!(null)).await;
                let offer = json!({ "to_organisation_id": ngo_b, "urgency": "urgent", "note": "canary-identity" });
                self.transfer = id_of(world.post("caseworker.a", &at(&case, "/transfers"), offer).await);
                if relation != "offered" {
                    let url = format!("/v1/transfers/{}", self.transfer);
                    step(world, "caseworker.b", &url, json!({ "to": "accepted" })).await.expect(200);
                }
            }
            "m.declined" => {
                let contact = at(&case, &format!("/embassy-contacts/{}", self.below["embassy-contacts"]));
                world.patch("caseworker.a", &contact, json!({ "person_decision": "declined" })).await.expect(200);
            }
            "m.denied" => {
                let never = json!({ "scope": "missions_of", "missions_of": "VNM" });
                world.post("caseworker.a", &at(&case, "/denials"), never).await.expect(201);
            }
            "m.pathway" => {
                let etag = world.get("caseworker.a", &at(&case, "")).await.etag();
                let to = json!({ "to": "protection_pathway", "reason": "Threatened" });
                let url = at(&case, "/repatriation/transitions");
                world.send("caseworker.a", Method::POST, &url, &[("if-match", &etag)], Some(&to)).await.expect(200);
            }
            other => panic!("{other}: say how it comes about"),
        }
    }

    async fn accepted(&mut self, world: &World, relation: &str, ngo_b: &str) {
        let ends = |is_meant: bool| if is_meant { json!(format!("{}T12:00:00Z", world.day(2))) } else { json!(null) };
        let consent = consent_for(world, &self.case, ngo_b, ends(relation == "lapsed")).await;
        let mut body = referral_to(ngo_b);
        body["expires_at"] = ends(relation == "ended");
        self.refer(world, body).await;
        self.step(world, "caseworker.b", json!({ "to": "accepted" })).await;
        world.get("caseworker.b", &at(&self.case, "")).await.expect(200);
        match relation {
            "revoked" => self.step(world, "caseworker.a", json!({ "to": "revoked", "reason": "Moved to another city" })).await,
            "done" => self.step(world, "caseworker.b", json!({ "to": "done", "feedback": "Has glasses now" })).await,
            "withdrawn" => drop(world.post("caseworker.a", &format!("{consent}/withdrawal"), json!({})).await.expect(200)),
            "lapsed" | "ended" => world.days_pass(3).await,
            "denied" => {
                let never = json!({ "scope": "organisation", "organisation_id": ngo_b });
                world.post("caseworker.a", &at(&self.case, "/denials"), never).await.expect(201);
            }
            _ => {}
        }
    }

    async fn refer(&mut self, world: &World, body: Value) {
        self.referral = id_of(world.post("caseworker.a", &at(&self.case, "/referrals"), body).await);
    }

    async fn step(&self, world: &World, actor: &str, body: Value) {
        step(world, actor, &format!("/v1/referrals/{}", self.referral), body).await.expect(200);
    }
}
