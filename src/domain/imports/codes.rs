//! What a cell says, as a code: countries, genders and the lists of HTCDS, by their codes, their labels and their names.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::domain::codes::*;
use crate::domain::country::Country;
use crate::domain::imports::field::ImportField;
use crate::domain::imports::folding::fold;
use crate::domain::nationality::Nationality;

/// Genders, as lists of seven languages write them.
const GENDERS: &[(Gender, &[&str])] = &[
    (
        Gender::Feminine,
        &["f", "female", "woman", "girl", "p", "perempuan", "wanita", "nữ", "gái", "หญิง", "ญ", "ស្រី", "မ", "အမျိုးသမီး", "女", "女性"],
    ),
    (
        Gender::Masculine,
        &[
            "m",
            "male",
            "man",
            "boy",
            "l",
            "laki-laki",
            "laki",
            "pria",
            "lk",
            "nam",
            "trai",
            "ชาย",
            "ช",
            "ប្រុស",
            "ကျား",
            "အမျိုးသား",
            "男",
            "男性",
        ],
    ),
    (
        Gender::NonSpecifiedUnknown,
        &["unknown", "not specified/unknown", "non specified unknown", "tidak diketahui", "không rõ", "ไม่ระบุ", "不明", "未知"],
    ),
];

/// Countries as people write them where neither the code nor the name in English is used.
const COUNTRIES: &[(&str, &[&str])] = &[
    ("IDN", &["indonesia", "wni", "อินโดนีเซีย", "ឥណ្ឌូណេស៊ី", "印尼", "印度尼西亚", "印度尼西亞", "အင်ဒိုနီးရှား", "indonesian"]),
    ("VNM", &["vietnam", "viet nam", "việt nam", "เวียดนาม", "វៀតណាម", "越南", "ဗီယက်နမ်", "vietnamese"]),
    ("THA", &["thailand", "ไทย", "ประเทศไทย", "ថៃ", "泰国", "泰國", "ထိုင်း", "thai", "thái lan"]),
    ("MMR", &["myanmar", "burma", "เมียนมา", "พม่า", "មីយ៉ាន់ម៉ា", "缅甸", "緬甸", "မြန်မာ", "burmese", "miến điện"]),
    ("KHM", &["cambodia", "kamboja", "campuchia", "กัมพูชา", "កម្ពុជា", "ខ្មែរ", "ខ្មែរ", "柬埔寨", "ကမ္ဘောဒီးယား", "cambodian", "khmer"]),
    ("CHN", &["china", "tiongkok", "cina", "trung quốc", "จีน", "ចិន", "中国", "中國", "တရုတ်", "prc", "chinese"]),
    ("TWN", &["taiwan", "đài loan", "ไต้หวัน", "តៃវ៉ាន់", "台湾", "台灣", "臺灣", "taiwan roc", "taiwanese"]),
    ("MYS", &["malaysia", "มาเลเซีย", "ម៉ាឡេស៊ី", "马来西亚", "馬來西亞", "မလေးရှား", "malaysian"]),
    ("PHL", &["philippines", "filipina", "ฟิลิปปินส์", "ហ្វីលីពីន", "菲律宾", "菲律賓", "ဖိလစ်ပိုင်", "filipino"]),
    ("LAO", &["laos", "lao", "lào", "ลาว", "ឡាវ", "老挝", "寮國", "လာအို"]),
    ("IND", &["india", "ấn độ", "อินเดีย", "ឥណ្ឌា", "印度", "အိန္ဒိယ", "indian"]),
    ("BGD", &["bangladesh", "บังกลาเทศ", "孟加拉", "孟加拉国", "bangladeshi"]),
    ("NPL", &["nepal", "เนปาล", "尼泊尔", "尼泊爾", "nepali", "nepalese"]),
    ("PAK", &["pakistan", "ปากีสถาน", "巴基斯坦", "pakistani"]),
    ("LKA", &["sri lanka", "ศรีลังกา", "斯里兰卡", "斯里蘭卡"]),
    ("KEN", &["kenya", "เคนยา", "肯尼亚", "肯亞", "kenyan"]),
    ("UGA", &["uganda", "ยูกันดา", "乌干达", "烏干達", "ugandan"]),
    ("ETH", &["ethiopia", "เอธิโอเปีย", "埃塞俄比亚", "ethiopian"]),
    ("JPN", &["japan", "jepang", "nhật bản", "ญี่ปุ่น", "日本", "japanese"]),
    ("KOR", &["south korea", "republic of korea", "korea selatan", "hàn quốc", "เกาหลีใต้", "韩国", "韓國"]),
    ("SGP", &["singapore", "singapura", "สิงคโปร์", "新加坡"]),
    ("HKG", &["hong kong", "hongkong", "香港"]),
    ("USA", &["usa", "us", "united states", "united states of america", "amerika serikat", "美国", "美國"]),
    ("GBR", &["uk", "united kingdom", "great britain", "inggris", "英国", "英國"]),
    ("RUS", &["russia", "rusia", "รัสเซีย", "俄罗斯"]),
];

