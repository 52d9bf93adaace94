//! A case in memory, to which the rules are applied as the database applies them.

use chrono::{Days, NaiveDate};
use std::fmt::Debug;
use uuid::Uuid;

use crate::domain::repatriation::record_rules::RecordRules;
use crate::domain::repatriation::tests::*;

/// Stage and side state.
pub(in crate::domain) type Place = (Stage, Option<SideState>);

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::domain) struct Actor {
    pub(super) organisation: OrganisationId,
    pub(super) party: Party,
    pub(super) is_supervisor: bool,
}

/// One entry of the log. `by` is none where the system acted.
#[derive(Clone, Debug)]
pub(in crate::domain) struct LogEntry {
    pub(super) rule: RuleName,
    pub(super) before: Option<Place>,
    pub(super) after: Place,
    pub(super) by: Option<Actor>,
    pub(super) as_owner: bool,
    pub(super) reason_given: bool,
    pub(super) was_child: bool,
    /// Whether it was taken back because it was wrong.
    pub(super) is_taken_back: bool,
}

/// Numbers that are the same in every run.
pub(in crate::domain) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.index(from.len())]
    }

    pub(super) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap_or(1))).unwrap_or(0)
    }
}

/// A case, and everything that the rules do not keep themselves.
pub(in crate::domain) struct World {
    pub(super) facts: Facts,
    pub(super) born: NaiveDate,
    pub(super) claims_asylum: bool,
    /// Which of the two missions sees the case as a guest.
    pub(super) granted: [bool; 2],
    pub(super) log: Vec<LogEntry>,
    pub(super) actor: Actor,
    pub(super) numbers: Numbers,
    /// How many of a hundred acts lead home.
    pub(super) drive: u64,
    pub(super) trace: Option<Vec<String>>,
    records: u128,
}

impl World {
    pub(super) fn new(facts: Facts, born: NaiveDate, actor: Actor, mut numbers: Numbers, traced: bool) -> Self {
        let registered = LogEntry {
            rule: RuleName::T1,
            before: None,
            after: (facts.stage, None),
            by: Some(actor),
            as_owner: true,
            reason_given: false,
            was_child: false,
            is_taken_back: false,
        };
        let drive = numbers.pick(&[35, 60, 85]);
        let trace = traced.then(Vec::new);
        let mut world = Self {
            facts,
            born,
            claims_asylum: false,
            granted: [false; 2],
            log: vec![registered],
            actor,
            numbers,
            drive,
            trace,
            records: 0,
        };
        world.become_actor(actor);
        world
    }

    pub(super) fn place(&self) -> Place {
        (self.facts.stage, self.facts.side_state)
    }

    pub(super) fn is_shielded(&self) -> bool {
        self.facts.side_state == Some(SideState::ProtectionPathway)
    }

