//! Sums of fines.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::codes::FineTrack;
use crate::domain::money::Amount;
use crate::domain::repatriation::fines::Fine;

/// Cases whose fine is as far as this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrackCount {
    /// How far the fine is.
    pub track: FineTrack,
    /// How many cases.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub cases: i64,
}

/// Fines of several cases in one currency. What is waived, paid and outstanding adds up to what is assessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FineSums {
    /// Cases with a fine.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    pub cases: i64,
    /// The whole fines.
    #[schema(value_type = String, pattern = r"^\d{1,20}(\.\d{1,4})?$", max_length = 25, example = "3650.00")]
    pub assessed: Amount,
    /// Of it, waived.
    #[schema(value_type = String, pattern = r"^\d{1,20}(\.\d{1,4})?$", max_length = 25, example = "1825.00")]
    pub waived: Amount,
    /// Of it, paid.
    #[schema(value_type = String, pattern = r"^\d{1,20}(\.\d{1,4})?$", max_length = 25, example = "0.00")]
    pub paid: Amount,
    /// Of it, settled without payment: by deportation, or by days in detention.
    #[schema(value_type = String, pattern = r"^\d{1,20}(\.\d{1,4})?$", max_length = 25, example = "0.00")]
    pub settled_unpaid: Amount,
    /// What is still owed.
    #[schema(value_type = String, pattern = r"^\d{1,20}(\.\d{1,4})?$", max_length = 25, example = "1825.00")]
    pub outstanding: Amount,
    /// What was paid beyond the fines: to be claimed back.
    #[schema(value_type = String, pattern = r"^\d{1,20}(\.\d{1,4})?$", max_length = 25, example = "0.00")]
    pub overpaid: Amount,
    /// How far the fines are; every track once.
    #[schema(max_items = 20)]
    pub tracks: Vec<TrackCount>,
}

impl Default for FineSums {
    fn default() -> Self {
        let tracks = FineTrack::ALL.iter().map(|track| TrackCount { track: *track, cases: 0 }).collect();
        Self {
            cases: 0,
            assessed: Amount::ZERO,
            waived: Amount::ZERO,
            paid: Amount::ZERO,
            settled_unpaid: Amount::ZERO,
            outstanding: Amount::ZERO,
            overpaid: Amount::ZERO,
            tracks,
        }
    }
}

impl FineSums {
    /// Adds the fine of one case. A case without overstay has a track, and no fine; one whose fine is not known has the track `unknown`.
    pub fn add(&mut self, fine: &Fine) {
        let known = |amount: Option<Amount>| amount.unwrap_or(Amount::ZERO);
        self.cases += i64::from(!known(fine.assessed).is_zero());
        self.assessed = self.assessed.plus(known(fine.assessed));
        self.waived = self.waived.plus(known(fine.waived));
        self.paid = self.paid.plus(known(fine.paid));
        self.settled_unpaid = self.settled_unpaid.plus(known(fine.settled_unpaid));
        self.outstanding = self.outstanding.plus(known(fine.outstanding));
        self.overpaid = self.overpaid.plus(known(fine.overpaid));
        self.tracks.iter_mut().filter(|count| count.track == fine.track).for_each(|count| count.cases += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::domain::money::Percent;
    use crate::domain::repatriation::fines::FineBasis;
    use crate::domain::repatriation::fines::FineRate;

    #[test]
    fn sums_add_up_to_the_cent() {
        let day = |text: &str| text.parse().unwrap();
        let rates = [FineRate::by_day(day("2000-01-01"), Amount::whole(10), Currency::parse("USD").unwrap())];
        let year = FineBasis { stay_expired_on: Some(day("2025-01-31")), ..FineBasis::default() };
        let mut sums = FineSums::default();
        let of_unknown_price = year.on(day("2026-01-31"), &[]);
        sums.add(&of_unknown_price);
        let deported = FineBasis { settled_percent: Percent::parse("100"), ..year };
        sums.add(&FineBasis { paid: Amount::whole(50), ..deported }.on(day("2026-01-31"), &rates));
        for basis in [
            FineBasis::default(),
            year,
            FineBasis { waived_percent: Percent::parse("50"), paid: Amount::parse("0.10").unwrap(), ..year },
            FineBasis { waived_percent: Percent::parse("100"), ..year },
        ] {
            sums.add(&basis.on(day("2026-01-31"), &rates));
        }
        assert_eq!(sums.cases, 4);
        let shown = [sums.assessed, sums.waived, sums.paid, sums.settled_unpaid, sums.outstanding].map(|amount| amount.to_string());
        assert_eq!(shown, ["14600.00", "5475.00", "50.10", "3600.00", "5474.90"]);
        assert_eq!(sums.outstanding.plus(sums.waived).plus(sums.paid).plus(sums.settled_unpaid), sums.assessed);
        let tracks: Vec<i64> = sums.tracks.iter().map(|count| count.cases).collect();
        assert_eq!(tracks, [1, 1, 0, 1, 0, 0, 1, 1, 0, 1]);
    }
}