/// What says that somebody has no country.
const STATELESS: &[&str] = &["stateless", "tanpa kewarganegaraan", "không quốc tịch", "ไร้สัญชาติ", "គ្មានសញ្ជាតិ", "無國籍", "无国籍"];

/// Names that are not the folded form of a code: those of the second list of HTCDS, and labels with words of their own (DOMAIN D6, D9).
const CONTROL_METHODS: &[(&str, ControlMethod)] = &[
    ("Threats", ControlMethod::PhysicalThreats),
    ("ThreatOfLawEnforcement", ControlMethod::ThreatsLawEnforcement),
    ("Threats of law enforcement", ControlMethod::ThreatsLawEnforcement),
    ("PsychoactiveSubstances", ControlMethod::PsychoactiveSubstance),
];

/// What HTCDS says of a finding. An actual victim is one by the finding of an authority, and that is recorded by the authority.
const FINDINGS: &[(&str, TraffickingStatus)] = &[
    ("PossibleVictimOfTrafficking", TraffickingStatus::Possible),
    ("ActualVictimOfTrafficking", TraffickingStatus::FormallyIdentified),
    ("NotAVictimOfTrafficking", TraffickingStatus::NotIdentified),
];

static STATELESS_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| STATELESS.iter().map(|word| fold(word)).collect());

static COUNTRY_NAMES: LazyLock<HashMap<String, Country>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for (code, written) in COUNTRIES {
        let Some(code) = Country::parse(code) else { continue };
        names.extend(written.iter().map(|name| (fold(name), code)));
    }
    // Codes last: no name of ours takes the place of one.
    for country in &celes::Country::get_countries() {
        let Some(code) = Country::parse(country.alpha3) else { continue };
        names.extend([country.long_name, country.alpha2, country.alpha3].map(|name| (fold(name), code)));
    }
    names
});

/// The country that a text names: by a code of two or three letters, or by its name.
pub fn country(text: &str) -> Option<Country> {
    COUNTRY_NAMES.get(&fold(text)).copied()
}

/// The nationality that a text names.
pub fn nationality(text: &str) -> Option<Nationality> {
    match STATELESS_WORDS.contains(&fold(text)) {
        true => Nationality::parse("XXA"),
        false => Nationality::parse(text.trim()).or_else(|| country(text).map(Nationality::Of)),
    }
}

/// The codes of each field, by everything that names them.
static CODES: LazyLock<HashMap<ImportField, HashMap<String, &'static str>>> = LazyLock::new(|| {
    let mut codes = HashMap::new();
    let mut put = |field: ImportField, list: Vec<&'static str>| {
        let named: HashMap<String, &'static str> = list.into_iter().map(|code| (fold(code), code)).collect();
        codes.insert(field, named);
    };
    put(ImportField::Gender, Gender::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::IntakeChannel, IntakeChannel::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::RiskLevel, RiskLevel::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::ExitMode, ExitMode::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::TraffickingStatus, TraffickingStatus::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::ImmigrationStatus, ImmigrationStatus::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::PassportCustody, DocumentCustody::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::ExploitationTypes, ExploitationType::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::ScamTypes, ScamType::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::ControlMethods, ControlMethod::ALL.iter().map(|code| code.as_str()).collect());
    put(ImportField::RecruitmentMethods, RecruitmentMethod::ALL.iter().map(|code| code.as_str()).collect());
    let mut also = |field: ImportField, name: &str, code: &'static str| codes.entry(field).or_default().insert(fold(name), code);
    for (gender, words) in GENDERS {
        for word in *words {
            also(ImportField::Gender, word, gender.as_str());
        }
    }
    for (name, method) in CONTROL_METHODS {
        also(ImportField::ControlMethods, name, method.as_str());
    }
    for (name, finding) in FINDINGS {
        also(ImportField::TraffickingStatus, name, finding.as_str());
    }
    codes
});