    pub(super) fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            let (today, party, place) = (self.facts.today.day(), self.facts.party, (self.facts.stage, self.facts.side_state));
            trace.push(format!("{today} {place:?} {party:?}: {}", what()));
        }
    }

    pub(super) fn become_actor(&mut self, actor: Actor) {
        self.actor = actor;
        self.facts.party = actor.party;
        self.facts.is_supervisor = actor.is_supervisor;
        self.facts.is_owner = actor.organisation == self.facts.owner;
    }

    /// Whether the actor has the case before them at all.
    pub(super) fn sees(&self) -> bool {
        match self.facts.party {
            Party::Mission(_) if self.facts.is_owner => true,
            Party::Mission(own) => (0..2).any(|at| own == MISSIONS[at] && self.granted[at]),
            _ => true,
        }
    }

    pub(super) fn record<R: RecordRules + Debug>(&mut self, list: fn(&mut Records) -> &mut Vec<Entry<R>>, mut content: R) -> bool {
        if !self.is_accepted(None, &content) {
            return false;
        }
        content.complete(&self.facts);
        self.note(|| format!("records {content:?}"));
        let entry = self.entry(content);
        list(&mut self.facts.records).push(entry);
        self.follow();
        true
    }

    pub(super) fn change<R: RecordRules + Debug>(
        &mut self,
        list: fn(&mut Records) -> &mut Vec<Entry<R>>,
        at: usize,
        change: impl FnOnce(&mut R),
    ) -> bool {
        let Some(before) = list(&mut self.facts.records).get(at).map(|entry| entry.content.clone()) else { return false };
        let mut content = before.clone();
        change(&mut content);
        if !self.is_accepted(Some(&before), &content) {
            return false;
        }
        content.complete(&self.facts);
        self.note(|| format!("changes {before:?} to {content:?}"));
        list(&mut self.facts.records)[at].content = content;
        self.follow();
        true
    }

    pub(super) fn clear(&mut self, content: ImmigrationClearance) -> bool {
        let before = self.facts.records.clearance.as_ref().map(|entry| entry.content.clone());
        if !self.is_accepted(before.as_ref(), &content) {
            return false;
        }
        self.note(|| format!("records {content:?}"));
        self.facts.records.clearance = Some(self.entry(content));
        self.follow();
        true
    }

    fn is_accepted<R: RecordRules>(&self, before: Option<&R>, content: &R) -> bool {
        self.sees()
            && R::KIND.recorder().includes(self.facts.party, self.facts.is_owner)
            && content.violations(self.facts.today).is_empty()
            && content.refusals(before, &self.facts).is_empty()
    }

    fn entry<T>(&mut self, content: T) -> Entry<T> {
        self.records += 1;
        let id = RecordId(Uuid::from_u128(self.records));
        Entry { id, created_at: Zone::UTC.start_of(self.facts.today.day()), content }
    }

    /// What follows from a record: the finding on trafficking, and the stage.
    fn follow(&mut self) {
        self.facts.trafficking_status = strongest(&self.facts.records.determinations).or(self.facts.trafficking_status);
        if let Some(stage) = falls_back(&self.facts) {
            let before = self.place();
            (self.facts.stage, self.facts.stage_since) = (stage, self.facts.today.day());
            self.note(|| "falls back".to_owned());
            let after = self.place();
            self.log.push(LogEntry {
                rule: RuleName::T13,
                before: Some(before),
                after,
                by: None,
                as_owner: false,
                reason_given: true,
                was_child: self.facts.is_child,
                is_taken_back: false,
            });
        }
    }

    pub(super) fn advance(&mut self, to: Target, details: TransitionDetails) -> bool {
        let before = self.place();
        let Some((rule, guards)) = rule_from(&self.facts, to).filter(|_| self.sees()) else { return false };
        self.facts.details = details;
        let is_met = unmet(guards, &self.facts).is_empty();
        let reason_given = std::mem::take(&mut self.facts.details).reason_given;
        if !is_met {
            return false;
        }
        self.note(|| format!("{rule} to {to}"));
        let as_owner = self.facts.is_owner;
        // A wrong end is taken back to where the case stood before it.
        let wrong = match rule {
            RuleName::T14 if before.1.is_some() => self.log.last_mut(),
            RuleName::T14 => self.entry_into_stage(),
            RuleName::T13 if before.0 >= Stage::Departed => self.entry_into_stage(),
            _ => None,
        };
        let wrong = wrong.and_then(|entry| {
            entry.is_taken_back = true;
            entry.before
        });
        (self.facts.stage, self.facts.side_state) = wrong.unwrap_or((stage_after(rule, before.0, to), to.side_state()));
        self.facts.stage_since = self.facts.today.day();
        if to == Target::ProtectionPathway {
            self.shield();
        }
        if rule == RuleName::T16 {
            self.facts.asylum_claim_open = self.claims_asylum;
        }
        let after = self.place();
        let was_child = self.facts.is_child;
        self.log.push(LogEntry {
            rule,
            before: Some(before),
            after,
            by: Some(self.actor),
            as_owner,
            reason_given,
            was_child,
            is_taken_back: false,
        });
        self.look_at_records();
        true
    }

    fn entry_into_stage(&mut self) -> Option<&mut LogEntry> {
        let stage = self.facts.stage;
        let takes_back = |rule| rule == RuleName::T14 || (rule == RuleName::T13 && stage >= Stage::Departed);
        let enters = |entry: &&mut LogEntry| entry.after.0 == stage && entry.before.is_none_or(|(before, _)| before != stage);
        self.log.iter_mut().rev().filter(|entry| !entry.is_taken_back && !takes_back(entry.rule)).find(enters)
    }

    fn look_at_records(&mut self) {
        let has_left = self.facts.stage >= Stage::Departed;
        self.facts.is_recorded_afterwards = has_left && self.entry_into_stage().is_some_and(|entry| entry.rule == RuleName::T15);
        (self.facts.left_on, self.facts.left_from) = (self.facts.left_on.filter(|_| has_left), self.facts.left_from.filter(|_| has_left));
    }

    /// Records afterwards that the person left or arrived, whatever the guards say.
    pub(super) fn record_afterwards(&mut self, happened: Afterwards, details: TransitionDetails) -> bool {
        let before = self.place();
        self.facts.details = TransitionDetails { occurred_on: Some(happened.on), ..details };
        let is_met = unmet(Afterwards::REQUIRED, &self.facts).is_empty();
        let reason_given = std::mem::take(&mut self.facts.details).reason_given;
        if !self.sees()
            || !is_met
            || !happened.leads_on(&self.facts)
            || !happened.violations(&self.facts, Some(DepartureBasis::Handover)).is_empty()
        {
            return false;
        }
        let unmet = gaps(&self.facts, happened.what);
        self.note(|| format!("recorded afterwards: {happened:?}, without {unmet:?}"));
        if happened.what == Happened::Departed {
            (self.facts.left_on, self.facts.left_from) = (Some(happened.on), Some(before.0));
        }
        let was_child = self.facts.is_child;
        (self.facts.stage, self.facts.side_state) = (happened.what.stage(), None);
        let (after, by, as_owner) = (self.place(), Some(self.actor), self.facts.is_owner);
        let is_taken_back = false;
        self.log.push(LogEntry { rule: RuleName::T15, before: Some(before), after, by, as_owner, reason_given, was_child, is_taken_back });
        self.look_at_records();
        true
    }

    /// No mission sees the person any more, and what a mission owned has another owner.
    fn shield(&mut self) {
        self.granted = [false; 2];
        self.facts.asylum_claim_open = true;
        if MISSIONS.iter().any(|mission| self.facts.owner == (*mission).into()) {
            self.facts.owner = self.actor.organisation;
        }
    }

    /// What the person decided about a mission.
    pub(super) fn decide(&mut self, at: usize, decision: PersonDecision, informed_of_rights: bool, covers_nationality: bool) -> bool {
        let mission = MISSIONS[at];
        let is_guest = matches!(self.facts.party, Party::Mission(_)) && !self.facts.is_owner;
        let bars = self.claims_asylum || self.is_shielded() || !covers_nationality;
        if is_guest || !self.sees() || decision.allows_contact() && bars {
            return false;
        }
        self.note(|| format!("contact with {mission}: {decision}"));
        self.facts.contacts.retain(|contact| contact.mission != mission);
        self.facts.contacts.push(ContactFacts {
            mission,
            decision,
            informed_of_rights,
            covers_nationality,
            is_decided_for_child: false,
            is_of_merged: false,
        });
        self.granted[at] = decision.allows_contact() && self.facts.owner != mission.into();
        true
    }

    pub(super) fn claim_asylum(&mut self, claims: bool) -> bool {
        if !self.facts.is_owner {
            return false;
        }
        self.note(|| format!("asylum claim open: {claims}"));
        self.claims_asylum = claims;
        self.facts.claims_asylum = claims;
        self.facts.asylum_claim_open = claims || self.is_shielded();
        if claims {
            self.granted = [false; 2];
            self.facts.contacts.iter_mut().for_each(|contact| contact.decision = PersonDecision::Deferred);
        }
        true
    }

    /// Asks the mission, or lets it answer what it was asked.
    pub(super) fn verify(&mut self, at: usize, result: NationalityResult) -> bool {
        let mission = MISSIONS[at];
        let is_accepted = self.facts.contacts.iter().any(|contact| contact.mission == mission && contact.decision.allows_contact());
        if !is_accepted || !self.sees() {
            return false;
        }
        let asked = self.facts.verifications.iter().position(|asked| asked.mission == mission);
        let (evidence, reason_given) = (self.numbers.index(3), self.numbers.chance(70));
        self.note(|| format!("verification by {mission}: {result}"));
        match asked {
            Some(at) if self.facts.party == Party::Mission(mission) => {
                let answered = &mut self.facts.verifications[at];
                (answered.result, answered.evidence_count, answered.reason_given) = (result, evidence, reason_given);
                answered.interviewed_or_documentary = evidence > 0;
                true
            }
            Some(_) => false,
            None => {
                let asked = VerificationFacts { mission, ..verification(NationalityResult::Pending, self.facts.today.day()) };
                self.facts.verifications.push(VerificationFacts { evidence_count: 0, interviewed_or_documentary: false, ..asked });
                true
            }
        }
    }

    pub(super) fn assess_age(&mut self) -> bool {
        self.facts.age_assessed = true;
        self.grow_older();
        true
    }

    fn grow_older(&mut self) {
        self.facts.is_child = self.facts.age_assessed && age_on(self.born, self.facts.today.day()) < 18;
    }

    /// Days pass, and what held until then lapses.
    pub(super) fn pass(&mut self, days: u64) -> bool {
        self.become_actor(Actor { organisation: OrganisationId::SYSTEM, party: Party::Other, is_supervisor: false });
        self.facts.today = Today::noon(self.facts.today.day().checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX));
        self.grow_older();
        let today = self.facts.today;
        self.note(|| format!("{days} days pass"));
        while let Some(document) = self.facts.records.travel_documents.iter_mut().find(|entry| is_over(&entry.content, today)) {
            document.content.status = TravelDocumentStatus::Expired;
            self.follow();
        }
        if let Some(clearance) = self.facts.records.clearance.as_mut().filter(|entry| is_over(&entry.content, today)) {
            clearance.content.exit_track = Some(ExitTrack::Expired);
            self.follow();
        }
        true
    }
}

fn is_over<R: RecordRules>(record: &R, today: Today) -> bool {
    record.holds_until().is_some_and(|until| until < today)
}
