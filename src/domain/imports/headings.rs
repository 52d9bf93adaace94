//! What the headings of lists mean, in English, Indonesian, Vietnamese, Thai, Burmese, Khmer and Chinese.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::imports::field::ImportField;
use crate::domain::imports::folding::fold;
use crate::domain::imports::htcds;

mod case_words;
mod words;

/// The fields, by their headings as they are compared.
static FIELDS: LazyLock<HashMap<String, ImportField>> = LazyLock::new(|| {
    let own = ImportField::ALL.iter().map(|field| (fold(field.as_str()), *field));
    let written = of_languages().map(|(field, word)| (fold(word), field));
    own.chain(written).collect()
});

/// What lists write, with the field that it names.
fn of_languages() -> impl Iterator<Item = (ImportField, &'static str)> {
    let all = words::OF_PERSON.iter().chain(case_words::OF_CASE);
    all.flat_map(|(field, words)| words.iter().map(move |word| (*field, *word)))
}

/// Words around a heading that say nothing of what it is: an asterisk is folded away already.
const SURPLUS: &[&str] = &["ofvictim", "ofperson", "korban", "pemohon", "nannhan", "required", "wajib", "ผู้เสียหาย"];

/// The field that a heading names.
pub fn find(heading: &str) -> Option<ImportField> {
    let folded = fold(heading);
    let named = FIELDS.get(&folded).or_else(|| FIELDS.get(SURPLUS.iter().find_map(|word| folded.strip_suffix(&fold(word)))?));
    // `Date of birth (DD/MM/YYYY)`, `Name / Nama`: each part by itself, if all that are known agree.
    named.copied().or_else(|| {
        let parts = heading.split(['(', ')', '/', '（', '）', '\n', '[', ']']).map(fold);
        let mut known = parts.filter_map(|part| FIELDS.get(&part).copied());
        let first = known.next()?;
        known.all(|other| other == first).then_some(first)
    })
}

/// Whether anybody's list has this heading: in one of the languages, or as a template of HTCDS writes it.
pub fn is_known(heading: &str) -> bool {
    find(heading).is_some() || htcds::column(heading).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_seven_languages() {
        for (heading, field) in [
            ("Date of Birth", ImportField::BirthDate),
            ("Tanggal Lahir", ImportField::BirthDate),
            ("Ngày sinh", ImportField::BirthDate),
            ("วันเกิด", ImportField::BirthDate),
            ("မွေးသက္ကရာဇ်", ImportField::BirthDate),
            ("ថ្ងៃខែឆ្នាំកំណើត", ImportField::BirthDate),
            ("出生日期", ImportField::BirthDate),
            ("Passport No.", ImportField::PassportNumber),
            ("Nomor Paspor", ImportField::PassportNumber),
            ("Số hộ chiếu", ImportField::PassportNumber),
            ("หมายเลขหนังสือเดินทาง", ImportField::PassportNumber),
            ("护照号码", ImportField::PassportNumber),
            ("លេខលិខិតឆ្លងដែន", ImportField::PassportNumber),
            ("Nama Lengkap", ImportField::FullName),
            ("Họ và tên", ImportField::FullName),
            ("ชื่อ-นามสกุล", ImportField::FullName),
            ("姓名", ImportField::FullName),
            ("Jenis Kelamin", ImportField::Gender),
            ("Giới tính", ImportField::Gender),
            ("เพศ", ImportField::Gender),
            ("ភេទ", ImportField::Gender),
            ("လိင်", ImportField::Gender),
            ("DATE OF BIRTH (dd/mm/yyyy)", ImportField::BirthDate),
            ("Name / Nama", ImportField::FullName),
            ("Nama Korban", ImportField::FullName),
        ] {
            assert_eq!(find(heading), Some(field), "{heading}");
        }
    }

    #[test]
    fn no_heading_is_one_of_two_fields() {
        let mut seen: HashMap<String, ImportField> = HashMap::new();
        for (field, word) in of_languages() {
            let before = seen.insert(fold(word), field);
            assert!(before.is_none_or(|before| before == field), "{word} is {field} and {before:?}");
        }
    }

    #[test]
    fn what_names_two_fields_names_none() {
        for heading in ["Name / Gender", "Remarks of the officer", ""] {
            assert_eq!(find(heading), None, "{heading}");
        }
    }
}
