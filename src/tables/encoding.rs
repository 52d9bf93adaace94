//! The encoding of a text: told by its first bytes, by what somebody stated, or by what its bytes can hardly be otherwise.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1252, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization;

use crate::domain::imports::grid::{Assumption, Told};
use crate::domain::imports::stated::Charset;
use crate::tables::refused::Refused;

/// The encoding as `encoding_rs` has it.
fn encoding(charset: Charset) -> &'static Encoding {
    match charset {
        Charset::Utf8 => UTF_8,
        Charset::Utf16LittleEndian => UTF_16LE,
        Charset::Utf16BigEndian => UTF_16BE,
        Charset::Gb18030 => GB18030,
        Charset::Thai => WINDOWS_874,
        Charset::Western => WINDOWS_1252,
        Charset::Vietnamese => WINDOWS_1258,
    }
}

fn charset_of(known: &'static Encoding) -> Option<Charset> {
    Charset::ALL.iter().copied().find(|charset| encoding(*charset) == known)
}

/// The text, if every byte of it is one of the encoding.
fn read(charset: Charset, bytes: &[u8]) -> Option<String> {
    let text = encoding(charset).decode_without_bom_handling_and_without_replacement(bytes)?;
    // Vietnamese of Windows writes a tone behind its letter; everybody else writes both in one.
    Some(if charset == Charset::Vietnamese { text.nfc().collect() } else { text.into_owned() })
}

/// A text, and in which encoding it was read.
pub(super) struct Decoded {
    pub text: String,
    pub told: Vec<Assumption>,
}

/// Decodes a text. What the first bytes say goes before what somebody stated: a mark is part of the file.
pub(super) fn decode(bytes: &[u8], stated: Option<Charset>) -> Result<Decoded, Refused> {
    let marked = Encoding::for_bom(bytes).and_then(|(encoding, length)| Some((charset_of(encoding)?, bytes.get(length..)?)));
    let (charset, text) = match (marked, stated) {
        (Some((charset, rest)), _) => (charset, read(charset, rest).ok_or(Refused::Undecodable)?),
        (None, Some(charset)) => (charset, read(charset, bytes).ok_or(Refused::Undecodable)?),
        (None, None) => likeliest(bytes).ok_or(Refused::Undecodable)?,
    };
    if text.contains('\0') {
        return Err(Refused::NotText);
    }
    Ok(Decoded { text, told: vec![Assumption::new(Told::Encoding, charset.as_str())] })
}

/// Whether bytes, and the text that they are in an encoding, look as if they were in it.
type IsPlausible = fn(&[u8], &str) -> bool;

/// The encoding that bytes without a mark can hardly be without. The last one accepts everything, and is told as all are.
fn likeliest(bytes: &[u8]) -> Option<(Charset, String)> {
    let plausible: [(Charset, IsPlausible); 7] = [
        (Charset::Utf16LittleEndian, |bytes, _| zeros(bytes, 1)),
        (Charset::Utf16BigEndian, |bytes, _| zeros(bytes, 0)),
        (Charset::Utf8, |_, _| true),
        (Charset::Thai, |_, text| is_thai(text)),
        (Charset::Vietnamese, |bytes, _| is_vietnamese(bytes)),
        (Charset::Gb18030, |bytes, _| is_chinese(bytes)),
        (Charset::Western, |_, _| true),
    ];
    plausible.into_iter().find_map(|(charset, is_plausible)| {
        let text = read(charset, bytes)?;
        is_plausible(bytes, &text).then_some((charset, text))
    })
}

/// Whether every second byte is mostly zero, as in Latin letters of two bytes: what stands in headings and numbers.
fn zeros(bytes: &[u8], parity: usize) -> bool {
    let looked_at: Vec<u8> = bytes.iter().take(4096).skip(parity).step_by(2).copied().collect();
    let zeros = looked_at.iter().filter(|byte| **byte == 0).count();
    !looked_at.is_empty() && zeros * 2 >= looked_at.len()
}

