//! What must be done about a case, and by when. Tasks follow from the case: the same facts always give the same tasks, so
//! that none can be forgotten, and one that is settled goes away by itself.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::domain::codes::{FollowUpSituation, NationalityResult, RiskAssessmentKind, TraffickingStatus};
use crate::domain::ids::{OrganisationId, RecordId};
use crate::domain::repatriation::records::record::{CaseRecord, Entry, newest};
use crate::domain::repatriation::stage::{SideState, Stage, is_over};
use crate::domain::repatriation::task_kind::TaskKind;
use crate::domain::repatriation::{ContactFacts, Facts, forward_step, records};

/// A task that follows from the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTask {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Why.
    pub kind: TaskKind,
    /// The record it is about; nil for the case itself.
    pub subject: Uuid,
    /// When it should be done.
    pub due_on: NaiveDate,
    /// When something is lost if it is not done.
    pub deadline: Option<NaiveDate>,
    /// For a case that stalls: the requirement to meet first, as the guard is called.
    pub guard: Option<&'static str>,
}

/// Every task that follows from the facts. None for a case that is closed, or whose journey is over, but to open one that was
/// taken over and to tell of a death.
pub fn due(facts: &Facts) -> Vec<DueTask> {
    // Also beside the road home, where nothing else is due: a case must not stay with somebody who cannot open it.
    let mut tasks: Vec<DueTask> = of_a_takeover(facts).into_iter().chain(of_a_death(facts)).collect();
    if facts.is_closed || is_over(facts.stage, facts.side_state) {
        return tasks;
    }
    tasks.extend(of_the_case(facts));
    tasks.extend(of_missions(facts));
    if facts.stage < Stage::Departed {
        tasks.extend(of_documents(facts));
        tasks.extend(of_custody(facts));
        tasks.extend(of_a_detained_decision(facts));
        tasks.extend(of_punishment(facts));
    }
    tasks.extend(of_care(facts));
    tasks
}

impl Facts {
    fn task(&self, kind: TaskKind, subject: Uuid, due_on: NaiveDate) -> DueTask {
        DueTask { organisation: self.owner, kind, subject, due_on, deadline: None, guard: None }
    }

    /// The day on which a rule that counts from another day makes something due.
    fn after(&self, day: NaiveDate, kind: TaskKind) -> NaiveDate {
        self.rules.after(day, kind)
    }

    /// What must be done before something is over.
    fn before(&self, kind: TaskKind, subject: Uuid, deadline: NaiveDate) -> DueTask {
        let due_on = deadline.checked_sub_days(Days::new(self.rules.days(kind).into())).unwrap_or(NaiveDate::MIN);
        DueTask { deadline: Some(deadline), ..self.task(kind, subject, due_on) }
    }
}

/// A case that was taken over: to open it, or to hand it on.
fn of_a_takeover(facts: &Facts) -> Option<DueTask> {
    let since = facts.taken_over_on.filter(|_| !facts.is_closed)?;
    let due_on = facts.after(since, TaskKind::TakeoverWaiting);
    Some(DueTask { deadline: Some(due_on), ..facts.task(TaskKind::TakeoverWaiting, Uuid::nil(), due_on) })
}

/// A death: the authority tells the consular post without delay, whatever the person decided about contact in life (VCCR art. 37(a)).
fn of_a_death(facts: &Facts) -> Option<DueTask> {
    let is_due = facts.death_is_untold() && !facts.is_closed;
    let due_on = facts.after(facts.stage_since, TaskKind::DeathToReport);
    is_due.then(|| DueTask { deadline: Some(due_on), ..facts.task(TaskKind::DeathToReport, Uuid::nil(), due_on) })
}

