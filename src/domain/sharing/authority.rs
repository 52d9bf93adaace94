//! Authority over access: every act that gives, takes or moves access to a case, with what it needs; and the proof without which
//! no grant is given.

use std::collections::BTreeSet;

use crate::domain::access::Actor;
use crate::domain::accounts::approval::ApprovalAction;
use crate::domain::dates::Timestamp;
use crate::domain::ids::UserId;
use crate::domain::repatriation::Target;

/// The second person that an act needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondPerson {
    /// None: the act only takes access away, or rests on what the person said.
    None,
    /// The organisation that is offered or asked for something accepts it in a session of its own.
    OtherSide,
    /// A colleague, with the two-person rule.
    Approval(ApprovalAction),
    /// A colleague, with the two-person rule, for the answer `overridden`; otherwise the person themselves answered.
    ApprovalIfOverridden(ApprovalAction),
    /// A colleague, with the two-person rule, for a user who shut a mission out of another case of its own within the hour.
    ApprovalIfRepeated(ApprovalAction),
}

/// Who is told of an act in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The organisations that lose access.
    WhoLosesIt,
    /// The organisation on the other side.
    OtherSide,
    /// The owner of the case.
    Owner,
    /// Those who answer for data protection.
    DataProtection,
}

/// An act of a user that gives, takes or moves access. Its door always asks for a step-up.
#[derive(Clone, Copy, Debug)]
pub struct AccessAct {
    /// The operation, by its id in the API document.
    pub operation: &'static str,
    /// The transitions that move access, for an operation with others beside them: the step-up is asked for these alone.
    pub transitions: &'static [Target],
    /// The second person.
    pub second: SecondPerson,
    /// Who is told.
    pub told: &'static [Told],
}

const fn act(operation: &'static str, second: SecondPerson, told: &'static [Told]) -> AccessAct {
    AccessAct { operation, transitions: &[], second, told }
}

/// Every act of a user that gives, takes or moves access. A test walks the operations and compares.
pub const ACCESS_ACTS: &[AccessAct] = &[
    act("create_consent", SecondPerson::ApprovalIfOverridden(ApprovalAction::OverrideConsent), &[Told::WhoLosesIt, Told::DataProtection]),
    act("withdraw_consent", SecondPerson::None, &[Told::WhoLosesIt]),
    act("create_denial", SecondPerson::ApprovalIfRepeated(ApprovalAction::ExcludeMissions), &[Told::WhoLosesIt, Told::Owner]),
    act("lift_denial", SecondPerson::None, &[]),
    act("create_embassy_contact", SecondPerson::None, &[Told::Owner]),
    act("update_embassy_contact", SecondPerson::None, &[Told::WhoLosesIt, Told::Owner]),
    act("create_referral", SecondPerson::OtherSide, &[Told::OtherSide]),
    act("advance_referral", SecondPerson::OtherSide, &[Told::WhoLosesIt]),
    act("create_transfer", SecondPerson::OtherSide, &[Told::OtherSide]),
    act("request_transfer", SecondPerson::OtherSide, &[Told::OtherSide]),
    act("advance_transfer", SecondPerson::OtherSide, &[Told::WhoLosesIt]),
    act("create_organisation_wide_referral", SecondPerson::Approval(ApprovalAction::ShareOrganisationWide), &[Told::OtherSide]),
    act("create_emergency_access", SecondPerson::None, &[Told::Owner]),
    act("review_emergency_access", SecondPerson::None, &[Told::WhoLosesIt]),
    act("lift_emergency_bar", SecondPerson::None, &[]),
    act("merge_duplicate", SecondPerson::None, &[Told::WhoLosesIt]),
    act("undo_merge", SecondPerson::None, &[]),
    act("erase_person", SecondPerson::Approval(ApprovalAction::ErasePerson), &[Told::WhoLosesIt]),
    act("open_takeover", SecondPerson::Approval(ApprovalAction::OpenTakeover), &[]),
    act("undo_protection_pathway", SecondPerson::Approval(ApprovalAction::UndoProtectionPathway), &[Told::OtherSide, Told::DataProtection]),
    act("create_organisation", SecondPerson::None, &[]),
    act("update_organisation", SecondPerson::None, &[Told::WhoLosesIt]),
    AccessAct {
        operation: "make_transition",
        transitions: &[Target::ProtectionPathway, Target::ReTrafficked],
        second: SecondPerson::ApprovalIfRepeated(ApprovalAction::ExcludeMissions),
        told: &[Told::WhoLosesIt],
    },
];

