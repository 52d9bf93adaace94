//! Chinese names: where the family name ends, and how passports of Taiwan spell a syllable.

/// Family names of two characters.
const LONG_FAMILY_NAMES: &[&str] = &[
    "歐陽", "欧阳", "司馬", "司马", "上官", "諸葛", "诸葛", "司徒", "皇甫", "尉遲", "尉迟", "公孫", "公孙", "慕容", "令狐", "張簡", "范姜",
    "夏侯", "東方", "东方", "남궁", "황보", "제갈", "선우", "독고",
];

/// How many characters of a name are the family name.
pub(in crate::domain) fn family_length(name: &str) -> usize {
    if LONG_FAMILY_NAMES.iter().any(|family| name.starts_with(family)) { 2 } else { 1 }
}

/// The reading of a character that is read in another way as a family name.
pub(in crate::domain) fn family(letter: char) -> Option<&'static str> {
    Some(match letter {
        '曾' => "zeng",
        '吕' | '呂' => "lyu",
        '单' | '單' => "shan",
        '解' => "xie",
        '仇' => "qiu",
        '查' => "zha",
        '区' | '區' => "ou",
        '任' => "ren",
        '覃' => "qin",
        '盖' | '蓋' => "ge",
        '朴' => "piao",
        '尉' => "yu",
        '繆' | '缪' => "miao",
        '冼' => "xian",
        _ => return None,
    })
}

/// A Pinyin syllable as Wade–Giles without its marks, as passports of Taiwan have it: `zhang` is `chang`, `yi` stays `yi`.
pub(in crate::domain) fn wade_giles(pinyin: &str) -> String {
    match pinyin {
        "zhi" | "chi" => return "chih".to_owned(),
        "shi" => return "shih".to_owned(),
        "ri" => return "jih".to_owned(),
        "zi" | "ci" => return "tzu".to_owned(),
        "si" => return "szu".to_owned(),
        "er" => return "erh".to_owned(),
        "you" => return "yu".to_owned(),
        "yan" => return "yen".to_owned(),
        "ye" => return "yeh".to_owned(),
        "yue" => return "yueh".to_owned(),
        "yong" => return "yung".to_owned(),
        _ => {}
    }
    let (initial, rest) = [
        ("zh", "ch"),
        ("ch", "ch"),
        ("sh", "sh"),
        ("b", "p"),
        ("d", "t"),
        ("g", "k"),
        ("j", "ch"),
        ("q", "ch"),
        ("x", "hs"),
        ("z", "ts"),
        ("c", "ts"),
        ("r", "j"),
    ]
    .into_iter()
    .find_map(|(from, to)| pinyin.strip_prefix(from).map(|rest| (to.to_owned(), rest)))
    .unwrap_or_else(|| {
        let at = pinyin.find(['a', 'e', 'i', 'o', 'u']).unwrap_or(0);
        let (initial, rest) = pinyin.split_at_checked(at).unwrap_or(("", pinyin));
        (initial.to_owned(), rest)
    });
    let last = match (initial.as_str(), rest) {
        (_, "ian") => "ien",
        (_, "ie") => "ieh",
        (_, "ue") => "ueh",
        (_, "ong") => "ung",
        (_, "iong") => "iung",
        ("k", "ui") => "uei",
        ("k", "e") => "o",
        ("h", "e") => "o",
        ("k" | "h" | "sh", "uo") => "uo",
        (_, "uo") => "o",
        (_, rest) => rest,
    };
    initial + last
}

#[cfg(test)]
mod tests {
    use super::wade_giles;

    #[test]
    fn syllables_are_spelled_as_in_passports_of_taiwan() {
        for (pinyin, taiwan) in [
            ("zhang", "chang"),
            ("cai", "tsai"),
            ("xu", "hsu"),
            ("xie", "hsieh"),
            ("guo", "kuo"),
            ("jun", "chun"),
            ("zhong", "chung"),
            ("qian", "chien"),
            ("gui", "kuei"),
            ("shi", "shih"),
            ("lin", "lin"),
            ("wang", "wang"),
            ("luo", "lo"),
            ("yan", "yen"),
            ("de", "te"),
            ("ge", "ko"),
        ] {
            assert_eq!(wade_giles(pinyin), taiwan, "{pinyin}");
        }
    }
}
