//! Texts as they are compared: headings and codes that people wrote with capitals, blanks, accents and signs of their own.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::text::is_visible;

/// The text without what two people write differently: case, width, blanks, punctuation, and the accents of Latin letters. Marks of
/// scripts that do not fold away, such as the vowels of Thai and Khmer, stay.
pub fn fold(text: &str) -> String {
    let letters = text.nfkd().filter(|letter| !is_accent(*letter) && is_visible(*letter) && !is_sign(*letter));
    letters.flat_map(char::to_lowercase).map(|letter| if letter == 'đ' { 'd' } else { letter }).collect()
}

/// A name without what two people write differently, and with its accents: of Vietnamese, the tones tell names apart.
pub fn fold_name(name: &str) -> String {
    let letters: String = name.nfkc().filter(|letter| is_visible(*letter) && !is_sign(*letter)).collect();
    letters.chars().flat_map(char::to_lowercase).nfc().collect()
}

/// The marks that stand on Latin letters. All others belong to their script.
fn is_accent(letter: char) -> bool {
    is_combining_mark(letter) && ('\u{300}'..='\u{36f}').contains(&letter)
}

fn is_sign(letter: char) -> bool {
    letter.is_whitespace() || letter.is_ascii_punctuation() || "、。・「」『』“”‘’–—…៖។ฯ".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::{fold, fold_name};

    #[test]
    fn a_name_keeps_the_tones_that_tell_it_from_another() {
        assert_ne!(fold_name("Nguyễn Thị Hà"), fold_name("Nguyễn Thị Hạ"));
        for (one, other) in [("Nguyễn Thị Hà", "NGUYỄN THỊ HA\u{300}"), ("Siti  Rahmawati", "siti-rahmawati"), ("陳怡君", "陳 怡君")]
        {
            assert_eq!(fold_name(one), fold_name(other), "{one}");
        }
    }

    #[test]
    fn the_same_heading_is_the_same_text() {
        for (one, other) in [
            ("Date of Birth", "date_of_birth"),
            ("Họ và tên", "HO VA TEN"),
            ("Địa chỉ", "dia chi"),
            ("護照號碼：", "護照號碼"),
            ("Ｎａｍｅ", "name"),
            ("ชื่อ-นามสกุล", "ชื่อ นามสกุล"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
        assert_ne!(fold("ชื่อ"), fold("ชอ"), "vowels of Thai are no accents");
    }
}
