//! Whether somebody is fit to travel, and by whose word.

use chrono::NaiveDate;

use crate::domain::codes::{FitnessBasis, Pregnancy, SuicideRisk};
use crate::domain::repatriation::facts::Facts;
use crate::domain::repatriation::records::{FitToTravel, HealthScreening};

/// Below this age a physician says whether a child can travel.
const INFANT_UNDER_YEARS: i32 = 2;

impl Facts {
    /// Whether somebody says that the person can travel on this day whose word is enough: the newest one, and where it takes an
    /// examination, a physician after what was found. No lay word lifts a physician's no.
    pub(super) fn is_fit_on(&self, day: NaiveDate) -> bool {
        let newest_of = |is: fn(&FitToTravel) -> bool| {
            let all = self.records.fit_to_travel.iter().map(|entry| &entry.content);
            all.filter(|found| is(found)).max_by_key(|found| found.examined_on)
        };
        let Some(said) = newest_of(|_| true) else { return false };
        let of_physicians = newest_of(|found| !found.is_lay());
        let examined = newest_of(FitToTravel::is_examined);
        if !said.covers(day) || of_physicians.is_some_and(|found| !found.fit) {
            return false;
        }
        match self.examined_since(day) {
            Some(since) => examined.is_some_and(|found| found.covers(day) && found.examined_on >= since),
            None => true,
        }
    }

    /// Since when it takes an examination to say so: for an infant always, else since what a health screening found. None: it takes none.
    fn examined_since(&self, day: NaiveDate) -> Option<NaiveDate> {
        let is_infant = self.youngest.is_some_and(|youngest| youngest.on(day) < INFANT_UNDER_YEARS);
        // A newer screening that did not ask says nothing.
        let newest_of = |answers: fn(&HealthScreening) -> bool| {
            let all = self.records.health_screenings.iter().map(|entry| &entry.content);
            all.filter(|found| answers(found)).max_by_key(|found| found.screened_on)
        };
        let hurt = newest_of(|_| true).filter(|found| found.is_hurt());
        let pregnant = newest_of(|found| matches!(found.pregnancy, Pregnancy::Yes | Pregnancy::No));
        let pregnant = pregnant.filter(|found| found.pregnancy == Pregnancy::Yes);
        let in_despair = newest_of(|found| found.suicide_risk != SuicideRisk::NotAssessed);
        let in_despair = in_despair.filter(|found| matches!(found.suicide_risk, SuicideRisk::Moderate | SuicideRisk::High));
        let found = [hurt, pregnant, in_despair].into_iter().flatten().map(|found| found.screened_on).max();
        found.or(is_infant.then_some(NaiveDate::MIN))
    }
}

impl FitToTravel {
    /// Whether it is the word of somebody who is no physician.
    fn is_lay(&self) -> bool {
        self.basis.is_some_and(|basis| !basis.is_examination())
    }

    /// Whether a physician is known to have examined the person.
    fn is_examined(&self) -> bool {
        self.basis.is_some_and(FitnessBasis::is_examination)
    }
}
