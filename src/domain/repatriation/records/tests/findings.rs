//! What a screening suggests, and which finding on trafficking stands.

use crate::domain::codes::{DecisionMakingOrganisation, Finding, Indicator, IndicatorAnswerValue as Answer, TraffickingStatus};
use crate::domain::country::Country;
use crate::domain::repatriation::records::tests::*;

fn screened(answers: &[(Indicator, Answer)]) -> Screening {
    let indicators = answers.iter().map(|(indicator, answer)| IndicatorAnswer { indicator: *indicator, answer: *answer }).collect();
    Screening { indicators, ..screening(today()) }
}

fn judged(act: Finding, means: Finding, purpose: Finding) -> Screening {
    Screening { act: Some(act), means: Some(means), purpose: Some(purpose), ..screening(today()) }
}

#[test]
fn act_means_and_purpose_make_trafficking_and_for_a_child_act_and_purpose() {
    use Finding::{Found, NotFound, Unclear};
    for (act, means, purpose, adult, child) in [
        (Found, Found, Found, TraffickingStatus::Presumed, TraffickingStatus::Presumed),
        (Found, NotFound, Found, TraffickingStatus::Possible, TraffickingStatus::Presumed),
        (Found, Unclear, Found, TraffickingStatus::Possible, TraffickingStatus::Presumed),
        (NotFound, Found, Found, TraffickingStatus::Possible, TraffickingStatus::Possible),
        (Found, Found, Unclear, TraffickingStatus::Possible, TraffickingStatus::Possible),
        (Found, NotFound, NotFound, TraffickingStatus::NotIdentified, TraffickingStatus::NotIdentified),
        (Unclear, NotFound, Unclear, TraffickingStatus::NotIdentified, TraffickingStatus::Possible),
    ] {
        let screening = judged(act, means, purpose);
        assert_eq!(screening.suggestion(false), Some(adult), "{act} {means} {purpose}");
        assert_eq!(screening.suggestion(true), Some(child), "{act} {means} {purpose}, a child");
    }
    let no_means = Screening { means: None, ..judged(Found, Found, Found) };
    assert_eq!(no_means.suggestion(false), Some(TraffickingStatus::Possible), "what nobody asked about is not denied");
    assert_eq!(no_means.suggestion(true), Some(TraffickingStatus::Presumed));
}

#[test]
fn answers_suggest_where_nobody_judged() {
    use Indicator::{ForcedToScam, GuardedPremises, SoldOrTransferred, Under18};
    let sold_and_forced = [(SoldOrTransferred, Answer::Yes), (ForcedToScam, Answer::Yes)];
    let guarded = [sold_and_forced.as_slice(), &[(GuardedPremises, Answer::Yes)]].concat();
    let young = [sold_and_forced.as_slice(), &[(Under18, Answer::Yes)]].concat();
    assert_eq!(screened(&guarded).suggestion(false), Some(TraffickingStatus::Presumed));
    assert_eq!(screened(&sold_and_forced).suggestion(false), Some(TraffickingStatus::Possible), "an adult, no means known");
    assert_eq!(screened(&young).suggestion(false), Some(TraffickingStatus::Presumed), "under 18 by their own answer");
    assert_eq!(screened(&[]).suggestion(false), None, "nothing was answered");
    for silent in [Answer::Unknown, Answer::Declined] {
        let silence: Vec<(Indicator, Answer)> = Indicator::ALL.iter().map(|indicator| (*indicator, silent)).collect();
        assert_eq!(screened(&silence).suggestion(false), Some(TraffickingStatus::Possible), "{silent} is no denial");
    }
    let denied: Vec<(Indicator, Answer)> = Indicator::ALL.iter().map(|indicator| (*indicator, Answer::No)).collect();
    assert_eq!(screened(&denied).suggestion(false), Some(TraffickingStatus::NotIdentified));
    assert_eq!(screened(&[(SoldOrTransferred, Answer::No)]).suggestion(false), Some(TraffickingStatus::Possible), "one denial of six");
    let came_along = [(Indicator::ThirdPartyPaidTravel, Answer::Yes)];
    let judged = Screening { purpose: Some(Finding::NotFound), ..screened(&came_along) };
    assert_eq!(judged.suggestion(false), Some(TraffickingStatus::NotIdentified), "a finding counts before the answers");
}

