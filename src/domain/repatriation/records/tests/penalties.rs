//! Settlements without payment, penalties beside the fine, and bans on entering again.

use crate::domain::repatriation::records::tests::*;

fn settlement(reason: WaiverReason) -> FineWaiver {
    FineWaiver { reason, reference: Some("Deportation order 118/2026".to_owned()), ..waiver(Some("100"), None, today()) }
}

#[test]
fn a_settlement_without_payment_says_when_and_under_which_reference() {
    for reason in [WaiverReason::DeportationWithoutPayment, WaiverReason::ServedInDetention] {
        assert_eq!(wrong(settlement(reason), |settled| settled.reference = None), ["/reference required"]);
        assert_eq!(wrong(settlement(reason), |settled| settled.decided_on = None), ["/decided_on required"]);
        let asked = |settled: &mut FineWaiver| (settled.status, settled.reference) = (WaiverStatus::Requested, None);
        assert_eq!(wrong(settlement(reason), asked), NOTHING, "what is only asked for has no reference yet");
    }
    assert_eq!(wrong(settlement(WaiverReason::Humanitarian), |relief| relief.reference = None), NOTHING, "a relief as before");
}

#[test]
fn an_unknown_fine_is_settled_as_a_whole_or_not_at_all() {
    let mut unknown = owing();
    unknown.fine_rates.clear();
    assert_eq!(forbidden(settlement(WaiverReason::DeportationWithoutPayment), &unknown), NOTHING);
    assert_eq!(forbidden(waiver(Some("100"), None, today()), &unknown), NOTHING, "the authority may waive all of what nobody counted");
    assert_eq!(forbidden(waiver(Some("50"), None, today()), &unknown), ["/percent fine_unknown"]);
    assert_eq!(forbidden(waiver(None, Some("50"), today()), &unknown), ["/percent fine_unknown"]);
    assert_eq!(forbidden(payment("50", today()), &unknown), ["/money/amount fine_unknown"]);
    unknown.records.waivers = vec![entry(settlement(WaiverReason::DeportationWithoutPayment))];
    assert_eq!(forbidden(waiver(Some("100"), None, today()), &unknown), ["/percent fine_unknown"], "once");
}

fn punished(penalties: Vec<Penalty>) -> ImmigrationClearance {
    ImmigrationClearance { penalties, ..ImmigrationClearance::default() }
}

#[test]
fn a_penalty_is_open_or_says_when_it_was_settled() {
    let sound = || punished(vec![penalty(PenaltyStatus::Open), penalty(PenaltyStatus::Paid)]);
    let second = |clearance: &mut ImmigrationClearance, change: fn(&mut Penalty)| change(&mut clearance.penalties[1]);
    assert_eq!(wrong(sound(), |one| second(one, |fee| fee.settled_on = None)), ["/penalties/1/settled_on required"]);
    assert_eq!(wrong(sound(), |one| second(one, |fee| fee.status = PenaltyStatus::Open)), ["/penalties/1/settled_on not_applicable"]);
    assert_eq!(wrong(sound(), |one| second(one, |fee| fee.settled_on = Some(tomorrow()))), ["/penalties/1/settled_on date_in_future"]);
    assert_eq!(wrong(sound(), |one| second(one, |fee| fee.settled_on = Some(day("2026-01-11")))), ["/penalties/1/settled_on out_of_order"]);
    let unpaid = |one: &mut ImmigrationClearance| one.penalties[0].imposed_on = Some(tomorrow());
    assert_eq!(wrong(sound(), unpaid), ["/penalties/0/imposed_on date_in_future"]);
}

#[test]
fn penalties_of_a_merged_case_are_kept_and_counted_once() {
    let named = |reference: &str, status| Penalty { reference: Some(reference.to_owned()), ..penalty(status) };
    let own = punished(vec![named("A", PenaltyStatus::Paid)]);
    let other = punished(vec![named("A", PenaltyStatus::Open), named("B", PenaltyStatus::Open)]);
    let both = own.completed_by(other);
    assert_eq!(both.penalties, [named("A", PenaltyStatus::Paid), named("B", PenaltyStatus::Open)]);
    assert!(both.has_open_penalty(), "what only the other case knew is still open");
}

#[test]
fn a_ban_has_an_end_or_none_and_takes_the_place_of_the_date() {
    let ban =
        EntryBan { reason: None, basis: Some(EntryBanBasis::Arrested), from: Some(today()), until: None, permanent: true, lifted_on: None };
    let sound = || ImmigrationClearance { entry_ban: Some(ban.clone()), ..ImmigrationClearance::default() };
    let of = |clearance: &mut ImmigrationClearance, change: fn(&mut EntryBan)| clearance.entry_ban.iter_mut().for_each(change);
    assert_eq!(wrong(sound(), |one| of(one, |ban| ban.until = Some(tomorrow()))), ["/entry_ban/until either_or"]);
    let short = |ban: &mut EntryBan| (ban.permanent, ban.until) = (false, Some(day("2026-01-18")));
    assert_eq!(wrong(sound(), |one| of(one, short)), ["/entry_ban/until out_of_order"]);
    assert_eq!(wrong(sound(), |one| of(one, |ban| ban.lifted_on = Some(tomorrow()))), ["/entry_ban/lifted_on date_in_future"]);
    assert_eq!(wrong(sound(), |one| one.entry_ban_until = Some(tomorrow())), ["/entry_ban_until either_or"]);
    let dated = ImmigrationClearance { entry_ban_until: Some(tomorrow()), ..ImmigrationClearance::default() };
    assert_eq!(wrong(dated.clone(), |_| {}), NOTHING, "what was stored before stays");
    let merged = sound().completed_by(dated);
    assert_eq!((merged.entry_ban, merged.entry_ban_until), (Some(ban), None), "and never both");
}
