//! The days on which each person of the wave takes each step. Everything follows from the order of arrival.

/// Days of the wave.
pub const WAVE_DAYS: u32 = 18;
/// Walk-ins at the Indonesian embassy, day by day from 16 January to 2 February 2026. The sources contradict each other;
/// these agree with the cumulative figures that were published (2,117 by 23 January, 2,887 by 31 January).
pub(super) const ARRIVALS: [u32; 18] = [192, 192, 192, 520, 344, 286, 224, 167, 97, 97, 96, 96, 96, 96, 96, 96, 140, 140];
/// The day of the first flight home, 30 January. The next one left on the day after.
const FIRST_FLIGHT: u32 = 14;
/// Seats on it that people of the wave took.
const SEATS: u32 = 36;
/// One in this many of the people who decided to return may not leave yet.
const HELD_BY_LAW: u32 = 60;
/// One in this many of the people whom the home authority does not confirm at once is put on hold.
const ON_HOLD: u32 = 12;

/// The day of the wave on which a case took each step; none if it did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Registered as a walk-in.
    pub registered: u32,
    /// Screened: the "assessed" of the reports.
    pub screened: Option<u32>,
    /// The mission is asked to verify.
    pub contacted: Option<u32>,
    /// Put on hold, because the nationality is not confirmed.
    pub on_hold: Option<u32>,
    /// The nationality is verified.
    pub verified: Option<u32>,
    /// The person decided to return; clearing begins.
    pub decided: Option<u32>,
    /// A legal hold is imposed.
    pub held: Option<u32>,
    /// The one-way certificate is issued.
    pub document: Option<u32>,
    /// Relief of the fine is granted.
    pub relief: Option<u32>,
    /// The rest of the fine is paid and the exit permit granted.
    pub exit: Option<u32>,
    /// A flight is booked.
    pub scheduled: Option<u32>,
    /// The person left, and arrived on the same day.
    pub departed: Option<u32>,
}

impl Plan {
    /// The days on which anything happens after registration.
    pub fn days(&self) -> impl Iterator<Item = u32> {
        let middle = [self.screened, self.contacted, self.on_hold, self.verified, self.decided, self.held];
        middle.into_iter().chain([self.document, self.relief, self.exit, self.scheduled, self.departed]).flatten()
    }
}

/// Takes a share of the first people, spread evenly, and none of the later ones.
struct Share {
    take: u32,
    of: u32,
    seen: u32,
}

impl Share {
    const fn new(take: u32, of: u32) -> Self {
        Self { take, of, seen: 0 }
    }

    fn takes(&mut self) -> bool {
        let before = self.seen;
        self.seen += 1;
        before < self.of && (before + 1) * self.take / self.of > before * self.take / self.of
    }
}

/// The shares of each step. Registrations, screenings, documents, reliefs, tickets and departures were published; the numbers in
/// between are invented.
struct Shares {
    screened: Share,
    contacted: Share,
    verified: Share,
    decided: Share,
    document: Share,
    relief: Share,
    exit: Share,
    scheduled: Share,
    departed: Share,
    left: u32,
}

/// The plan of each person, in the order of registration.
pub(in crate::demo) fn plans() -> Vec<Plan> {
    let mut shares = Shares {
        screened: Share::new(2_100, 2_700),
        contacted: Share::new(1_500, 1_900),
        verified: Share::new(1_250, 1_400),
        decided: Share::new(1_050, 1_100),
        document: Share::new(800, 950),
        relief: Share::new(800, 980),
        exit: Share::new(190, 400),
        scheduled: Share::new(130, 160),
        departed: Share::new(45, 60),
        left: 0,
    };
    let days = (0..).zip(ARRIVALS).flat_map(|(day, people)| (0..people).map(move |_| day));
    (0..).zip(days).map(|(number, day)| shares.plan(number, day)).collect()
}

impl Shares {
    fn plan(&mut self, number: u32, registered: u32) -> Plan {
        let mut plan = Plan { registered, ..Plan::default() };
        plan.screened = self.screened.takes().then(|| within(registered + 1 + number % 3));
        let Some(screened) = plan.screened else { return plan };
        plan.contacted = self.contacted.takes().then_some(screened);
        let Some(contacted) = plan.contacted else { return plan };
        plan.verified = self.verified.takes().then(|| within(contacted + 1 + number % 2));
        let Some(verified) = plan.verified else {
            plan.on_hold = number.is_multiple_of(ON_HOLD).then(|| within(contacted + 2));
            return plan;
        };
        plan.decided = self.decided.takes().then(|| within(verified + 1));
        if let Some(decided) = plan.decided {
            self.clear(&mut plan, number, decided);
        }
        plan
    }

    /// Plans document and fine side by side; both are needed for the exit permit.
    fn clear(&mut self, plan: &mut Plan, number: u32, decided: u32) {
        plan.held = number.is_multiple_of(HELD_BY_LAW).then(|| within(decided + 1));
        plan.document = self.document.takes().then(|| within(decided + 1 + number % 2));
        plan.relief = self.relief.takes().then(|| within(decided + 2 + number % 3));
        let (Some(document), Some(relief), None) = (plan.document, plan.relief, plan.held) else { return };
        plan.exit = self.exit.takes().then(|| within(document.max(relief) + 1));
        let Some(exit) = plan.exit else { return };
        plan.scheduled = self.scheduled.takes().then(|| within(exit + 1));
        let is_on_board = plan.scheduled.is_some() && self.departed.takes();
        if is_on_board {
            plan.departed = Some(if self.left < SEATS { FIRST_FLIGHT } else { FIRST_FLIGHT + 1 });
            self.left += 1;
        }
    }
}

/// The day, but not after the last one.
fn within(day: u32) -> u32 {
    day.min(WAVE_DAYS - 1)
}
