//! Every language says everything, in words of its own.

use super::*;

fn all(words: &Words) -> Vec<&'static str> {
    vec![
        words.by_hand,
        words.closed,
        words.name,
        words.other_names,
        words.birth_date,
        words.age,
        words.birth_place,
        words.sex,
        words.female,
        words.male,
        words.nationality,
        words.passport,
        words.travel_document,
        words.case,
        words.number,
        words.day,
        words.place,
        words.signature,
        words.seal,
        words.letter,
        words.from,
        words.to,
        words.authorities,
        words.reference,
        words.ask_release,
        words.ask_exit_permit,
        words.ask_fine_waiver,
        words.grounds,
        words.is_victim,
        words.may_be_victim,
        words.is_child,
        words.is_verified,
        words.held,
        words.entered,
        words.stay_until,
        words.overstay,
        words.fine,
        words.owed,
        words.share,
        words.thanks,
        words.application,
        words.photo,
        words.family_name,
        words.given_names,
        words.own_script,
        words.height,
        words.eyes,
        words.hair,
        words.marks,
        words.home_address,
        words.kin,
        words.documents,
        words.lost_where,
        words.declaration,
        words.thumbprint,
        words.officer,
        words.consent,
        words.recipient,
        words.answer,
        words.yes,
        words.no,
        words.giver,
        words.interpreter,
        words.staff,
        words.read_out,
    ]
}

#[test]
fn no_language_lacks_a_word_or_leaves_it_in_english() {
    let english = all(&ENGLISH);
    assert!(english.len() > 60 && english.iter().all(|word| !word.is_empty()), "{english:?}");
    for words in &OTHERS {
        let said = all(words);
        for (word, english) in said.iter().zip(&english) {
            assert!(!word.trim().is_empty(), "{}: nothing for {english}", words.tag);
            // "No." is short for the same in both.
            assert!(word != english || *english == "No.", "{}: {english} is not translated", words.tag);
            assert!(!word.contains(['<', '>', '{', '}']), "{}: {word}", words.tag);
        }
    }
}

#[test]
fn what_nobody_reviewed_says_so_in_its_own_language() {
    assert!(ENGLISH.draft.is_none());
    let drafts: Vec<&str> = OTHERS.iter().filter_map(|words| words.draft).collect();
    let mut each = drafts.clone();
    each.sort_unstable();
    each.dedup();
    assert_eq!((drafts.len(), each.len()), (OTHERS.len(), OTHERS.len()));
}

#[test]
fn a_script_that_no_other_language_uses_is_that_of_the_language() {
    for (tag, block) in
        [("km", '\u{1780}'..='\u{17ff}'), ("lo", '\u{0e80}'..='\u{0eff}'), ("my", '\u{1000}'..='\u{109f}'), ("th", '\u{0e00}'..='\u{0e7f}')]
    {
        let words = OTHERS.iter().find(|words| words.tag == tag).expect("a language");
        for word in all(words) {
            let is_own = |letter: char| block.contains(&letter) || !letter.is_alphabetic();
            assert!(word.chars().all(is_own) && word.chars().any(|letter| block.contains(&letter)), "{tag}: {word}");
        }
    }
}

#[test]
fn a_language_is_found_by_its_first_part_and_english_for_every_other() {
    let beside = |tag: &str| beside_english(&Language::parse(tag).expect("a tag")).map(|words| words.tag);
    assert_eq!(["km", "km-KH", "zh-Hant-TW", "ID", "vi"].map(beside), [Some("km"), Some("km"), Some("zh"), Some("id"), Some("vi")]);
    assert_eq!(["en", "en-GB", "sw", "am", "x-dialect"].map(beside), [None; 5]);
    let host = |code: &str| of_host_country(Country::parse(code).expect("a country")).map(|words| words.tag);
    assert_eq!(["KHM", "LAO", "MMR", "THA", "PHL"].map(host), [Some("km"), Some("lo"), Some("my"), Some("th"), None]);
}
