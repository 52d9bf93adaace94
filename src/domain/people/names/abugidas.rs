//! Scripts in which a consonant has a vowel that is not written, or one that is written elsewhere: the sounds of their words, letter by
//! letter. Of India, Sri Lanka, Thailand, Laos, Cambodia, Ethiopia.

use any_ascii::any_ascii_char;

use crate::domain::people::names::sounds;

/// The marks that take the vowel between two letters away.
const JOINS: &[char] = &['्', '্', '੍', '્', '୍', '்', '్', '್', '്', '්', '្'];

/// The sounds of a word, as [`sounds::units`] writes them.
pub(in crate::domain) fn units(word: &str) -> String {
    // The one cluster of Hindi and Nepali that is spoken in another way than it is written: `Gyanendra`.
    let letters: Vec<char> = word.replace("ज्ञ", "ग्य").chars().collect();
    let spoken = without_silent(&letters);
    let mut units = String::new();
    for (at, letter) in spoken.iter().enumerate() {
        let after = spoken.get(at + 1).copied();
        let unit = unit(*letter, after).map_or_else(|| sounds::units(&any_ascii_char(*letter).replace(['\'', '`'], "a")), str::to_owned);
        // Two letters of one sound are spoken with a vowel between: what is only long has a mark, which has no sound of its own.
        let is_joined = at.checked_sub(1).and_then(|at| spoken.get(at)).is_some_and(|before| JOINS.contains(before));
        if !is_joined && !is_thai_or_lao(*letter) && units.chars().last().is_some_and(|last| unit.starts_with(last)) {
            units.push('a');
        }
        units.push_str(&unit);
    }
    units
}

/// The sound of a letter that is spoken in another way than it is transliterated.
fn unit(letter: char, after: Option<char>) -> Option<&'static str> {
    Some(match letter {
        // The nasal of Indian scripts takes the place of the consonant after it.
        'ं' | 'ँ' | 'ং' | 'ঁ' | 'ં' | 'ਂ' | 'ం' | 'ಂ' | 'ം' | 'ං' => {
            let labial = after.is_some_and(|after| any_ascii_char(after).starts_with(['p', 'b', 'm']));
            if labial { "m" } else { "n" }
        }
        'ඟ' => "ng",
        'ච' | 'च' | 'চ' | 'చ' | 'ಚ' | 'ച' | 'ச' => "c",
        // At the end of a word Thai speaks three letters as n.
        'ล' | 'ร' if after.is_none() => "n",
        'ญ' if !after.is_some_and(is_thai_vowel) => "n",
        'จ' | 'ช' | 'ซ' | 'ศ' | 'ษ' | 'ส' if after.is_none() => "t",
        'พ' | 'ผ' | 'ภ' => "p",
        'ຍ' => "y",
        'ພ' | 'ຜ' => "p",
        'ອ' => "o",
        // Half of a vowel sign that is taken apart when text is normalised: `Kham`.
        'ໍ' | 'ํ' if after.is_some_and(|after| matches!(after, 'າ' | 'า')) => "am",
        'ផ' | 'ភ' => "p",
        _ => return None,
    })
}

/// The letters of a word without those that are written and not spoken.
fn without_silent(letters: &[char]) -> Vec<char> {
    let mut spoken: Vec<char> = Vec::with_capacity(letters.len());
    for (at, letter) in letters.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        match letter {
            // Thai: the mark of a silent letter, which may bear a vowel, and be one of two.
            '์' => {
                while spoken.last().is_some_and(|last| is_thai_vowel(*last)) {
                    spoken.pop();
                }
                spoken.pop();
                if before == Some('ร') && spoken.last() == Some(&'ท') {
                    spoken.pop();
                }
            }
            // Thai: `song` and `sai` at the beginning of a word.
            'ร' if at == 1 && before == Some('ท') => {
                spoken.pop();
                spoken.push('ซ');
            }
            // Thai and Lao: h only raises the tone of the sonorant after it.
            'ห' if after.is_some_and(|after| matches!(after, 'ง' | 'ญ' | 'น' | 'ม' | 'ย' | 'ร' | 'ล' | 'ว')) => {}
            'ຫ' if after.is_some_and(|after| matches!(after, 'ງ' | 'ຍ' | 'ນ' | 'ມ' | 'ຣ' | 'ລ' | 'ວ' | 'ຼ')) => {}
            // Thai: a double r without a vowel of its own is the vowel a, with an n at the end.
            'ร' if before == Some('ร') && !after.is_some_and(is_thai_vowel) => {
                spoken.pop();
                spoken.push(if after.is_some() { 'ะ' } else { 'น' });
            }
            'ญ' if before == Some('ห') => spoken.push('ย'),
            letter if is_tone(letter) => {}
            letter => spoken.push(letter),
        }
    }
    spoken
}

fn is_thai_or_lao(letter: char) -> bool {
    matches!(letter, '\u{0E00}'..='\u{0EFF}')
}

fn is_thai_vowel(letter: char) -> bool {
    matches!(letter, 'ะ'..='ู' | '็')
}

/// Tone marks of Thai and Lao, and signs that no sound belongs to.
fn is_tone(letter: char) -> bool {
    matches!(letter, '่'..='๋' | '່'..='໋' | '\u{200C}' | '\u{200D}' | '़' | '়')
}
