use std::collections::BTreeSet;
use validator::Validate;

use crate::domain::codes::{
    DatePrecision, Gender, ImmigrationStatus, OperationKind, OperationOutcome, Qualifier, Reliability, SourceKind, StatementKind,
};
use crate::domain::reference::operation::{OperationCount, ReconciliationStatus, reconcile};
use crate::domain::violation::Checks;
use crate::domain::zones::Today;
use crate::reference::*;

fn published() -> Published {
    Published::read().unwrap()
}

fn operation(reference: &str) -> PublishedOperation {
    published().operations.into_iter().find(|operation| operation.reference == reference).unwrap()
}

/// Nationality, value and qualifier of every count of an operation.
fn figures(reference: &str) -> Vec<(Option<String>, Option<i32>, Qualifier)> {
    let figure = |count: OperationCount| (count.nationality.map(|country| country.to_string()), count.value, count.qualifier);
    operation(reference).counts.into_iter().map(figure).collect()
}

fn of(nationality: &str, value: i32, qualifier: Qualifier) -> (Option<String>, Option<i32>, Qualifier) {
    (Some(nationality.to_owned()), Some(value), qualifier)
}

#[test]
fn every_embedded_file_parses_and_would_pass_as_input() {
    let published = published();
    assert_eq!((published.missions.len(), published.compounds.len(), published.operations.len()), (11, 6, 12));
    for operation in &published.operations {
        let sources = published.sources(&operation.sources).unwrap();
        assert!(!sources.is_empty(), "{}", operation.reference);
        sources.iter().for_each(|source| source.validate().unwrap());
        operation.counts.iter().for_each(|count| count.validate().unwrap());
        operation.seizures.iter().for_each(|seizure| seizure.validate().unwrap());
    }
    for compound in &published.compounds {
        assert!(!published.sources(&compound.sources).unwrap().is_empty(), "{}", compound.reference);
    }
}

#[test]
fn every_embedded_statement_has_a_source_and_would_pass_as_input() {
    let published = published();
    assert_eq!((published.statements.len(), published.statements.iter().flat_map(|said| &said.sources).count()), (39, 42));
    for said in &published.statements {
        let mut checks = Checks::on(Today::noon("2026-11-30".parse().unwrap()));
        said.figures.iter().enumerate().for_each(|(at, figure)| figure.check(&format!("/figures/{at}"), &mut checks));
        assert!(checks.found().is_empty(), "{}", said.reference);
        assert!(!said.sources.is_empty() && said.sources.iter().all(|name| published.source(name).is_ok()), "{}", said.reference);
        let is_accountability = said.topic.kind() == StatementKind::Accountability;
        assert!(said.subject.is_none() || is_accountability, "{}: nobody else is named", said.reference);
        let longest = format!("{}-aseannow-2025-07-picture", said.reference).len();
        assert!(longest <= 60 && (1..=1000).contains(&said.said.chars().count()), "{}", said.reference);
        let knows = |reference: &String| published.operations.iter().any(|operation| operation.reference == *reference);
        assert!(said.operation.as_ref().is_none_or(knows), "{}", said.reference);
        let knows = |reference: &String| published.compounds.iter().any(|compound| compound.reference == *reference);
        assert!(said.compound.as_ref().is_none_or(knows), "{}", said.reference);
    }
    let references: BTreeSet<&str> = published.statements.iter().map(|said| said.reference.as_str()).collect();
    assert_eq!(references.len(), published.statements.len());
}

#[test]
fn references_and_names_are_unique_and_parents_exist_and_come_first() {
    let published = published();
    let references: BTreeSet<&str> = published.operations.iter().map(|operation| operation.reference.as_str()).collect();
    assert_eq!(references.len(), published.operations.len());
    let compounds: BTreeSet<&str> = published.compounds.iter().map(|compound| compound.reference.as_str()).collect();
    assert_eq!(compounds.len(), published.compounds.len());
    let missions: BTreeSet<&str> = published.missions.iter().map(|mission| mission.name.as_str()).collect();
    assert_eq!(missions.len(), published.missions.len());
    let mut seen = BTreeSet::new();
    for operation in published.operations_parents_first() {
        assert!(operation.part_of.as_deref().is_none_or(|parent| seen.contains(parent)), "{}", operation.reference);
        seen.insert(operation.reference.as_str());
    }
    assert_eq!(seen, references);
}

#[test]
fn the_july_2025_parts_add_up_to_996_and_a_warning() {
    let published = published();
    let parts = || published.operations.iter().filter(|operation| operation.part_of.as_deref() == Some("KH-2025-07"));
    assert_eq!(parts().count(), 4);
    let whole = operation("KH-2025-07");
    let counts = whole.counts.iter().chain(parts().flat_map(|part| part.counts.iter()));
    let found = reconcile(counts, whole.stated_total.as_ref());
    assert_eq!((found.sum_of_parts, found.is_lower_bound, found.status), (996, true, ReconciliationStatus::Warning));
    assert_eq!((found.stated_total, found.stated_qualifier), (Some(1000), Some(Qualifier::MoreThan)));
}

