//! Spellings: titles, names that are written in many ways, names that many people bear, and what a name sounds like.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Titles and particles: they tell nobody apart, and are written or left out at will.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "nai", "nang", "nangsao", "khun", "daw", "haji", "hajji", "hajah", "hj",
    "sheikh", "shaikh", "bin", "bn", "binti", "binte", "bint", "ibn", "ben", "al", "el", "ul", "ur", "l", "de", "del", "da", "do", "dos",
    "di", "van", "von", "der", "la", "le", "y", "so", "jr", "sr", "a", "p", "s",
];

/// Names that are written in many ways. A spelling may belong to several names: Wong is Wang, and is Huang.
const VARIANTS: &[&[&str]] = &[
    &[
        "mohammed",
        "muhammad",
        "mohamed",
        "mohammad",
        "muhammed",
        "muhamad",
        "mohamad",
        "mohd",
        "muh",
        "md",
        "mhd",
        "mhmd",
        "mohammd",
        "mehmet",
        "mukhammad",
        "mohamud",
        "muhammadu",
    ],
    &["ahmed", "ahmad", "ahmet", "akhmad", "achmad", "ahamed", "hmd", "ahmd"],
    &["hussein", "husain", "hussain", "husein", "hossain", "husayn", "hosen", "hsyn"],
    &["yusuf", "yousef", "youssef", "yusof", "yousuf", "joseph", "ywsf"],
    &["abdul", "abd", "abdel", "abdal", "bd"],
    &["abdullah", "abdallah", "abdulla"],
    &["ibrahim", "ebrahim", "abraham", "brhym"],
    &["syed", "sayed", "sayyid", "saiyad", "said"],
    &["sheikh", "shaikh", "sk"],
    &["chen", "chan", "tan", "tran", "chin", "ting"],
    &["li", "lee", "lei", "ly", "lie"],
    &["wang", "wong", "ong", "heng", "vuong"],
    &["huang", "wong", "ng", "ooi", "hwang", "ngo", "hoang"],
    &["lin", "lim", "lam"],
    &["zhang", "chang", "cheung", "teo", "truong", "cheong", "chong"],
    &["wu", "ng", "goh", "ngo"],
    &["xu", "hsu", "hui", "khaw", "hua"],
    &["cai", "tsai", "choi", "chua", "chai"],
    &["zhou", "chou", "chow", "chew", "chu"],
    &["xie", "hsieh", "tse", "chia", "ta"],
    &["liu", "lau", "low", "liew", "luu", "lew"],
    &["zheng", "cheng", "chung", "tay", "trinh", "tee"],
    &["yang", "yeung", "yeo", "duong", "yong"],
    &["he", "ho", "hoh"],
    &["guo", "kuo", "kwok", "quek", "kuok", "koay"],
    &["zhao", "chao", "chiu", "teoh", "trieu"],
    &["ye", "yeh", "yip", "yap"],
    &["luo", "lo", "law", "loh"],
    &["gim", "kim", "ghim"],
    &["i", "yi", "lee", "rhee", "ri"],
    &["bag", "bak", "park", "pak"],
    &["choe", "choi", "chui"],
    &["jeong", "jung", "chung", "jong"],
    &["gang", "kang"],
    &["jo", "cho"],
    &["tun", "htun", "htoon"],
    &["mun", "mon"],
    &["lu", "lyu", "lv", "lui", "loo"],
    &["im", "lim", "rim", "yim"],
    &["yu", "yoo", "ryu", "you", "yoo"],
    &["o", "oh"],
    &["no", "noh", "roh"],
    &["an", "ahn"],
    &["sin", "shin"],
    &["gu", "koo", "ku"],
    &["mun", "moon"],
    &["gwon", "kwon"],
    &["go", "ko", "koh"],
    &["seo", "suh"],
    &["heo", "hur", "huh"],
    &["ju", "joo", "chu"],
    &["yun", "yoon", "youn"],
    &["son", "sohn"],
    &["jeon", "jun", "chun"],
    &["u", "woo"],
    &["nguyen", "nguyn", "nguen"],
    &["yulia", "julia", "iuliia", "yuliya"],
    &["alexander", "aleksandr", "aleksander", "oleksandr", "alexandr"],
    &["sergey", "sergei", "serhii"],
    &["olga", "olha"],
];

/// Names so common that they tell few people apart.
const COMMON: &[&str] = &[
    "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo", "duong", "ly", "thi", "van",
    "muhammad", "mohammed", "mohamed", "mohammad", "mhmd", "ahmed", "ahmad", "ali", "abdul", "bd", "wang", "li", "zhang", "chen", "liu",
    "lin", "huang", "lee", "chang", "kim", "gim", "park", "bag", "singh", "kaur", "kumar", "khan", "begum", "bibi", "maung", "siti", "sri",
    "nur", "maria", "santos", "cruz", "das", "roy", "islam", "hossain", "rahman", "aung", "somchai", "sok", "chan",
];

/// Whether a word is a title or a particle.
pub(in crate::domain) fn is_title(word: &str) -> bool {
    TITLES.contains(&word)
}

/// The names that a spelling may be written for, by their place in [`VARIANTS`].
pub(in crate::domain) fn names_of(token: &str) -> &'static [usize] {
    static PLACES: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
        let mut places: HashMap<&'static str, Vec<usize>> = HashMap::new();
        for (place, spellings) in VARIANTS.iter().enumerate() {
            spellings.iter().for_each(|spelling| places.entry(spelling).or_default().push(place));
        }
        places
    });
    PLACES.get(token).map_or(&[], Vec::as_slice)
}

/// The other spellings of a name.
pub(in crate::domain) fn variants(token: &str) -> impl Iterator<Item = &'static str> {
    names_of(token).iter().filter_map(|place| VARIANTS.get(*place)).flat_map(|spellings| spellings.iter().copied())
}

/// Whether many people bear it.
pub(in crate::domain) fn is_common(token: &str) -> bool {
    static ALL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| COMMON.iter().copied().collect());
    ALL.contains(token)
}

/// A spelling without what clerks write in two ways: `Soekarno` and `Sukarno`, `Dmitriy` and `Dmitry`.
pub(in crate::domain) fn plain(token: &str) -> String {
    let mut plain = String::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let Some((letter, after)) = match rest {
        // `Alexey` and `Aleksey`; at the beginning of a syllable of Pinyin it is a sound of its own.
        [b'x', after @ ..] if plain.ends_with(['a', 'e', 'i', 'o', 'u']) => {
            plain.push('k');
            Some((b's', after))
        }
        [b'a', b'e', after @ ..] => {
            plain.push('a');
            Some((b'i', after))
        }
        [b'z', b'h', after @ ..] => Some((b'j', after)),
        [b'p', b'h', after @ ..] => Some((b'f', after)),
        [b'o', b'e' | b'u' | b'o', after @ ..] => Some((b'u', after)),
        [b'e', b'e', after @ ..] => Some((b'i', after)),
        [b'd', b'j', after @ ..] => Some((b'j', after)),
        [b't', b'j', after @ ..] => Some((b'c', after)),
        [b's', b'c', b'h', ..] => Some((b's', rest.get(2..).unwrap_or_default())),
        [b'c', b'k', after @ ..] => Some((b'k', after)),
        [letter @ (b'k' | b't' | b'd' | b'b' | b'g'), b'h', after @ ..] | [letter, after @ ..] => Some((*letter, after)),
        [] => None,
    } {
        let letter = if letter == b'y' && !plain.is_empty() { 'i' } else { char::from(letter) };
        if !plain.ends_with(letter) {
            plain.push(letter);
        }
        rest = after;
    }
    plain
}