/// A rule of the process by which a grant is given without an act of a user that is about access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessRule {
    /// The organisation that registers a person sees what it wrote, and the desk of the host country who the person is.
    Registration,
    /// A grant is given anew because it became narrower, or because a referral was accepted.
    Reconciliation,
    /// The desks of the host country, when a merge is undone, or the person is in another country.
    DesksOfTheCountry,
}

/// An operation that changes access by a rule of the process alone.
pub struct RuleAct {
    /// The operation, by its id in the API document.
    pub operation: &'static str,
    /// Why it asks for no step-up.
    pub reason: &'static str,
    /// Whether the trail tells an owner of the case nothing of it: only what can be seen of somebody who is shut out.
    is_kept_from_owners: bool,
}

const fn rule_act(operation: &'static str, is_kept_from_owners: bool, reason: &'static str) -> RuleAct {
    RuleAct { operation, reason, is_kept_from_owners }
}

/// The operations that change access by a rule of the process alone.
pub const ACCESS_BY_RULE: &[RuleAct] = &[
    rule_act("create_case", true, "registering a person must be possible at once, and gives only what the organisation wrote itself"),
    // An owner must read who recorded the departure of their case.
    rule_act("create_cases", true, "registers a list of people as create_case does each, and gives no more"),
    rule_act("record_afterwards_list", false, "registers people who left, as create_case does, and gives no more"),
    rule_act("change_host_country", false, "the desk of the country where the person is must know at once, as when they are registered"),
    rule_act("update_case", true, "a new nationality or an asylum claim only takes access away"),
];

/// The operations on one case that are about a second one, which the owner of the first may not see: that they happened tells that it
/// is there.
const ABOUT_ANOTHER_CASE: &[&str] = &["create_relation", "get_relation", "update_relation", "delete_relation"];

/// The operations of others that the audit trail tells no owner of the case: those that decide who sees it, because a mission would read
/// that it is about to be shut out, and who asked for it; and those about a second case. The access events tell an organisation what it is
/// to know.
pub fn operations_kept_from_owners() -> BTreeSet<&'static str> {
    let acts = ACCESS_ACTS.iter().map(|act| act.operation);
    acts.chain(ACCESS_BY_RULE.iter().filter(|act| act.is_kept_from_owners).map(|act| act.operation))
        .chain(ABOUT_ANOTHER_CASE.iter().copied())
        .collect()
}

/// The proof that access may be given: of a recent authentication of the user who acts, or of a rule of the process. Every new
/// grant carries one, so that no caller can forget the question.
#[derive(Clone, Copy, Debug)]
pub struct Authority {
    user: Option<UserId>,
}

impl Authority {
    /// The authority of a user who proved a moment ago who they are. None for a machine, the system and a stale session.
    pub fn of_recent_user(actor: &Actor, now: Timestamp) -> Option<Self> {
        actor.user().filter(|user| user.is_recent(now)).map(|user| Self { user: Some(user.user_id) })
    }

    /// The authority of a rule of the process.
    pub const fn of_rule(_: AccessRule) -> Self {
        Self { user: None }
    }

    /// The user who answers for it; none for a rule.
    pub const fn user(self) -> Option<UserId> {
        self.user
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_user_who_proved_a_moment_ago_who_they_are_has_authority() {
        let system = Actor::System { reason: "test" };
        assert!(Authority::of_recent_user(&system, Timestamp::EPOCH).is_none());
    }

    #[test]
    fn an_act_stands_in_the_table_once() {
        let mut names: Vec<&str> =
            ACCESS_ACTS.iter().map(|act| act.operation).chain(ACCESS_BY_RULE.iter().map(|act| act.operation)).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
