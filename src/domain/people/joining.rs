//! What was recorded about two persons who turn out to be one, joined: nothing of either is lost, and of two facts about safety the
//! stricter one holds until somebody decides. Pure. Each `joined` names every field, so that a new one is not forgotten.

use validator::Validate;

use crate::domain::cases::contents::{Health, Location, Narrative, Protection};

/// What both of two persons say, as one.
pub trait Join: Sized {
    /// The survivor's, with what the other's says beyond it.
    #[must_use]
    fn joined(self, other: Self) -> Self;
}

/// Whether texts that fit alone fit together.
pub fn fits(joined: &impl Validate) -> bool {
    joined.validate().is_ok()
}

/// Both texts, unless one is among the lines of the other. A part of a sentence may say the opposite of the whole.
pub fn texts(one: Option<String>, other: Option<String>) -> Option<String> {
    let says = |whole: &str, part: &str| whole == part || whole.lines().any(|line| line == part);
    match (one, other) {
        (Some(one), Some(other)) if says(&one, &other) => Some(one),
        (Some(one), Some(other)) if says(&other, &one) => Some(other),
        (Some(one), Some(other)) => Some(format!("{one}\n{other}")),
        (one, other) => one.or(other),
    }
}

fn lists<T: PartialEq>(mut one: Vec<T>, other: Vec<T>) -> Vec<T> {
    for entry in other {
        if !one.contains(&entry) {
            one.push(entry);
        }
    }
    one
}

/// The first value; where there is another one, it is told as a note.
fn told<T: PartialEq + ToString>(one: Option<T>, other: Option<T>, what: &str) -> (Option<T>, Option<String>) {
    match (one, other) {
        (Some(one), Some(other)) if one != other => (Some(one), Some(format!("{what} in the other registration: {}", other.to_string()))),
        (one, other) => (one.or(other), None),
    }
}

impl Join for Location {
    fn joined(self, other: Self) -> Self {
        let Self { facility, address, notes } = self;
        if facility.is_none() && address.is_none() {
            return Self { facility: other.facility, address: other.address, notes: texts(notes, other.notes) };
        }
        // Two places: nobody knows which is the newer one, so the other is told beside it and not mixed into it.
        let (facility, other_facility) = told(facility, other.facility, "Facility");
        let (address, other_address) = told(address, other.address, "Address");
        let notes = texts(texts(notes, other.notes), texts(other_facility, other_address));
        Self { facility, address, notes }
    }
}

impl Join for Health {
    fn joined(self, other: Self) -> Self {
        let Self { immediate_needs, medical_notes } = self;
        Self { immediate_needs: texts(immediate_needs, other.immediate_needs), medical_notes: texts(medical_notes, other.medical_notes) }
    }
}

impl Join for Narrative {
    fn joined(self, other: Self) -> Self {
        let Self { exploitation_types, scam_types, control_methods, recruitment_methods, months_exploited, notes } = self;
        let (months_exploited, other_months) = told(months_exploited, other.months_exploited, "Months of exploitation");
        Self {
            exploitation_types: lists(exploitation_types, other.exploitation_types),
            scam_types: lists(scam_types, other.scam_types),
            control_methods: lists(control_methods, other.control_methods),
            recruitment_methods: lists(recruitment_methods, other.recruitment_methods),
            months_exploited,
            notes: texts(texts(notes, other.notes), other_months),
        }
    }
}

impl Join for Protection {
    fn joined(self, other: Self) -> Self {
        let Self { asylum_claim_open, embassy_refusal_reason, registration_basis, reflection_until, notes } = self;
        let (registration_basis, other_basis) = told(registration_basis, other.registration_basis, "Ground of registration");
        Self {
            registration_basis,
            // The later end: nobody is pressed before either.
            reflection_until: reflection_until.max(other.reflection_until),
            asylum_claim_open: match (asylum_claim_open, other.asylum_claim_open) {
                (Some(one), Some(another)) => Some(one || another),
                (one, another) => one.or(another),
            },
            embassy_refusal_reason: texts(embassy_refusal_reason, other.embassy_refusal_reason),
            notes: texts(texts(notes, other.notes), other_basis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::LegalBasis;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn no_need_of_either_is_lost() {
        let needs = |one: Option<&str>, other: Option<&str>| {
            let health = |text: Option<&str>| Health { immediate_needs: text.map(str::to_owned), medical_notes: None };
            health(one).joined(health(other)).immediate_needs
        };
        for (one, other, both) in [
            (None, Some("Insulin, twice a day"), Some("Insulin, twice a day")),
            (Some("Shelter"), None, Some("Shelter")),
            (Some("Shelter"), Some("Insulin"), Some("Shelter\nInsulin")),
            (Some("Shelter\nInsulin"), Some("Insulin"), Some("Shelter\nInsulin")),
            (Some("No insulin needed"), Some("insulin needed"), Some("No insulin needed\ninsulin needed")),
            (Some("allergic to nuts"), Some("Not allergic to nuts"), Some("allergic to nuts\nNot allergic to nuts")),
            (None, None, None),
        ] {
            assert_eq!(needs(one, other).as_deref(), both);
        }
    }

    #[test]
    fn an_open_claim_of_either_is_open_and_a_second_place_is_told_beside_the_first() {
        let claim = |open| Protection { asylum_claim_open: open, ..Protection::default() };
        assert_eq!(claim(Some(false)).joined(claim(Some(true))).asylum_claim_open, Some(true));
        let until = |day: &str| Protection { reflection_until: day.parse().ok(), ..Protection::default() };
        assert_eq!(until("2026-02-01").joined(until("2026-02-09")).reflection_until, until("2026-02-09").reflection_until);
        assert_eq!(until("2026-02-01").joined(Protection::default()).reflection_until, until("2026-02-01").reflection_until);
        let basis = |basis| Protection { registration_basis: Some(basis), ..Protection::default() };
        let both = basis(LegalBasis::Consent).joined(basis(LegalBasis::VitalInterest));
        let noted = some("Ground of registration in the other registration: vital_interest");
        assert_eq!((both.registration_basis, both.notes), (Some(LegalBasis::Consent), noted));
        let place = |facility: &str| Location { facility: some(facility), address: None, notes: None };
        let both = place("Shelter A").joined(place("Shelter B"));
        assert_eq!((both.facility, both.notes), (some("Shelter A"), some("Facility in the other registration: Shelter B")));
        let months = |months| Narrative { months_exploited: Some(months), ..Narrative::default() };
        assert_eq!(months(3).joined(months(9)).notes, some("Months of exploitation in the other registration: 9"));
    }
}
