//! Numbers as people write them, read where they can be and found however they are said.

use super::*;

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn e164(written: &str, here: &str) -> Option<String> {
    read(written, Some(country(here))).map(|reading| reading.e164)
}

#[test]
fn a_number_is_read_in_any_spelling_of_its_country() {
    for (here, written, expected) in [
        ("KHM", "012 345 678", "+85512345678"),
        ("KHM", "012345678", "+85512345678"),
        ("KHM", "12 345 678", "+85512345678"),
        ("KHM", "+855 12 345 678", "+85512345678"),
        ("KHM", "+855-12-345-678", "+85512345678"),
        ("KHM", "85512345678", "+85512345678"),
        ("KHM", "00855 12 345 678", "+85512345678"),
        ("KHM", "+855 (0)12 345678", "+85512345678"),
        ("KHM", "+៨៥៥១២៣៤៥៦៧៨", "+85512345678"),
        ("KHM", "០១២ ៣៤៥ ៦៧៨", "+85512345678"),
        ("KHM", "＋８５５ １２ ３４５ ６７８", "+85512345678"),
        ("KHM", "001 86 138 0013 8000", "+8613800138000"),
        ("THA", "85512345678", "+85512345678"),
        ("THA", "081-234-5678", "+66812345678"),
        ("PAK", "۰۳۰۱ ۲۳۴۵۶۷۸", "+923012345678"),
        ("IDN", "0812-3456-7890", "+6281234567890"),
        ("MMR", "၀၉ ၄၂၀ ၁၂၃ ၄၅၆", "+959420123456"),
        ("KHM", "+85500000002", "+85500000002"),
    ] {
        assert_eq!(e164(written, here).as_deref(), Some(expected), "{written} in {here}");
    }
    let with_extension = read("+86 138 0013 8000 ext 12", Some(country("KHM"))).unwrap();
    assert_eq!((with_extension.e164.as_str(), with_extension.extension.as_deref()), ("+8613800138000", Some("12")));
}

#[test]
fn a_number_that_two_ways_of_dialling_make_two_is_not_guessed_and_is_found_by_both() {
    let said = "001 65 9234 5678";
    assert_eq!((e164(said, "KHM"), e164("007 65 9234 5678", "KHM").as_deref()), (None, Some("+6592345678")));
    assert_eq!(e164(said, "FRA").as_deref(), Some("+16592345678"), "where 00 is dialled, it is America");
    let mut written = PhoneNumber { number: said.into(), safe: true, normalised: None, extension: None, several: Vec::new() };
    let before = written.clone();
    written.read(country("KHM"), &[]);
    written.read(country("KHM"), std::slice::from_ref(&before));
    assert_eq!((written.normalised.as_deref(), written.key().as_deref()), (None, Some("0016592345678")));
    let (found, meant) = (written.findable(), meanings(said, &[country("KHM")]));
    for reading in ["6592345678", "16592345678", "0016592345678"] {
        assert!([&found, &meant].iter().all(|all| all.iter().any(|known| known == reading)), "{reading} in {found:?} and {meant:?}");
    }
    assert!(found.contains(&meanings("+65 9234 5678", &[country("KHM")])[0]));
}

#[test]
fn what_cannot_be_read_is_not_guessed() {
    for written in ["1323", "012 345 678 / 098 765 432", "0000", "the sister of Dara", "9", "+", "00"] {
        assert_eq!(e164(written, "KHM"), None, "{written}");
    }
    assert!(has_digit("1323").is_ok() && has_digit("១").is_ok());
    assert!(has_digit("no phone").is_err() && has_digit("").is_err());
}