/// On hold: the review. Anywhere else: not to stand still.
fn of_the_case(facts: &Facts) -> Vec<DueTask> {
    let review = facts.hold_review_on.filter(|_| facts.side_state == Some(SideState::OnHold));
    if let Some(review) = review {
        return vec![facts.task(TaskKind::HoldReview, Uuid::nil(), facts.after(review, TaskKind::HoldReview))];
    }
    // Nobody is pressed while they recover and reflect.
    let since = facts.reflection_until.map_or(facts.stage_since, |until| until.max(facts.stage_since));
    let stalled = facts.task(TaskKind::Stalled, Uuid::nil(), facts.after(since, TaskKind::Stalled));
    vec![DueTask { guard: forward_step(facts).and_then(|unmet| unmet.first().map(|guard| guard.guard)), ..stalled }]
}

/// What missions were asked: due for the mission, and for the owner to ask again.
fn of_missions(facts: &Facts) -> Vec<DueTask> {
    let mut tasks = Vec::new();
    let is_accepted = |mission| facts.contacts.iter().any(|contact| contact.mission == mission && contact.decision.allows_contact());
    for asked in facts.verifications.iter().filter(|asked| asked.result == NationalityResult::Pending && is_accepted(asked.mission)) {
        let waiting = facts.task(TaskKind::VerificationWaiting, asked.id.0, facts.after(asked.requested_on, TaskKind::VerificationWaiting));
        tasks.push(DueTask { organisation: asked.mission.into(), ..waiting });
        if facts.owner != asked.mission.into() {
            tasks.push(facts.task(TaskKind::MissionSilent, asked.id.0, facts.after(asked.requested_on, TaskKind::MissionSilent)));
        }
    }
    for entry in &facts.records.travel_documents {
        let Some(mission) = entry.content.mission_id.filter(|mission| entry.content.is_requested() && is_accepted(*mission)) else {
            continue;
        };
        let since = entry.content.requested_on.unwrap_or_else(|| facts.today.day_of(entry.created_at));
        let waiting = facts.task(TaskKind::DocumentWaiting, entry.id.0, facts.after(since, TaskKind::DocumentWaiting));
        tasks.push(DueTask { organisation: mission.into(), ..waiting });
    }
    tasks
}

/// What lapses before the person has left.
fn of_documents(facts: &Facts) -> Vec<DueTask> {
    // A newer document makes the older one unimportant.
    let newest = facts.records.travel_documents.iter().rev().find(|entry| entry.content.is_in_hand());
    let lapsing = |entry: &Entry<records::TravelDocument>| {
        entry.content.holds_until().map(|until| facts.before(TaskKind::DocumentExpires, entry.id.0, until))
    };
    let permit = facts.records.clearance.as_ref();
    let permit = permit.and_then(|entry| Some(facts.before(TaskKind::PermitExpires, entry.id.0, entry.content.holds_until()?)));
    newest.and_then(lapsing).into_iter().chain(permit).collect()
}

/// Days from one look at a detention to the next.
const DETENTION_AGAIN_DAYS: Days = Days::new(7);

/// Detention that lasts: first looked into two days after the arrest (the consular post is told without delay, VCCR art. 36(1)(b)), then
/// every week.
fn of_custody(facts: &Facts) -> Vec<DueTask> {
    let held = facts.records.detentions.iter().filter(|entry| entry.content.released_on.is_none());
    let due_on = |detention: &records::Detention| match detention.reviewed_on {
        None => facts.after(detention.since, TaskKind::LongDetention),
        Some(looked) => looked.checked_add_days(DETENTION_AGAIN_DAYS).unwrap_or(NaiveDate::MAX),
    };
    held.map(|entry| facts.task(TaskKind::LongDetention, entry.id.0, due_on(&entry.content))).collect()
}

