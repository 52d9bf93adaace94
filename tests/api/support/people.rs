//! People as they are registered, and what is asked about them.

use serde_json::{Value, json};

/// A walk-in at the Indonesian embassy, ready to be screened.
pub fn walk_in() -> Value {
    json!({
        "host_country": "KHM", "intake_channel": "walk_in_embassy", "nationality_claimed": "IDN", "gender": "feminine",
        "risk_level": "high", "exit_mode": "rescued_by_raid", "trafficking_status": "presumed", "screening_skipped": "arrived_already_identified",
        "identity": {
            "given_name": "Siti", "family_name": "Rahmawati", "birth_date": "1998-05", "languages": ["id", "jv"],
            "documents": [{ "kind": "passport", "number": "X0 451-2378", "issuing_state": "IDN", "custody": "held_by_trafficker" }]
        },
        "contact": { "phones": [{ "number": "+6281100000001", "safe": false }], "emails": [{ "address": "siti@example.org", "safe": true }],
                     "safe_contact_instructions": "Text only, after 20:00" },
        "health": { "immediate_needs": "None" },
        "narrative": { "notes": "Held for eleven months near the border", "exploitation_types": ["forced_criminality"], "scam_types": ["romance"] }
    })
}

/// A woman from Taiwan whom an NGO took in.
pub fn taiwanese() -> Value {
    json!({
        "host_country": "KHM", "intake_channel": "walk_in_ngo", "nationality_claimed": "TWN", "gender": "feminine",
        "trafficking_status": "possible", "screening_skipped": "authority_determined",
        "identity": { "original_script_name": "陳怡君", "birth_date": "2001", "documents": [{ "kind": "passport", "number": "X0888111", "custody": "lost" }] },
        "contact": { "phones": [{ "number": "+886900000001", "safe": true }] },
        "health": { "immediate_needs": "Sleep" }, "narrative": { "notes": "Was sold twice" },
        "location": { "facility": "House of the willow" }
    })
}

/// A man from Viet Nam whom an NGO took in.
pub fn vietnamese() -> Value {
    json!({
        "host_country": "KHM", "intake_channel": "hotline", "nationality_claimed": "VNM", "gender": "masculine",
        "trafficking_status": "presumed", "screening_skipped": "authority_determined",
        "identity": { "given_name": "Văn Hùng", "family_name": "Nguyễn", "birth_date": "1995-11-03" },
        "contact": { "safe_contact_instructions": "Through his sister" },
        "health": { "immediate_needs": "Glasses" }, "narrative": { "notes": "Swam across the river" },
        "protection": { "notes": "Is a witness" }, "location": { "facility": "House of the willow" }
    })
}

/// An adult's consent to share every compartment with any recipient, for a purpose.
pub fn consent(purpose: &str) -> Value {
    json!({
        "purpose": purpose, "answer": "granted", "recipient": "anyone", "given_by": "self", "language": "vi", "interpreter": "By phone",
        "wording": { "language": "en", "version": "2026-11-30" },
        "compartments": ["identity", "contact", "location", "health", "narrative", "protection"],
        "disclosures": {
            "consents_to_interview": true, "informed_of_purpose": true, "informed_of_data_use": true, "informed_of_research_use": true,
            "informed_of_right_to_data": true, "informed_of_storage_period": true, "informed_of_withdrawal": true
        }
    })
}

/// A referral of all people with consent to an organisation.
pub fn sharing(to: &str) -> Value {
    json!({ "to_organisation_id": to, "service": "health", "urgency": "urgent", "compartments": ["identity", "health"] })
}

/// A referral to an organisation.
pub fn referral(to: &str) -> Value {
    json!({ "to_organisation_id": to, "service": "health", "urgency": "urgent", "compartments": ["identity", "health"], "note": "Ask for the nurse" })
}

/// A request for a person of this name, born like the man of [`vietnamese`].
pub fn looked_for(name: &str) -> Value {
    json!({ "relation": "family", "details": { "sought": { "name": name, "birth_date": "1995-11-03", "nationality": "VNM" },
            "last_contact_on": "2025-06", "last_contact": "Said that he was sold", "reported_to": "Police of Hà Nội", "on_behalf_of": "His sister" } })
}
