//! Plays the wave of January 2026 in the demo: day by day, on a clock that begins in the past.

use std::collections::HashMap;
use std::sync::Arc;

use super::Failure;
use crate::db::{Clock, Db, Request, Tx};
use crate::demo::{self, WAVE_DAYS, WavePerson, WorldIds};
use crate::domain::access::Actor;
use crate::domain::ids::CaseId;
use crate::error::{Error, Result as DbResult};

/// People of one transaction: many enough to be quick, few enough to be one.
const TOGETHER: usize = 50;
/// The embassy's own people, who take turns.
const OFFICERS: [&str; 2] = ["officer.idn", "supervisor.idn"];
const DAY: i64 = 24 * 3600;

/// A clock that is behind by the length of the wave.
pub(super) fn clock() -> Clock {
    Clock::ahead_by(-i64::from(WAVE_DAYS) * DAY)
}

/// Somebody on a day of the wave: who it is, and the case where there is one.
#[derive(Clone)]
struct Turn {
    person: Arc<WavePerson>,
    case: Option<CaseId>,
    day: u32,
}

/// What is done with each of them.
type Step = fn(&mut Tx<'_>, &Turn, &WorldIds) -> DbResult<CaseId>;

/// The embassy at work.
struct Embassy<'a> {
    db: &'a Db,
    actors: &'a HashMap<&'static str, Actor>,
    ids: &'a WorldIds,
}

/// Plays every day, and leaves the clock in the present.
pub(super) async fn play(db: &Db, clock: &Clock, actors: &HashMap<&'static str, Actor>, ids: &WorldIds) -> Result<(), Failure> {
    let people = demo::wave(Clock::default().now().date());
    println!("Registering the {} people of the wave of January 2026, day by day …\n", people.len());
    let embassy = Embassy { db, actors, ids };
    let mut turns: Vec<Turn> = people.into_iter().map(|person| Turn { person: Arc::new(person), case: None, day: 0 }).collect();
    for day in 0..WAVE_DAYS {
        turns.iter_mut().for_each(|turn| turn.day = day);
        embassy.work(&mut turns, |turn| turn.person.plan.registered == day, "create_case", register).await?;
        embassy.work(&mut turns, |turn| turn.person.acts_on(day), "make_transition", go_on).await?;
        clock.forward(DAY);
    }
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
    /// Takes a step with everybody whose turn it is, some of them in one transaction.
    async fn work(&self, turns: &mut [Turn], is_due: impl Fn(&Turn) -> bool, operation: &str, step: Step) -> Result<(), Failure> {
        let mut due: Vec<&mut Turn> = turns.iter_mut().filter(|turn| is_due(turn)).collect();
        for (officer, together) in OFFICERS.iter().cycle().zip(due.chunks_mut(TOGETHER)) {
            let actor = self.actors.get(officer).ok_or_else(|| Failure::config(format!("the demo has no account {officer}")))?;
            let request = Request { operation: operation.to_owned(), ..Request::system("demo") };
            let (now, ids): (Vec<Turn>, WorldIds) = (together.iter().map(|turn| (**turn).clone()).collect(), self.ids.clone());
            let write = move |tx: &mut Tx<'_>| now.iter().map(|turn| step(tx, turn, &ids)).collect::<DbResult<Vec<CaseId>>>();
            let cases = self.db.write(actor, &request, write).await?;
            together.iter_mut().zip(cases).for_each(|(turn, case)| turn.case = Some(case));
        }
        Ok(())
    }
}
