//! Cyrillic, where languages speak one letter differently.

/// The letters of Ukrainian that Russian has not.
const OF_UKRAINIAN: &[char] = &['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ'];

/// A word with the letters of Ukrainian as Latin passports have them: `Yevhen`, `Serhii`.
pub(in crate::domain) fn as_spoken(word: &str) -> String {
    if !word.contains(OF_UKRAINIAN) {
        return word.to_owned();
    }
    word.replace('г', "h").replace('Г', "H").replace('є', "ye").replace('Є', "Ye").replace('ґ', "g")
}