#[test]
fn two_numbers_in_one_are_two_and_each_of_them_finds_the_person() {
    let khmer = "012 345 678 ឬ 097 111 2222";
    for written in [
        "012 345 678 / 097 111 2222",
        "012345678/0971112222",
        "012 345 678; 097 111 2222",
        "012 345 678, 097-111-2222",
        "012 345 678 or 097 111 2222",
        "012 345 678 (Dara) 097 111 2222",
        "+855 12 345 678 +855 97 111 2222",
        "០១២ ៣៤៥ ៦៧៨ / ០៩៧ ១១១ ២២២២",
        khmer,
    ] {
        let mut number = PhoneNumber { number: written.into(), safe: true, normalised: None, extension: None, several: Vec::new() };
        number.read(country("KHM"), &[]);
        assert_eq!((number.normalised.as_deref(), number.extension.as_deref()), (None, None), "{written}");
        let several: Vec<&str> = number.several.iter().map(|E164(number)| number.as_str()).collect();
        assert_eq!(several, ["+85512345678", "+855971112222"], "{written}");
        for said in ["012345678", "+855 97 111 2222", "097 111 2222", written] {
            let meant = meanings(said, &[country("KHM")]);
            assert!(number.findable().iter().any(|found| meant.contains(found)), "{written} by {said}");
            assert!(number.keys().iter().any(|found| meant.contains(found)), "{written} compared with {said}");
        }
        // The case may be elsewhere by now.
        let mut again = PhoneNumber { several: Vec::new(), ..number.clone() };
        again.read(country("THA"), std::slice::from_ref(&number));
        assert!(again == number, "{written}");
    }
    let each = |written| each_of_several(written, country("KHM")).into_iter().map(|E164(number)| number).collect::<Vec<String>>();
    assert_eq!((e164("012 345 678/9", "KHM"), each("012 345 678/9")), (None, vec!["+85512345678".to_owned()]));
    assert_eq!(each("012 345 678 / 000 000 000"), ["+85512345678"], "one of the two cannot be read");
    for one in ["012 345 678", "+855 12 345 678 ext 12", "021/345678", "012 345 678 (the sister)", "1323"] {
        assert_eq!(parts(one), Vec::<String>::new(), "{one}");
    }
}

#[test]
fn a_number_keeps_the_reading_of_the_place_where_it_was_written() {
    let written = |number: &str| PhoneNumber { number: number.into(), safe: true, normalised: None, extension: None, several: Vec::new() };
    let mut local = written("012 345 678");
    local.read(country("KHM"), &[]);
    let mut again = written("012 345 678");
    again.read(country("THA"), std::slice::from_ref(&local));
    assert!(again == local);
    // Two spellings are one number, and each is found by the other.
    let international = written("+855 12 345 678");
    assert_eq!(local.key(), international.key());
    assert!(local.findable().contains(&"85512345678".to_owned()) && local.findable().contains(&"012345678".to_owned()));
    // What was stored before numbers were read has the digits that it had.
    assert_eq!(written("+6281234567890").findable(), ["6281234567890"]);
    assert_eq!(written("85512999888").findable(), ["85512999888"]);
    assert_eq!(written("1323").key(), None, "a hotline is nobody's");
}

/// Texts of signs that stand in numbers, and of some that do not, the same in every run.
fn texts(count: usize) -> impl Iterator<Item = String> {
    const SIGNS: [char; 24] =
        ['0', '1', '2', '5', '6', '8', '9', '0', '8', '5', '+', ' ', '-', '(', ')', '.', '/', 'x', ';', '=', '៨', '٥', 'é', '電'];
    let mut state = 7_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    (0..count).map(move |_| (0..next(40)).map(|_| SIGNS[next(SIGNS.len())]).collect())
}

#[test]
fn nothing_that_is_typed_is_too_odd_and_what_was_read_is_read_the_same_everywhere() {
    let mut understood = 0;
    for text in texts(2_000) {
        for here in ["KHM", "THA", "USA"] {
            let Some(reading) = read(&text, Some(country(here))) else { continue };
            understood += 1;
            assert_eq!(e164(&reading.e164, "MMR"), Some(reading.e164.clone()), "{text} in {here}");
            assert!(meanings(&text, &[country(here)]).contains(&digits(&reading.e164)), "{text} in {here}");
        }
    }
    assert!(understood > 5, "{understood} of these texts are numbers");
}
