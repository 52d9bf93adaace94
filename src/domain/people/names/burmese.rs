//! Burmese names as they are romanised: syllable by syllable, because names are written without spaces.

/// The syllables of a word in Latin letters; none if a letter is not Burmese.
pub(in crate::domain) fn syllables(word: &str) -> Option<Vec<String>> {
    let letters: Vec<char> = word.chars().filter(|letter| !matches!(letter, '\u{200B}'..='\u{200D}')).collect();
    let mut rest = letters.as_slice();
    let mut syllables: Vec<String> = Vec::new();
    while let Some((first, after)) = rest.split_first() {
        let (onset, vowel) = onset(*first, syllables.is_empty())?;
        let is_vowel = |letter: &char| matches!(letter, 'ါ'..='ှ') && !matches!(letter, '့' | 'း' | '္' | '်');
        let length = after.iter().take_while(|letter| is_vowel(letter)).count();
        let (signs, after) = after.split_at_checked(length)?;
        let (coda, after) = coda(after);
        let is_bare = signs.is_empty() && coda.letter.is_none() && !coda.is_creaky && vowel.is_none();
        let onset = if is_bare && *first == 'ရ' { "r".to_owned() } else { with_medials(onset, signs) };
        let rhyme = vowel.map_or_else(|| rhyme(&onset, signs, &coda), str::to_owned);
        // The sign of w is part of the vowel u: `Htun`.
        let onset = if rhyme.starts_with('u') { onset.trim_end_matches('w') } else { &onset };
        syllables.push(format!("{onset}{rhyme}"));
        rest = after;
    }
    Some(syllables)
}

/// What ends a syllable.
struct Coda {
    /// The consonant that is not followed by a vowel.
    letter: Option<char>,
    /// Creaky tone: `Thant` is written with it, `Than` without.
    is_creaky: bool,
    /// High tone: `Aye`, `Moe`.
    is_high: bool,
}

fn coda(letters: &[char]) -> (Coda, &[char]) {
    let mut coda = Coda { letter: None, is_creaky: false, is_high: false };
    let mut rest = letters;
    loop {
        rest = match rest {
            ['့', after @ ..] => {
                coda.is_creaky = true;
                after
            }
            ['း', after @ ..] => {
                coda.is_high = true;
                after
            }
            // The vowel of `Zaw`, of low tone.
            ['်', after @ ..] => after,
            [consonant @ ('က'..='အ' | 'ဿ'), '့', '်', after @ ..] if coda.letter.is_none() => {
                (coda.letter, coda.is_creaky) = (Some(*consonant), true);
                after
            }
            // A consonant with its vowel killed, or stacked upon the next one.
            [consonant @ ('က'..='အ' | 'ဿ'), '်', '္', after @ ..] | [consonant @ ('က'..='အ' | 'ဿ'), '်' | '္', after @ ..]
                if coda.letter.is_none() =>
            {
                coda.letter = Some(*consonant);
                after
            }
            _ => return (coda, rest),
        };
    }
}

/// The consonant of a letter, and its vowel if it is one of its own.
fn onset(letter: char, is_first: bool) -> Option<(&'static str, Option<&'static str>)> {
    Some(match letter {
        'က' => ("k", None),
        'ခ' => ("kh", None),
        'ဂ' | 'ဃ' => ("g", None),
        'င' => ("ng", None),
        'စ' | 'ဆ' => ("s", None),
        'ဇ' | 'ဈ' => ("z", None),
        'ည' | 'ဉ' => ("ny", None),
        'တ' | 'ဋ' => ("t", None),
        'ထ' | 'ဌ' => ("ht", None),
        'ဒ' | 'ဓ' | 'ဍ' | 'ဎ' => ("d", None),
        'န' | 'ဏ' => ("n", None),
        'ပ' => ("p", None),
        'ဖ' => ("ph", None),
        'ဗ' | 'ဘ' => ("b", None),
        'မ' => ("m", None),
        'ယ' => ("y", None),
        'ရ' if is_first => ("y", None),
        'ရ' => ("r", None),
        'လ' | 'ဠ' => ("l", None),
        'ဝ' => ("w", None),
        'သ' | 'ဿ' => ("th", None),
        'ဟ' => ("h", None),
        'အ' => ("", None),
        'ဣ' | 'ဤ' => ("", Some("i")),
        'ဥ' => ("", Some("u")),
        'ဦ' => ("", Some("oo")),
        'ဧ' => ("", Some("ay")),
        'ဩ' | 'ဪ' => ("", Some("aw")),
        _ => return None,
    })
}

