//! What must be done about a case, and by when. Tasks follow from the case: the same facts always give the same tasks, so
//! that none can be forgotten, and one that is settled goes away by itself.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::codes::{FollowUpSituation, NationalityResult, RiskAssessmentKind, TraffickingStatus};
use super::ids::OrganisationId;
use super::records::{CaseRecord, Entry};
use super::repatriation::{Facts, SideState, Stage, forward_step};

text_enum! {
    /// Why something is to be done.
    pub enum TaskKind {
        /// The case has not moved for too long.
        Stalled = "stalled",
        /// A mission was asked to verify a nationality and has not answered.
        MissionSilent = "mission_silent",
        /// Your mission is asked to verify a nationality.
        VerificationWaiting = "verification_waiting",
        /// Your mission is asked for a travel document.
        DocumentWaiting = "document_waiting",
        /// A travel document expires soon.
        DocumentExpires = "document_expires",
        /// An exit permit expires soon.
        PermitExpires = "permit_expires",
        /// A follow-up is due.
        FollowUpDue = "follow_up_due",
        /// A risk must be assessed again.
        RiskAssessmentDue = "risk_assessment_due",
        /// A child has no guardian.
        ChildWithoutGuardian = "child_without_guardian",
        /// Somebody is detained for too long.
        LongDetention = "long_detention",
        /// Somebody who may be a victim is charged or convicted.
        NonPunishmentReview = "non_punishment_review",
        /// A hold must be looked at again.
        HoldReview = "hold_review",
        /// Somebody added it.
        Added = "added",
    }
}

impl TaskKind {
    /// Days that pass, or are left, before it is due, unless configured otherwise.
    pub const fn default_days(self) -> u32 {
        match self {
            Self::Stalled | Self::DocumentExpires => 14,
            Self::MissionSilent | Self::VerificationWaiting | Self::DocumentWaiting | Self::PermitExpires => 7,
            Self::LongDetention => 30,
            Self::FollowUpDue | Self::RiskAssessmentDue | Self::ChildWithoutGuardian => 0,
            Self::NonPunishmentReview | Self::HoldReview | Self::Added => 0,
        }
    }

    /// The one next action, and the resource below the case where it is taken.
    pub const fn action(self) -> (&'static str, &'static str) {
        match self {
            Self::Stalled => ("Move the case on, or put it on hold with a reason.", "repatriation"),
            Self::MissionSilent => ("Ask the mission again, or another mission that covers the nationality.", "nationality-verifications"),
            Self::VerificationWaiting => ("Verify the nationality and record what you found.", "nationality-verifications"),
            Self::DocumentWaiting => ("Issue the travel document, or refuse it with a reason.", "travel-documents"),
            Self::DocumentExpires => ("Let the person depart before the document expires, or ask for another one.", "travel-documents"),
            Self::PermitExpires => {
                ("Let the person leave before the exit permit expires, or ask for another one.", "immigration-clearance")
            }
            Self::FollowUpDue => ("Reach the person and record how they are.", "follow-ups"),
            Self::RiskAssessmentDue => ("Assess the risk again.", "risk-assessments"),
            Self::ChildWithoutGuardian => ("Find a guardian for the child and record who it is.", "best-interests"),
            Self::LongDetention => ("Ask the authority for release, and record it.", "detentions"),
            Self::NonPunishmentReview => ("Raise with the authority that victims are not to be punished.", "charges"),
            Self::HoldReview => ("Look at the hold again: resume, or set a new day.", "repatriation"),
            Self::Added => ("See the note.", "tasks"),
        }
    }
}

text_enum! {
    /// How far a task is.
    pub enum TaskStatus {
        Open = "open",
        Done = "done",
        /// The reason for it went away.
        Settled = "settled",
    }
}

/// Days before something is due, and the monitoring after arrival: the part of the process that each deployment decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessRules {
    days: Vec<(TaskKind, u32)>,
    /// Days after arrival during which a person is followed up before the case is completed.
    pub monitoring_days: u32,
}

impl Default for ProcessRules {
    fn default() -> Self {
        Self { days: Vec::new(), monitoring_days: 90 }
    }
}

impl ProcessRules {
    /// The days before a task of this kind is due.
    pub fn days(&self, kind: TaskKind) -> u32 {
        self.days.iter().rev().find(|(known, _)| *known == kind).map_or(kind.default_days(), |(_, days)| *days)
    }

    /// Reads `mission_silent=7,document_expires=14,monitoring=90`. Kinds that are not named keep their default.
    ///
    /// # Errors
    /// The part that names no rule, or whose days are no number up to 3650.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rules = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, days) = part.split_once('=').ok_or_else(|| part.to_owned())?;
            let days = days.trim().parse().ok().filter(|days| *days <= 3650).ok_or_else(|| name.to_owned())?;
            match (name.trim(), TaskKind::parse(name.trim())) {
                ("monitoring", _) => rules.monitoring_days = days,
                (_, Some(kind)) if kind != TaskKind::Added => rules.days.push((kind, days)),
                (name, _) => return Err(name.to_owned()),
            }
        }
        Ok(rules)
    }
}

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