/// A decision to return that somebody took while detained, when they are free: it is hardly voluntary as long as the gate opens that way
/// alone (Bali Process, returns and reintegration).
fn of_a_detained_decision(facts: &Facts) -> Option<DueTask> {
    // Also where they did not decide freely: then all the more.
    let decided = newest(&facts.records.return_decisions, |decision| decision.decided_on).filter(|decision| decision.is_wanted())?;
    let decided_on = decided.decided_on;
    let was_held = |found: &&Entry<records::Detention>| {
        // On the day of release they are free to say.
        found.content.since <= decided_on && found.content.released_on.is_some_and(|released| decided_on < released)
    };
    let held = facts.records.detentions.iter().filter(was_held).max_by_key(|found| found.content.released_on)?;
    let due_on = facts.after(held.content.released_on?, TaskKind::DetainedDecision);
    Some(facts.task(TaskKind::DetainedDecision, held.id.0, due_on))
}

/// What punishes somebody who may be a victim, and nobody raised that it must not: a charge from the suspicion on, detention, a fine
/// (ACTIP art. 14(7) covers administrative liability, too).
fn of_punishment(facts: &Facts) -> Vec<DueTask> {
    if !facts.trafficking_status.is_some_and(TraffickingStatus::forbids_punishment) {
        return Vec::new();
    }
    let review = |kind, id: RecordId, recorded_at| facts.task(kind, id.0, facts.after(facts.today.day_of(recorded_at), kind));
    let charges = facts.records.charges.iter().filter(|entry| entry.content.needs_review());
    let charges = charges.map(|entry| review(TaskKind::NonPunishmentReview, entry.id, entry.created_at));
    let detentions = facts.records.detentions.iter().filter(|entry| entry.content.needs_review());
    let detentions = detentions.map(|entry| review(TaskKind::DetentionReview, entry.id, entry.created_at));
    let fine = facts.records.clearance.as_ref().filter(|_| facts.is_fined_unasked());
    let fine = fine.map(|entry| review(TaskKind::FineReview, entry.id, entry.created_at));
    charges.chain(detentions).chain(fine).collect()
}

/// A person who went on unscreened: due at arrival, and until somebody found out. It outlasts the departure.
fn of_the_unscreened(facts: &Facts) -> Option<DueTask> {
    let went_on = facts.stage > Stage::Registered && facts.trafficking_status == Some(TraffickingStatus::Unscreened);
    let arrived = newest(&facts.records.arrivals, |arrival| arrival.arrived_on).map(|arrival| arrival.arrived_on);
    let arrives = arrived.or_else(|| facts.movement().map(|movement| facts.arrival_day(movement))).or(facts.left_on);
    let due_on = arrives.unwrap_or_else(|| facts.after(facts.registered_on, TaskKind::ScreeningOutstanding));
    went_on.then(|| facts.task(TaskKind::ScreeningOutstanding, Uuid::nil(), due_on))
}

/// Care that cannot wait: what the newest health screening found, and care after sexual violence that nobody has offered.
fn of_health(facts: &Facts) -> Vec<DueTask> {
    let screenings = &facts.records.health_screenings;
    let newest = screenings.iter().max_by_key(|entry| entry.content.screened_on).map(|entry| entry.id);
    let task = |entry: &Entry<records::HealthScreening>| {
        let is_offered = |other: &Entry<records::HealthScreening>| {
            other.content.screened_on >= entry.content.screened_on && other.content.care_within_72_hours.is_some()
        };
        let deadline = entry.content.care_is_due_by().filter(|_| !screenings.iter().any(is_offered));
        let is_urgent = Some(entry.id) == newest && entry.content.is_urgent();
        let due_on = facts.after(entry.content.screened_on, TaskKind::UrgentCare);
        let task = facts.task(TaskKind::UrgentCare, entry.id.0, due_on);
        (is_urgent || deadline.is_some()).then_some(DueTask { deadline, ..task })
    };
    screenings.iter().filter_map(task).collect()
}

/// Days after arrival by which somebody asks again how the person is: survivors need it long after the welcome (IOM, monitoring of
/// reintegration).
const MONITORING_DAYS: [u32; 4] = [30, 90, 180, 365];