#[test]
fn nobody_who_says_yes_to_coercion_or_forced_labour_is_taken_for_somebody_who_was_not_trafficked() {
    let harmless = [Indicator::ThirdPartyPaidTravel, Indicator::CoachedAtBorder, Indicator::HousedOrReceivedByOperator, Indicator::Under18];
    for grave in Indicator::ALL.iter().filter(|indicator| !harmless.contains(indicator)) {
        let answer = |indicator: &Indicator| (*indicator, if indicator == grave { Answer::Yes } else { Answer::No });
        let answers: Vec<(Indicator, Answer)> = Indicator::ALL.iter().map(answer).collect();
        let said = screened(&answers);
        let judged = [
            said.clone(),
            Screening { act: Some(Finding::NotFound), ..said.clone() },
            Screening { act: Some(Finding::NotFound), means: Some(Finding::NotFound), purpose: Some(Finding::NotFound), ..said },
        ];
        for (screening, is_child) in judged.iter().flat_map(|screening| [(screening, false), (screening, true)]) {
            assert_ne!(screening.suggestion(is_child), Some(TraffickingStatus::NotIdentified), "{grave}");
        }
    }
}

#[test]
fn whoever_is_kept_was_harboured_also_if_they_came_alone() {
    use Indicator::*;
    let travelled_alone = [SoldOrTransferred, ThirdPartyPaidTravel, CoachedAtBorder, JobDiffersFromOffer];
    let kept = [GuardedPremises, RestrictionOfMovement, PhysicalSexualViolence, IntimidationThreats, ForcedToScam, WithholdingOfWages];
    let answers: Vec<(Indicator, Answer)> =
        travelled_alone.iter().map(|no| (*no, Answer::No)).chain(kept.iter().map(|yes| (*yes, Answer::Yes))).collect();
    assert_eq!(screened(&answers).suggestion(false), Some(TraffickingStatus::Presumed));
    let deceived = [(HousedOrReceivedByOperator, Answer::Yes), (JobDiffersFromOffer, Answer::Yes), (TargetQuota, Answer::Yes)];
    assert_eq!(screened(&deceived).suggestion(false), Some(TraffickingStatus::Presumed), "another job than the one on offer deceives");
}

#[test]
fn only_the_competent_authority_identifies_formally_and_says_whose_and_where_it_stands() {
    use crate::domain::codes::DecisionMakingOrganisation::*;
    let formal = |by: DecisionMakingOrganisation| StatusDetermination {
        decided_by_kind: by,
        decided_in_country: Country::parse("KHM"),
        reference: Some("MOI-2026-17".to_owned()),
        ..determination(TraffickingStatus::FormallyIdentified, "Ministry of Interior", today())
    };
    for kind in [Police, CourtOrProsecution, NonPoliceGovernmentalOrganization] {
        assert_eq!(wrong(formal(kind), |_| {}), NOTHING, "{kind}");
    }
    for kind in [Ngo, Other] {
        assert_eq!(wrong(formal(Police), |found| found.decided_by_kind = kind), ["/decided_by_kind not_competent"], "{kind}");
        let weaker = determination(TraffickingStatus::Presumed, "A shelter", today());
        assert_eq!(wrong(weaker, |found| found.decided_by_kind = kind), NOTHING, "{kind} sees reasonable grounds");
    }
    assert_eq!(wrong(formal(Police), |found| found.decided_in_country = None), ["/decided_in_country required"]);
    assert_eq!(wrong(formal(Police), |found| found.reference = None), ["/reference required"]);
}

#[test]
fn the_suggestion_is_computed_and_an_indicator_is_answered_once() {
    let answers = [(Indicator::Deception, Answer::Yes), (Indicator::Deception, Answer::No)];
    assert_eq!(named(screened(&answers).violations(Today::noon(today()))), ["/indicators/1/indicator duplicate"]);
    assert_eq!(wrong(screening(today()), |screening| screening.conducted_on = tomorrow()), ["/conducted_on date_in_future"]);
    let claimed = Screening { suggested_outcome: Some(TraffickingStatus::Possible), ..screening(today()) };
    assert_eq!(forbidden(claimed, &ready()), ["/suggested_outcome read_only"]);
    let mut child = screened(&[(Indicator::SoldOrTransferred, Answer::Yes), (Indicator::ForcedToScam, Answer::Yes)]);
    child.complete(&ready());
    assert_eq!(child.suggested_outcome, Some(TraffickingStatus::Presumed), "the case knows that it is a child");
    child.complete(&Facts { is_child: false, ..ready() });
    assert_eq!(child.suggested_outcome, Some(TraffickingStatus::Possible), "or is not any more");
}