/// Every task that follows from the facts. None for a case that is closed, or whose journey is over.
pub fn due(facts: &Facts) -> Vec<DueTask> {
    let is_over = facts.stage == Stage::Completed || facts.side_state.is_some_and(|state| !state.is_resumable());
    if facts.is_closed || is_over {
        return Vec::new();
    }
    let mut tasks = Vec::new();
    tasks.extend(of_the_case(facts));
    tasks.extend(of_missions(facts));
    if facts.stage < Stage::Departed {
        tasks.extend(of_documents(facts));
        tasks.extend(of_custody(facts));
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
        day.checked_add_days(Days::new(self.rules.days(kind).into())).unwrap_or(NaiveDate::MAX)
    }

    /// What must be done before something is over.
    fn before(&self, kind: TaskKind, subject: Uuid, deadline: NaiveDate) -> DueTask {
        let due_on = deadline.checked_sub_days(Days::new(self.rules.days(kind).into())).unwrap_or(NaiveDate::MIN);
        DueTask { deadline: Some(deadline), ..self.task(kind, subject, due_on) }
    }
}

/// On hold: the review. Anywhere else: not to stand still.
fn of_the_case(facts: &Facts) -> Vec<DueTask> {
    let review = facts.hold_review_on.filter(|_| facts.side_state == Some(SideState::OnHold));
    if let Some(review) = review {
        return vec![facts.task(TaskKind::HoldReview, Uuid::nil(), facts.after(review, TaskKind::HoldReview))];
    }
    let stalled = facts.task(TaskKind::Stalled, Uuid::nil(), facts.after(facts.stage_since, TaskKind::Stalled));
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
        let since = entry.content.requested_on.unwrap_or_else(|| entry.created_at.date());
        let waiting = facts.task(TaskKind::DocumentWaiting, entry.id.0, facts.after(since, TaskKind::DocumentWaiting));
        tasks.push(DueTask { organisation: mission.into(), ..waiting });
    }
    tasks
}

/// What lapses before the person has left.
fn of_documents(facts: &Facts) -> Vec<DueTask> {
    // A newer document makes the older one unimportant.
    let newest = facts.records.travel_documents.iter().rev().find(|entry| entry.content.is_in_hand());
    let lapsing = |entry: &Entry<super::records::TravelDocument>| {
        entry.content.holds_until().map(|until| facts.before(TaskKind::DocumentExpires, entry.id.0, until))
    };
    let permit = facts.records.clearance.as_ref();
    let permit = permit.and_then(|entry| Some(facts.before(TaskKind::PermitExpires, entry.id.0, entry.content.holds_until()?)));
    newest.and_then(lapsing).into_iter().chain(permit).collect()
}

/// Detention and charges.
fn of_custody(facts: &Facts) -> Vec<DueTask> {
    let held = facts.records.detentions.iter().filter(|entry| entry.content.released_on.is_none());
    let detained =
        held.map(|entry| facts.task(TaskKind::LongDetention, entry.id.0, facts.after(entry.content.since, TaskKind::LongDetention)));
    let is_victim = facts.trafficking_status.is_some_and(TraffickingStatus::forbids_punishment);
    let charged = facts.records.charges.iter().filter(|entry| is_victim && entry.content.needs_review());
    let charged = charged.map(|entry| {
        let since = entry.created_at.date();
        facts.task(TaskKind::NonPunishmentReview, entry.id.0, facts.after(since, TaskKind::NonPunishmentReview))
    });
    detained.chain(charged).collect()
}

/// Children, risks and follow-ups.
fn of_care(facts: &Facts) -> Vec<DueTask> {
    let mut tasks = Vec::new();
    if facts.is_child && !facts.has_guardian() {
        let since = facts.registered_on;
        tasks.push(facts.task(TaskKind::ChildWithoutGuardian, Uuid::nil(), facts.after(since, TaskKind::ChildWithoutGuardian)));
    }
    for kind in RiskAssessmentKind::ALL {
        let newest = facts.records.risk_assessments.iter().rev().find(|entry| entry.content.kind == *kind);
        let due = newest.and_then(|entry| Some((entry.id.0, entry.content.next_due_on?)));
        tasks.extend(due.map(|(id, due)| facts.task(TaskKind::RiskAssessmentDue, id, facts.after(due, TaskKind::RiskAssessmentDue))));
    }
    let open = facts.records.follow_ups.iter().filter(|entry| !entry.content.is_done() && entry.content.is_planned());
    tasks.extend(open.map(|entry| facts.task(TaskKind::FollowUpDue, entry.id.0, facts.after(entry.content.due_on, TaskKind::FollowUpDue))));
    tasks
}

impl super::records::FollowUp {
    /// Whether nobody has tried yet. Somebody who was not reached is followed up by another one.
    fn is_planned(&self) -> bool {
        self.situation != Some(FollowUpSituation::NotReached)
    }
}

#[cfg(test)]
mod tests;