/// The first time after arrival at which nobody asked, or plans to ask, how the person is. A follow-up counts for a time from halfway
/// since the one before.
fn of_monitoring(facts: &Facts) -> Option<DueTask> {
    let arrival = newest(&facts.records.arrivals, |arrival| arrival.arrived_on).map(|arrival| arrival.arrived_on);
    // Whoever came home by themselves is logged as gone, and nobody wrote down the arrival.
    let arrived_on = arrival.or(facts.left_on)?;
    let after_arrival = |days: u32| arrived_on.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
    let all = || facts.records.follow_ups.iter().map(|entry| &entry.content);
    let mut before = 0;
    let unmet = MONITORING_DAYS.into_iter().filter(|days| *days <= facts.rules.monitoring_days).find(|days| {
        let half = (days - before) / 2;
        let (from, until) = (after_arrival(before + half), after_arrival(days + half));
        before = *days;
        let is_for_it = |found: &records::FollowUp| match found.is_done() {
            true => found.done_on >= Some(from),
            false => found.is_planned() && (from..=until).contains(&found.due_on),
        };
        !all().any(is_for_it)
    })?;
    let due_on = facts.after(after_arrival(unmet), TaskKind::MonitoringDue);
    (facts.stage >= Stage::Arrived && !facts.is_left_alone()).then(|| facts.task(TaskKind::MonitoringDue, Uuid::nil(), due_on))
}

/// Children, health, risks and follow-ups.
fn of_care(facts: &Facts) -> Vec<DueTask> {
    let first = of_the_unscreened(facts).into_iter().chain(of_health(facts)).chain(of_monitoring(facts));
    let mut tasks: Vec<DueTask> = first.collect();
    if facts.is_child && !facts.has_guardian() {
        let since = facts.registered_on;
        tasks.push(facts.task(TaskKind::ChildWithoutGuardian, Uuid::nil(), facts.after(since, TaskKind::ChildWithoutGuardian)));
    }
    let is_unheard = |contact: &ContactFacts| contact.decision.allows_contact() && !contact.is_decided_for_child;
    if facts.is_child && facts.contacts.iter().any(is_unheard) {
        tasks.push(facts.task(TaskKind::ChildNotHeard, Uuid::nil(), facts.after(facts.registered_on, TaskKind::ChildNotHeard)));
    }
    for kind in RiskAssessmentKind::ALL {
        let newest = facts.records.risk_assessments.iter().rev().find(|entry| entry.content.kind == *kind);
        let due = newest.and_then(|entry| Some((entry.id.0, entry.content.next_due_on?)));
        tasks.extend(due.map(|(id, due)| facts.task(TaskKind::RiskAssessmentDue, id, facts.after(due, TaskKind::RiskAssessmentDue))));
    }
    let is_open = |entry: &&Entry<records::FollowUp>| !entry.content.is_done() && entry.content.is_planned() && !facts.is_left_alone();
    let open = facts.records.follow_ups.iter().filter(is_open);
    tasks.extend(open.map(|entry| facts.task(TaskKind::FollowUpDue, entry.id.0, facts.after(entry.content.due_on, TaskKind::FollowUpDue))));
    tasks
}

impl Facts {
    /// Whether the person was reached last in a way after which nobody is to ask again.
    fn is_left_alone(&self) -> bool {
        let done = self.records.follow_ups.iter().map(|entry| &entry.content).filter(|done| done.is_done());
        done.max_by_key(|done| done.done_on).is_some_and(records::FollowUp::ends_monitoring)
    }
}

impl records::FollowUp {
    /// Whether nobody has tried yet. Somebody who was not reached is followed up by another one.
    fn is_planned(&self) -> bool {
        self.situation != Some(FollowUpSituation::NotReached)
    }

    /// Whether nobody is to ask again.
    fn ends_monitoring(&self) -> bool {
        matches!(self.situation, Some(FollowUpSituation::DeclinedContact | FollowUpSituation::Deceased))
    }
}

#[cfg(test)]
mod tests;