fn findings(of: &[(&str, TraffickingStatus, Option<usize>)]) -> Vec<Entry<StatusDetermination>> {
    let mut found: Vec<Entry<StatusDetermination>> = Vec::new();
    for (by, outcome, replaces) in of {
        let supersedes = replaces.and_then(|at| found.get(at)).map(|earlier| earlier.id);
        found.push(entry(StatusDetermination { supersedes, ..determination(*outcome, by, today()) }));
    }
    found
}

#[test]
fn the_strongest_finding_that_stands_counts() {
    use TraffickingStatus::{DeclinedIdentification, FormallyIdentified, NotIdentified, Possible, Presumed};
    for (of, strongest_of_them, why) in [
        (vec![], None, "nobody determined anything"),
        (
            vec![("A", Possible, None), ("B", NotIdentified, None)],
            Some(Possible),
            "a negative finding takes nothing from another's positive",
        ),
        (vec![("A", NotIdentified, None), ("B", Presumed, None)], Some(Presumed), "in whatever order"),
        (vec![("A", Possible, None), ("B", Presumed, None)], Some(Presumed), "reasonable grounds are more than signs"),
        (vec![("A", Possible, None), ("A", NotIdentified, Some(0))], Some(NotIdentified), "a body replaces its own"),
        (vec![("A", Possible, None), ("A", NotIdentified, None)], Some(Possible), "it must say so"),
        (
            vec![("A", Possible, None), ("B", FormallyIdentified, None), ("B", NotIdentified, Some(1))],
            Some(Possible),
            "what one body took back leaves the other's",
        ),
        (
            vec![("A", FormallyIdentified, None), ("A", Possible, Some(0)), ("A", NotIdentified, Some(1))],
            Some(NotIdentified),
            "what replaced a finding is replaced in turn, and the first does not come back",
        ),
        (vec![("A", DeclinedIdentification, None)], Some(DeclinedIdentification), "declining is a finding"),
    ] {
        assert_eq!(strongest(&findings(&of)), strongest_of_them, "{why}");
    }
    let by_strength = [DeclinedIdentification, NotIdentified, Possible, Presumed, FormallyIdentified];
    assert!(by_strength.windows(2).all(|pair| matches!(pair, [weaker, stronger] if weaker.strength() < stronger.strength())));
    let protected: Vec<&str> =
        TraffickingStatus::ALL.iter().filter(|status| status.forbids_punishment()).map(|status| status.as_str()).collect();
    assert_eq!(protected, ["presumed", "possible", "formally_identified"]);
}

#[test]
fn a_body_supersedes_its_own_findings_only() {
    let mut facts = ready();
    facts.records.determinations = findings(&[("Ministry of Interior", TraffickingStatus::Possible, None)]);
    let first = facts.records.determinations.first().map(|earlier| earlier.id);
    let replacing = |by| StatusDetermination { supersedes: first, ..determination(TraffickingStatus::NotIdentified, by, today()) };
    assert_eq!(forbidden(replacing("Ministry of Interior"), &facts), NOTHING);
    assert_eq!(forbidden(replacing(" ministry of interior "), &facts), NOTHING, "the same body, written otherwise");
    assert_eq!(forbidden(replacing("Police"), &facts), ["/supersedes another_body"]);
    let namesake = StatusDetermination {
        decided_by_kind: crate::domain::codes::DecisionMakingOrganisation::Police,
        ..replacing("Ministry of Interior")
    };
    assert_eq!(forbidden(namesake, &facts), ["/supersedes another_body"], "the same name, another kind of body");
    let abroad = |country: &str, other: &str| {
        let mut facts = facts.clone();
        facts.records.determinations[0].content.decided_in_country = Country::parse(country);
        forbidden(StatusDetermination { decided_in_country: Country::parse(other), ..replacing("Ministry of Interior") }, &facts)
    };
    assert_eq!(abroad("KHM", "KHM"), NOTHING);
    assert_eq!(abroad("KHM", "IDN"), ["/supersedes another_body"], "the ministry of another country");
    assert_eq!(abroad("KHM", ""), ["/supersedes another_body"], "whose ministry it is must be said again");
    let unknown = StatusDetermination { supersedes: Some(RecordId::random()), ..replacing("Ministry of Interior") };
    assert_eq!(forbidden(unknown, &facts), ["/supersedes not_found"]);
    let open = determination(TraffickingStatus::Possible, "A", today());
    assert_eq!(wrong(open.clone(), |found| found.outcome = TraffickingStatus::Unscreened), ["/outcome invalid_value"]);
    assert_eq!(wrong(open, |found| found.decided_on = tomorrow()), ["/decided_on date_in_future"]);
}