/// What the second list of HTCDS writes before each method.
const METHODS_PREFIX: &str = "methodsofcontrol";

/// The code that a text names in the list of a field: by the code itself, its name in HTCDS or its label, in any case.
pub fn code(field: ImportField, text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let codes = CODES.get(&field)?;
    codes.get(&folded).or_else(|| codes.get(folded.strip_prefix(METHODS_PREFIX)?)).copied()
}

/// The single values of a cell that holds several: with a semicolon as Excel has them, with a blank as XForms do, or with what people
/// put between words (DOMAIN D7). A blank separates only where every piece is known and the whole is not.
pub fn several(text: &str, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let pieces =
        |signs: &[char]| -> Vec<String> { text.split(signs).map(str::trim).filter(|piece| !piece.is_empty()).map(str::to_owned).collect() };
    if is_known(text) {
        return vec![text.trim().to_owned()];
    }
    let by_sign = pieces(&[';', '；', '|', '\n', '、']);
    if by_sign.len() > 1 {
        return by_sign;
    }
    for signs in [&[',', '，'][..], &[' '][..], &['/'][..]] {
        let found = pieces(signs);
        if found.len() > 1 && found.iter().all(|piece| is_known(piece)) {
            return found;
        }
    }
    by_sign
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_code_and_by_name() {
        for (text, code) in [
            ("ID", "IDN"),
            ("idn", "IDN"),
            ("Indonesia", "IDN"),
            ("Việt Nam", "VNM"),
            ("ไทย", "THA"),
            ("မြန်မာ", "MMR"),
            ("កម្ពុជា", "KHM"),
            ("台灣", "TWN"),
            ("TW", "TWN"),
            ("KENYA", "KEN"),
        ] {
            assert_eq!(country(text).map(|country| country.to_string()).as_deref(), Some(code), "{text}");
        }
        assert_eq!(country("Atlantis"), None);
        assert_eq!(nationality("Stateless").map(|known| known.to_string()).as_deref(), Some("XXA"));
        assert_eq!(nationality("GBN").map(|known| known.to_string()).as_deref(), Some("GBN"));
    }

    #[test]
    fn genders_are_known_in_seven_languages() {
        for (text, code) in [
            ("Female", "feminine"),
            ("L", "masculine"),
            ("P", "feminine"),
            ("Nữ", "feminine"),
            ("Nam", "masculine"),
            ("ชาย", "masculine"),
            ("ស្រី", "feminine"),
            ("ကျား", "masculine"),
            ("女", "feminine"),
            ("TransgenderFeminine", "transgender_feminine"),
            ("Non-Conforming", "non_conforming"),
        ] {
            assert_eq!(code_of(ImportField::Gender, text), Some(code), "{text}");
        }
        assert_eq!(code_of(ImportField::Gender, "x"), None);
    }

    fn code_of(field: ImportField, text: &str) -> Option<&'static str> {
        code(field, text)
    }

    #[test]
    fn several_values_are_told_apart_and_a_label_with_blanks_stays_whole() {
        let known = |text: &str| code(ImportField::ControlMethods, text).is_some();
        for (text, pieces) in [
            ("Debt bondage ; False promises", vec!["Debt bondage", "False promises"]),
            ("DebtBondage FalsePromises", vec!["DebtBondage", "FalsePromises"]),
            ("Debt bondage ", vec!["Debt bondage"]),
            ("Threatens children/family", vec!["Threatens children/family"]),
            ("DebtBondage, FalsePromises", vec!["DebtBondage", "FalsePromises"]),
            ("Something else entirely", vec!["Something else entirely"]),
        ] {
            assert_eq!(several(text, known), pieces, "{text}");
        }
    }
}
