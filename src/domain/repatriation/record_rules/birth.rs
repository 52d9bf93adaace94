//! What a birth in the host country means for the stay of the child.

use chrono::{Months, NaiveDate};

use crate::domain::dates::age_on;
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::records::Birth;
use crate::domain::repatriation::records::record::newest;
use crate::domain::violation::{Checks, Violation};

impl RecordRules for Birth {
    fn refusals(&self, _before: Option<&Self>, facts: &Facts) -> Vec<Violation> {
        let mut checks = Checks::on(facts.today);
        let message = "the person of this case was born earlier: record the birth on the case of the child";
        checks.refuse(facts.is_born_before(self.born_on), "/born_on", "contradiction", message);
        checks.found()
    }
}

impl Facts {
    /// Whether the person is older than somebody who was born on this day, whatever is known of their age.
    fn is_born_before(&self, day: NaiveDate) -> bool {
        let today = self.today.day();
        self.youngest_age_on(today).is_some_and(|youngest| youngest > age_on(day, today))
    }

    /// The last day on which a child that was born in the host country may stay there without more, as the country's rate of that day
    /// says; none where it says nothing.
    pub fn newborn_stay_expires_on(&self) -> Option<NaiveDate> {
        let birth = newest(&self.records.births, |birth| birth.born_on)
            .filter(|birth| Some(birth.country) == self.host_country && !self.is_born_before(birth.born_on))?;
        let rates = self.fine_rates.iter().filter(|rate| rate.valid_from <= birth.born_on);
        let months = rates.max_by_key(|rate| rate.valid_from)?.newborn_months?;
        birth.born_on.checked_add_months(Months::new(u32::try_from(months).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cases::person::Identity;
    use crate::domain::country::Country;
    use crate::domain::dates::PartialDate;
    use crate::domain::repatriation::fines::FineRate;
    use crate::domain::repatriation::records::{ImmigrationClearance, Records};
    use crate::domain::tests::{day, entry, owner, ten_dollars_a_day};
    use crate::domain::zones::Today;

    fn born(in_country: &str, on: &str) -> Facts {
        let birth = Birth {
            country: Country::parse(in_country).unwrap(),
            place: None,
            born_on: day(on),
            registration_number: None,
            consular_registration: None,
            mother_nationality: None,
            father_nationality: None,
            citizenship_claimed: None,
        };
        let rates = ten_dollars_a_day().into_iter().map(|rate| FineRate { newborn_months: Some(3), ..rate });
        Facts {
            host_country: Country::parse("KHM"),
            fine_rates: rates.collect(),
            records: Records { births: vec![entry(birth)], ..Records::default() },
            ..Facts::at_registration(owner(), Today::noon(day("2026-06-01")))
        }
    }

    #[test]
    fn a_birth_that_was_recorded_on_the_case_of_the_mother_makes_no_fine_for_her() {
        let mother = Identity { birth_date: PartialDate::parse("1998-04"), ..Identity::default() };
        let facts = Facts { youngest: mother.youngest(), ..born("KHM", "2026-01-19") };
        assert_eq!(facts.newborn_stay_expires_on(), None);
        assert_eq!(facts.fine().overstay_days, 0);
    }

    #[test]
    fn overstay_of_a_newborn_begins_three_months_after_birth_and_only_where_it_was_born() {
        for (country, on, expires) in [
            ("KHM", "2026-01-19", Some("2026-04-19")),
            ("KHM", "2026-01-31", Some("2026-04-30")),
            ("KHM", "2025-11-30", Some("2026-02-28")),
            ("THA", "2026-01-19", None),
        ] {
            assert_eq!(born(country, on).newborn_stay_expires_on(), expires.map(day), "{country} {on}");
        }
        let facts = born("KHM", "2026-01-19");
        assert_eq!(facts.fine().overstay_days, 43, "from 20 April to 1 June");
        let silent = Facts { fine_rates: ten_dollars_a_day(), ..facts.clone() };
        assert_eq!(silent.fine().overstay_days, 0, "where no rate says so");
        let stated = ImmigrationClearance { stay_expired_on: Some(day("2026-05-31")), ..ImmigrationClearance::default() };
        assert_eq!(facts.fine_with(Some(&stated)).overstay_days, 1, "what the clearance states goes first");
        let fine = facts.fine_with(Some(&ImmigrationClearance::default()));
        assert_eq!((fine.overstay_days, fine.stay_expired_on), (43, Some(day("2026-04-19"))), "a clearance that is silent about it");
    }
}