/// The consonant with the letters written below and around it.
fn with_medials(onset: &str, signs: &[char]) -> String {
    let has = |sign| signs.contains(&sign);
    let is_palatal = has('ျ') || has('ြ');
    let onset = match (onset, is_palatal, has('ှ')) {
        ("kh", true, _) => "ch".to_owned(),
        ("g", true, _) => "gy".to_owned(),
        ("y" | "r", false, true) | ("l", true, true) => "sh".to_owned(),
        (onset, true, false) => format!("{onset}y"),
        (onset, true, true) => format!("h{onset}y"),
        (onset, false, true) => format!("h{onset}"),
        (onset, false, false) => onset.to_owned(),
    };
    if has('ွ') && !onset.ends_with('w') { format!("{onset}w") } else { onset }
}

/// Vowel and final consonant. A `w` before some of them is part of the vowel: `htw` and `un` are `htun`.
fn rhyme(onset: &str, signs: &[char], coda: &Coda) -> String {
    let has = |sign| signs.contains(&sign);
    let is_round = has('ွ');
    let vowel = match (has('ေ'), has('ာ') || has('ါ'), has('ိ'), has('ု')) {
        (true, true, ..) => "aw",
        (true, ..) => "e",
        (_, _, true, true) => "o",
        (_, _, true, _) => "i",
        (_, _, _, true) => "u",
        (_, true, ..) => "a",
        _ if has('ီ') => "i",
        _ if has('ူ') => "u",
        _ if has('ဲ') => "è",
        _ => "",
    };
    let coda_letter = if has('ံ') { Some('မ') } else { coda.letter };
    let rhyme = match (coda_letter, vowel) {
        (Some('က' | 'ဂ'), "aw") => "auk",
        (Some('က' | 'ဂ'), "o") => "aik",
        (Some('က' | 'ဂ'), _) => "et",
        (Some('င'), "aw") => "aung",
        (Some('င'), "o") => "aing",
        (Some('င' | 'ဉ'), _) => "in",
        (Some('စ' | 'ဇ'), _) => "it",
        (Some('ည'), _) => "i",
        (Some('န' | 'မ' | 'ဏ'), "i") => "ein",
        (Some('န' | 'မ' | 'ဏ'), "u") => "on",
        (Some('န' | 'မ' | 'ဏ'), _) if is_round => "un",
        (Some('န' | 'မ' | 'ဏ'), _) => "an",
        (Some('ယ'), _) => "e",
        (Some('လ' | 'ရ' | 'သ' | 'ဟ'), _) => "a",
        (Some(_), "i") => "eik",
        (Some(_), "u") => "ok",
        (Some(_), _) if is_round => "ut",
        (Some(_), _) => "at",
        (None, "e") if onset.is_empty() => "aye",
        (None, "e") if is_round => "e",
        (None, "e") if onset == "w" => "ai",
        (None, "e") => "ay",
        (None, "i") if onset.is_empty() => "ei",
        (None, "o") if coda.is_high && !onset.ends_with('y') => "oe",
        (None, "a") => "ar",
        (None, "è") => "e",
        (None, "") => "a",
        (None, vowel) => vowel,
    };
    let is_checked = coda.is_creaky && rhyme.ends_with('n');
    if is_checked { format!("{rhyme}t") } else { rhyme.to_owned() }
}
