//! Plays the wave of January 2026 in the demo: day by day, on a clock that begins in the past.

use chrono::{Days, NaiveDate};
use std::sync::Arc;

use crate::command::demo_staff::Staff;
use crate::command::failure::Failure;
use crate::command::print;
use crate::command::progress::Progress;
use crate::db::cases::register::REGISTERS_ONE;
use crate::db::{Clock, Db, Request, Tx};
use crate::demo::{self, WAVE_DAYS, WavePerson, WorldIds};
use crate::domain::dates::Timestamp;
use crate::domain::ids::CaseId;
use crate::error::{Error, Result as DbResult};

/// People of one transaction, at most. Rows lie where their random ids put them, so a transaction with few people touches nearly
/// as many pages of the database as one with many: large transactions write each page once.
const TOGETHER: usize = 300;
/// The embassy's users, who take turns.
const OFFICERS: [&str; 2] = ["officer.idn", "supervisor.idn"];
/// The hour at which the embassy's work begins, in Phnom Penh: the flight of the morning has landed, it is the same day in Cambodia and in
/// Indonesia, and no step runs past midnight.
const WORK_BEGINS: i64 = 15 * 3600;
/// Seconds by which the accounts are made before the first person walks in.
const HOUR: i64 = 3600;

/// A clock that shows the morning of the first day of a wave that ended yesterday.
pub(in crate::command) fn clock(present: &Clock) -> Clock {
    Clock::showing(work_begins(demo::today(present.now()), 0).plus_seconds(-HOUR))
}

/// The time at which the work of a day of the wave begins, at whatever hour the demo is started.
fn work_begins(today: NaiveDate, day: u32) -> Timestamp {
    let date = today.checked_sub_days(Days::new((WAVE_DAYS - day).into())).unwrap_or(today);
    demo::clock().start_of(date).plus_seconds(WORK_BEGINS)
}

/// A person on a day of the wave, with the case if it exists.
#[derive(Clone)]
struct Turn {
    person: Arc<WavePerson>,
    case: Option<CaseId>,
    day: u32,
}

/// A step that is taken with each person.
type Step = fn(&mut Tx<'_>, &Turn, &WorldIds) -> DbResult<CaseId>;

/// The embassy and its means of work.
struct Embassy<'a> {
    db: &'a Db,
    staff: &'a Staff,
    ids: &'a WorldIds,
    progress: &'a Progress,
}

/// Plays every day before `today` with one in `one_in` of the people, and leaves the clock on the last of these days.
pub(in crate::command) async fn play(db: &Db, today: NaiveDate, staff: &Staff, ids: &WorldIds, one_in: usize) -> Result<(), Failure> {
    let people: Vec<WavePerson> = demo::wave(today).into_iter().step_by(one_in).collect();
    print::line(format!("Registering the {} people of the wave of January 2026, day by day …\n", people.len()))?;
    let steps = people.iter().map(|person| 1 + (0..WAVE_DAYS).filter(|day| person.acts_on(*day)).count()).sum();
    let progress = Progress::of(steps);
    let embassy = Embassy { db, staff, ids, progress: &progress };
    let mut turns: Vec<Turn> = people.into_iter().map(|person| Turn { person: Arc::new(person), case: None, day: 0 }).collect();
    for day in 0..WAVE_DAYS {
        staff.clock().set(work_begins(today, day));
        turns.iter_mut().for_each(|turn| turn.day = day);
        embassy.work(&mut turns, |turn| turn.person.plan.registered == day, REGISTERS_ONE, register).await?;
        embassy.work(&mut turns, |turn| turn.person.acts_on(day), "make_transition", go_on).await?;
    }
    progress.end();
    Ok(())
}

fn register(tx: &mut Tx<'_>, turn: &Turn, ids: &WorldIds) -> DbResult<CaseId> {
    demo::walk_in(tx, &turn.person, ids)
}

fn go_on(tx: &mut Tx<'_>, turn: &Turn, ids: &WorldIds) -> DbResult<CaseId> {
    let case = turn.case.ok_or_else(|| Error::internal("a person without a case"))?;
    demo::go_on(tx, case, &turn.person, ids, turn.day).map(|()| case)
}

impl Embassy<'_> {
    /// Takes a step with every person whose turn it is, in transactions of several people.
    async fn work(&self, turns: &mut [Turn], is_due: impl Fn(&Turn) -> bool, operation: &str, step: Step) -> Result<(), Failure> {
        let mut due: Vec<&mut Turn> = turns.iter_mut().filter(|turn| is_due(turn)).collect();
        let share = due.len().div_ceil(OFFICERS.len()).clamp(1, TOGETHER);
        for (officer, together) in OFFICERS.iter().cycle().zip(due.chunks_mut(share)) {
            let actor = self.staff.sign_in(officer)?;
            let request = Request { operation: operation.to_owned(), ..Request::system("demo") };
            let (now, ids): (Vec<Turn>, WorldIds) = (together.iter().map(|turn| (**turn).clone()).collect(), self.ids.clone());
            let write = move |tx: &mut Tx<'_>| now.iter().map(|turn| step(tx, turn, &ids)).collect::<DbResult<Vec<CaseId>>>();
            let cases = self.db.write(&actor, &request, write).await?;
            self.progress.advance(together.len());
            together.iter_mut().zip(cases).for_each(|(turn, case)| turn.case = Some(case));
        }
        Ok(())
    }
}
