use super::*;

fn person(name: &str, born: &str, nationality: &str) -> Profile {
    Profile {
        names: Name::read(name).into_iter().collect(),
        born: PartialDate::parse(born).map(Span::from),
        nationalities: Nationality::parse(nationality).into_iter().collect(),
        ..Profile::default()
    }
}

fn score(one: &Profile, two: &Profile) -> f64 {
    let there = one.compare(two);
    assert!((there.score - two.compare(one).score).abs() < f64::EPSILON, "the same both ways");
    there.score
}

#[test]
fn one_person_written_twice_is_possible_and_two_people_are_not() {
    let hung = person("Nguyễn Văn Hùng", "1995-11-03", "VNM");
    for (same, why) in [
        (person("Hung Nguyen Van", "1995-11-03", "VNM"), "without marks"),
        (person("Nguyen Van Hung", "1995", "VNM"), "the year only"),
        (person("Nguyen Van Hung", "1995-03-11", "VNM"), "day and month exchanged"),
    ] {
        assert!(score(&hung, &same) >= POSSIBLE, "{why}: {:?}", hung.compare(&same));
    }
    for (other, why) in [
        (person("Nguyễn Văn Dũng", "1995-11-03", "VNM"), "his twin"),
        (person("Nguyễn Văn Hùng", "1971-02-20", "VNM"), "his father, of the same name"),
        (person("Nguyễn Văn Hùng", "1988-06-01", "VNM"), "one of the thousands of that name"),
    ] {
        assert!(score(&hung, &other) < POSSIBLE, "{why}: {:?}", hung.compare(&other));
    }
}

#[test]
fn nobody_is_ruled_out_by_name_and_birth_who_would_be_found() {
    let names = ["Nguyễn Văn Hùng", "Hung Nguyen Van", "Nguyen Van Hung", "Nguyễn Văn Dũng", "Siti Rahmawati", "Nguyen Hung"];
    let births = ["", "1995", "1995-11-03", "1995-03-11", "1996-11-03", "1994", "1995-11", "1971-02-20"];
    let genders = [None, Some(Gender::Feminine), Some(Gender::Masculine)];
    let all: Vec<Profile> = names
        .iter()
        .flat_map(|name| births.iter().map(move |born| (name, born)))
        .flat_map(|(name, born)| ["", "VNM", "IDN"].map(|of| person(name, born, of)))
        .flat_map(|known| genders.map(|gender| Profile { gender, ..known.clone() }))
        .collect();
    let (mut found, mut ruled_out) = (0, 0);
    for (one, two) in all.iter().flat_map(|one| all.iter().map(move |two| (one, two))) {
        let names = Closeness::SamePerson.of(&one.names, &two.names).unwrap_or(0.0);
        let is_found = one.compare(two).score >= POSSIBLE;
        let may_be = may_be_one(one.born, two.born, names);
        assert!(may_be || !is_found, "{:?}", one.compare(two));
        (found, ruled_out) = (found + u32::from(is_found), ruled_out + u32::from(!may_be));
    }
    assert!(found > 1000 && ruled_out > found, "{found} found, {ruled_out} ruled out");
}

#[test]
fn who_has_no_name_is_nobody_else_but_by_a_document() {
    let newborn = || Profile {
        is_unnamed: true,
        born: PartialDate::parse("2026-01-19").map(Span::from),
        gender: Some(Gender::Feminine),
        phones: vec!["85512345678".to_owned()],
        ..person("", "", "IDN")
    };
    let named = Profile { is_unnamed: false, ..person("Siti Rahmawati", "2026-01-19", "IDN") };
    let mother = Profile { phones: newborn().phones, born: None, ..named.clone() };
    for (other, why) in [(newborn(), "a twin"), (named, "a twin who has a name by now"), (mother, "the mother, whose phone it is")] {
        assert!(score(&newborn(), &other) < POSSIBLE, "{why}");
    }
    let with_pass = || Profile { documents: vec![document_number("X0451")], ..newborn() };
    assert!(score(&with_pass(), &with_pass()) >= POSSIBLE, "one certificate");
}

#[test]
fn a_document_finds_somebody_under_another_name_and_says_so() {
    let with = |name: &str| Profile { documents: vec![document_number("x0 451-2378")], ..person(name, "1998", "IDN") };
    let likeness = with("Siti Rahmawati").compare(&with("Dewi Lestari"));
    assert!(likeness.reasons.contains(&Reason { field: MatchField::DocumentNumber, outcome: MatchOutcome::Same }));
    assert!(likeness.reasons.contains(&Reason { field: MatchField::Name, outcome: MatchOutcome::Different }));
    assert!((0.5..CERTAIN).contains(&likeness.score), "{likeness:?}");
}

#[test]
fn a_name_alone_never_makes_certain_and_what_millions_share_says_nothing() {
    let alone = Profile { born: None, ..person("Siti Rahmawati", "", "IDN") };
    assert!(score(&alone, &alone) < CERTAIN);
    let nobody = Profile { names: Vec::new(), ..alone };
    assert!(score(&nobody, &nobody) < 0.01);
}

#[test]
fn a_nationality_is_compared_where_it_says_something() {
    use MatchOutcome::{Different, Same, Similar};
    for (one, two, same_person, typed) in [
        ("XXA", "XXA", Some(Same), Some(Same)),
        ("GBN", "GBN", Some(Same), Some(Same)),
        ("GBN", "GBR", Some(Similar), Some(Similar)),
        ("GBN", "IDN", Some(Different), Some(Different)),
        ("RKS", "XKX", Some(Same), Some(Same)),
        ("XXA", "MMR", None, None),
        ("XXB", "XXC", None, None),
        ("XXX", "XXX", None, Some(Same)),
        ("XXU", "XXU", None, Some(Same)),
        ("XXX", "IDN", None, None),
    ] {
        let read = |code| Nationality::parse(code).unwrap();
        for (one, two) in [(one, two), (two, one)] {
            assert_eq!(nationalities(read(one), read(two), Closeness::SamePerson), same_person, "{one} {two}");
            assert_eq!(nationalities(read(one), read(two), Closeness::Typed), typed, "{one} {two} in a search");
        }
    }
    assert_eq!(person("Siti Rahmawati", "1998", "XXA").attributes(), 3);
    assert_eq!(person("Siti Rahmawati", "1998", "XXX").attributes(), 2, "that it is not known says nothing about a person");
}
