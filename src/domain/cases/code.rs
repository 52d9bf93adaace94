//! The case code people say on the phone: `KHM-26-7F3K9Q-4`.

use crate::domain::country::Country;

/// Crockford's base 32: no I, L, O or U, so that a code survives handwriting and a bad line.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// ISO 7064 MOD 37,36 works on these characters.
const CHECK_ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A case code: host country, year, six random characters and a check character (ISO 7064 MOD 37,36).
/// Random, so that it tells nothing of the volume; without personal data, so that it may be spoken.
pub fn case_code(host_country: Country, year: i32, random: [u8; 6]) -> String {
    let serial: String = random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).map(|byte| char::from(*byte)).collect();
    let body = format!("{host_country}{:02}{serial}", year.rem_euclid(100));
    let check = check_character(&body).unwrap_or('0');
    format!("{host_country}-{:02}-{serial}-{check}", year.rem_euclid(100))
}

/// A code as it is stored, from one that was heard or typed: case, spaces and dashes do not matter, nor whether somebody wrote the
/// letters O, I and L, which no serial has, for 0 and 1. None if the check character does not fit.
pub fn read_case_code(text: &str) -> Option<String> {
    let characters: String = text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    let (place, rest) = (characters.get(..5)?, characters.get(5..)?);
    let (serial, check) = (rest.get(..6)?.replace('O', "0").replace(['I', 'L'], "1"), rest.get(6..)?);
    let code = format!("{}-{}-{serial}-{check}", place.get(..3)?, place.get(3..)?);
    is_well_formed(&code).then_some(code)
}

/// Whether the check character fits: false for almost every typing error.
pub fn is_well_formed(code: &str) -> bool {
    let characters: Vec<char> = code.chars().filter(|c| *c != '-').collect();
    let Some((check, body)) = characters.split_last() else { return false };
    let body: String = body.iter().collect();
    body.len() == 11 && check_character(&body) == Some(*check)
}

fn check_character(body: &str) -> Option<char> {
    let mut product = 36;
    for byte in body.bytes() {
        let value = CHECK_ALPHABET.iter().position(|c| *c == byte)?;
        let sum = (product + value) % 36;
        product = if sum == 0 { 36 } else { sum } * 2 % 37;
    }
    CHECK_ALPHABET.get((37 - product) % 36).map(|byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_said_and_typed() {
        let code = case_code(Country::parse("LAO").unwrap(), 2026, [0, 1, 3, 20, 9, 23]);
        let (place, serial) = (&code[..7], &code[7..13]);
        let check = &code[14..];
        for typed in [
            code.clone(),
            code.to_lowercase(),
            code.replace('-', ""),
            code.replace('-', " "),
            format!(" {}", code.replace('-', "–")),
            format!("{place}{}-{check}", serial.replace('0', "o").replace('1', "l")),
            format!("{place}{}-{check}", serial.replace('0', "O").replace('1', "I")),
        ] {
            assert_eq!(read_case_code(&typed), Some(code.clone()), "{typed}");
        }
        let other = if check == "0" { "1" } else { "0" };
        for wrong in ["", "LAO", "欧阳", &code[..14], &format!("{code}0"), &format!("{}{other}", &code[..14])] {
            assert_eq!(read_case_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_checked_and_a_slip_is_found() {
        let code = case_code(Country::parse("KHM").unwrap(), 2026, [7, 15, 3, 20, 9, 23]);
        assert_eq!(code, format!("KHM-26-7F3M9Q-{}", code.chars().last().unwrap()));
        assert!(is_well_formed(&code));
        for (at, original) in code.char_indices().filter(|(_, c)| *c != '-') {
            for replacement in CHECK_ALPHABET.iter().map(|byte| char::from(*byte)).filter(|c| *c != original) {
                let mut slip = code.clone();
                slip.replace_range(at..=at, &replacement.to_string());
                assert!(!is_well_formed(&slip), "{slip}");
            }
        }
    }
}
