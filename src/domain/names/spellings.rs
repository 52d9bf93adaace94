//! Spellings: titles, names that are written in many ways, names that many people bear, and what a name sounds like.

/// Titles and particles: they tell nobody apart, and are written or left out at will.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "nai", "nang", "nangsao", "khun", "daw", "haji", "hajji", "hajah", "hj",
    "sheikh", "shaikh", "bin", "binti", "binte", "bint", "ibn", "ben", "al", "el", "ul", "ur", "l", "de", "del", "da", "do", "dos", "di",
    "van", "von", "der", "la", "le", "y", "so", "jr", "sr", "a", "p", "s",
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

/// Drops titles and particles, as long as something else remains.
pub(super) fn drop_titles(tokens: &mut Vec<String>) {
    let is_name = |token: &String| !TITLES.contains(&token.as_str());
    let names: Vec<String> = tokens.iter().filter(|token| is_name(token)).cloned().collect();
    if !names.is_empty() {
        *tokens = names;
    }
}

/// Whether two spellings are written for one name.
pub(super) fn are_variants(one: &str, other: &str) -> bool {
    VARIANTS.iter().any(|spellings| spellings.contains(&one) && spellings.contains(&other))
}

/// The other spellings of a name.
pub(super) fn variants(token: &str) -> impl Iterator<Item = &'static str> {
    VARIANTS.iter().filter(move |spellings| spellings.contains(&token)).flat_map(|spellings| spellings.iter().copied())
}

/// Whether many people bear it.
pub(super) fn is_common(token: &str) -> bool {
    COMMON.contains(&token)
}

/// A spelling without what clerks write in two ways: `Soekarno` and `Sukarno`, `Dmitriy` and `Dmitry`.
pub(super) fn plain(token: &str) -> String {
    let mut text = token.to_owned();
    for (from, to) in [
        ("ph", "f"),
        ("oe", "u"),
        ("ou", "u"),
        ("oo", "u"),
        ("ee", "i"),
        ("dj", "j"),
        ("tj", "c"),
        ("sch", "sh"),
        ("ck", "k"),
        ("kh", "k"),
        ("th", "t"),
        ("dh", "d"),
        ("bh", "b"),
        ("gh", "g"),
    ] {
        text = text.replace(from, to);
    }
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = if letter == 'y' && !plain.is_empty() { 'i' } else { letter };
        if !plain.ends_with(letter) {
            plain.push(letter);
        }
    }
    plain
}

/// What remains of a name without its vowels, with consonants that are taken for one another written alike: what a name in
/// a script that writes no vowels can be compared by.
pub(super) fn consonants(token: &str) -> String {
    let mut text = token.to_owned();
    for (from, to) in [
        ("ng", "n"),
        ("tch", "c"),
        ("sh", "s"),
        ("zh", "c"),
        ("ch", "c"),
        ("kh", "k"),
        ("gh", "g"),
        ("ph", "f"),
        ("th", "t"),
        ("dh", "d"),
        ("bh", "b"),
        ("jh", "c"),
        ("ts", "c"),
        ("tz", "c"),
        ("q", "k"),
        ("x", "s"),
        ("j", "c"),
        ("z", "s"),
        ("v", "w"),
    ] {
        text = text.replace(from, to);
    }
    let mut kept = String::with_capacity(text.len());
    for (at, letter) in text.chars().enumerate() {
        let is_weak = matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u') || (at > 0 && matches!(letter, 'y' | 'w'));
        if !is_weak && !kept.ends_with(letter) {
            kept.push(letter);
        }
    }
    if kept.len() > 1 && kept.ends_with('h') {
        kept.pop();
    }
    kept
}