#[test]
fn the_july_2025_figures_are_as_published() {
    use Qualifier::{Exact, MoreThan};
    let expected = [of("VNM", 200, MoreThan), of("CHN", 27, Exact), of("TWN", 75, Exact), of("KHM", 85, Exact)];
    assert_eq!(figures("KH-2025-07-PNH-SHV"), expected);
    assert_eq!(figures("KH-2025-07-POIPET"), [of("IDN", 270, Exact), of("IDN", 45, Exact)]);
    let women = operation("KH-2025-07-POIPET").counts.pop().unwrap();
    assert_eq!((women.gender, women.is_subset), (Some(Gender::Feminine), true));
    for (reference, value, nationalities) in [("KH-2025-07-KRATIE", 312, "THA BGD IDN MMR VNM"), ("KH-2025-07-PURSAT", 27, "VNM CHN MMR")] {
        assert_eq!(figures(reference), [(None, Some(value), Exact)]);
        let named: Vec<String> = operation(reference).counts.remove(0).includes_nationalities.iter().map(ToString::to_string).collect();
        assert_eq!(named.join(" "), nationalities);
    }
    let seized: Vec<_> =
        operation("KH-2025-07-PNH-SHV").seizures.into_iter().map(|item| (item.item, item.quantity, item.qualifier)).collect();
    let expected = [("mobile_phone".to_owned(), None, Qualifier::Hundreds), ("computer".to_owned(), None, Qualifier::Unknown)];
    assert_eq!(seized, expected);
}

#[test]
fn the_september_2022_figures_are_as_published() {
    let raid = operation("KH-2022-09-SHV");
    let counts: Vec<_> = raid.counts.iter().map(|count| (count.value, count.immigration_status, count.outcome)).collect();
    let expected = [
        (Some(130), Some(ImmigrationStatus::IrregularEntry), OperationOutcome::Found),
        (Some(11), Some(ImmigrationStatus::IrregularEntry), OperationOutcome::Found),
        (Some(262), Some(ImmigrationStatus::NoWorkPermit), OperationOutcome::Fined),
        (Some(27), None, OperationOutcome::Questioned),
    ];
    assert_eq!(counts, expected);
    assert_eq!((raid.duration_days, raid.started_on), (Some(5), None));
    let seized: Vec<(&str, Option<i32>)> = raid.seizures.iter().map(|item| (item.item.as_str(), item.quantity)).collect();
    let expected = [
        ("gun", 4),
        ("desktop_computer", 804),
        ("laptop", 16),
        ("passport", 36),
        ("data_storage_device", 12),
        ("handcuffs_pair", 4),
        ("electric_baton", 8),
        ("electric_shock_torch", 2),
        ("mobile_phone", 8776),
    ];
    assert_eq!(seized, expected.map(|(item, quantity)| (item, Some(quantity))));
}

#[test]
fn the_other_operations_keep_their_precision_and_their_doubt() {
    use Qualifier::{Exact, Thousands};
    assert_eq!(figures("KH-KAMPONG-SPEU"), [(None, Some(63), Exact)]);
    let picture = published().sources(&operation("KH-KAMPONG-SPEU").sources).unwrap().remove(0);
    assert_eq!((picture.kind, picture.reliability), (SourceKind::ImageCaption, Reliability::Unverified));
    assert_eq!(figures("KH-2022-08-ESCAPE-VNM"), [of("VNM", 40, Exact)]);
    assert_eq!(figures("KH-2022-09-ESCAPE-VNM"), [of("VNM", 70, Exact)]);
    assert_eq!(figures("KH-2026-01-RELEASE"), [(None, None, Thousands)]);
    let dates = [
        ("KH-2022-08-ESCAPE-VNM", OperationKind::Escape, "2022-08", DatePrecision::Month),
        ("KH-2022-09-ESCAPE-VNM", OperationKind::Escape, "2022-09", DatePrecision::Month),
        ("KH-2026-01-RELEASE", OperationKind::MassRelease, "2026-01", DatePrecision::Approx),
        ("KH-2022-CRACKDOWN", OperationKind::Raid, "2022", DatePrecision::Year),
        ("KH-2024-CRACKDOWN", OperationKind::Raid, "2024", DatePrecision::Year),
    ];
    for (reference, kind, started_on, precision) in dates {
        let found = operation(reference);
        assert_eq!((found.kind, found.date_precision), (kind, precision), "{reference}");
        assert_eq!(found.started_on.map(|date| date.to_string()).as_deref(), Some(started_on));
    }
    assert!(figures("KH-2022-CRACKDOWN").is_empty() && figures("KH-2024-CRACKDOWN").is_empty(), "unknown is not zero");
}

#[test]
fn nationals_without_a_resident_mission_are_covered_from_abroad() {
    let published = published();
    for (nationality, city) in [("TWN", "Ho Chi Minh City"), ("KEN", "Bangkok"), ("UGA", "Kuala Lumpur"), ("IDN", "Phnom Penh")] {
        let covers = |mission: &&PublishedMission| {
            mission.coverage.iter().any(|line| line.nationality.as_str() == nationality && line.host_country.as_str() == "KHM")
        };
        let found: Vec<&PublishedMission> = published.missions.iter().filter(covers).collect();
        assert_eq!(
            found.iter().map(|mission| (mission.city.as_str(), mission.resident)).collect::<Vec<_>>(),
            [(city, city == "Phnom Penh")]
        );
    }
    assert!(published.missions.iter().all(|mission| mission.sending_state.as_str() != "KHM"), "nobody needs a mission at home");
}