/// Whether vowels and tones stand on letters, and letters are most of what is not ASCII.
fn is_thai(text: &str) -> bool {
    let (mut letters, mut others, mut misplaced) = (0_usize, 0_usize, 0_usize);
    let mut before = ' ';
    for letter in text.chars() {
        match letter {
            'ก'..='ฮ' | 'เ'..='ไ' | 'ะ' | 'า' | 'ำ' | 'ฯ' | 'ๆ' | 'ๅ' | '๐'..='๙' => letters += 1,
            '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' => {
                letters += 1;
                let is_on_letter = matches!(before, 'ก'..='ฮ' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}');
                misplaced += usize::from(!is_on_letter);
            }
            _ if !letter.is_ascii() => others += 1,
            _ => {}
        }
        before = letter;
    }
    letters >= others * 9 && misplaced * 20 <= letters && letters > 0
}

/// Whether characters of two bytes have the second bytes that common Chinese has: not those of letters of ASCII.
fn is_chinese(bytes: &[u8]) -> bool {
    let (mut common, mut rare) = (0_usize, 0_usize);
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if first.is_ascii() {
            continue;
        }
        if let Some((second, after)) = rest.split_first() {
            match second {
                0xA1..=0xFE => common += 1,
                _ => rare += 1,
            }
            rest = after;
        }
    }
    common > 0 && common >= rare * 4
}

/// Whether the tones of Vietnamese stand behind vowels and nowhere else, in a text most letters of which are those of ASCII.
fn is_vietnamese(bytes: &[u8]) -> bool {
    const TONES: [u8; 5] = [0xCC, 0xD2, 0xDE, 0xEC, 0xF2];
    const VOWELS: &[u8] = b"aeiouyAEIOUY\xC2\xE2\xC3\xE3\xCA\xEA\xD4\xF4\xD5\xF5\xDD\xFD";
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let others = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    let toned: Vec<bool> = pairs.filter(|(_, tone)| TONES.contains(tone)).map(|(vowel, _)| VOWELS.contains(vowel)).collect();
    others < letters && toned.len() > 1 && toned.iter().all(|is_on_vowel| *is_on_vowel)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, String) {
        let decoded = decode(bytes, None).map_err(Refused::as_str).unwrap();
        (decoded.told[0].detail.clone(), decoded.text)
    }

    #[test]
    fn encodings_are_told_apart_by_their_bytes() {
        for (charset, text) in [
            (Charset::Gb18030, "姓名,性别,国籍\n陈怡君,女,中国\n王小明,男,台湾\n"),
            (Charset::Thai, "ชื่อ-นามสกุล,เพศ,สัญชาติ\nสมชาย ใจดี,ชาย,ไทย\nน้ำฝน,หญิง,ไทย\n"),
            (Charset::Western, "Name,City\nJosé Muñoz,São Paulo\nJürgen Müller,Köln\n"),
        ] {
            let (bytes, _, _) = encoding(charset).encode(text);
            assert_eq!(read(&bytes), (charset.as_str().to_owned(), text.to_owned()));
        }
        for text in ["Họ và tên,Giới tính\nNguyễn Thị Ánh,Nữ\n", "Name\nSiti\n"] {
            assert_eq!(read(text.as_bytes()), ("utf-8".to_owned(), text.to_owned()));
            let marked = [&b"\xEF\xBB\xBF"[..], text.as_bytes()].concat();
            assert_eq!(read(&marked), ("utf-8".to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn texts_of_two_bytes_are_read_with_and_without_a_mark() {
        let text = "Name,Born\nSiti,1999-03-17\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, charset) in [
            (little.clone(), "utf-16le"),
            (big.clone(), "utf-16be"),
            ([&b"\xFF\xFE"[..], &little].concat(), "utf-16le"),
            ([&b"\xFE\xFF"[..], &big].concat(), "utf-16be"),
        ] {
            assert_eq!(read(&bytes), (charset.to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn vietnamese_of_windows_is_composed() {
        // "Nguyễn" and "Tuấn", as Windows-1258 writes them: the tone behind the letter.
        let (charset, text) = read(b"Ten\nNguy\xEA\xDEn\nTu\xE2\xECn\n");
        assert_eq!((charset.as_str(), text.as_str()), ("windows-1258", "Ten\nNguyễn\nTuấn\n"));
    }

    #[test]
    fn an_encoding_that_lies_is_refused_and_not_repaired() {
        assert!(matches!(decode(b"Name\n\xE9\n", Some(Charset::Utf8)), Err(Refused::Undecodable)));
        assert!(matches!(decode(b"\xEF\xBB\xBFName\n\xE9\n", None), Err(Refused::Undecodable)));
        assert!(matches!(decode(b"Na\0me\n", None), Err(Refused::NotText)));
    }
}
