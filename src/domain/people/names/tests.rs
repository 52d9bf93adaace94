//! Invented people from many countries: who is the same, and who is not.

use crate::domain::people::names::Name;

fn likeness(one: &str, other: &str) -> f64 {
    let read = |text: &str| Name::read(text).unwrap_or_else(|| panic!("{text} is a name"));
    read(one).likeness(&read(other))
}

/// Two ways of writing one person.
const SAME: &[(&str, &str)] = &[
    ("Siti Rahmawati", "RAHMAWATI Siti"),
    ("Siti Rahmawati", "Siti Rachmawati"),
    ("Soekarno Widodo", "Sukarno Widodo"),
    ("Muhammad Rizky Pratama", "Mohd. Rizki Pratama"),
    ("Mohammed Abdul Rahman", "Muhammad Abdulrahman"),
    ("Nguyễn Văn Hùng", "Hung Nguyen Van"),
    ("Nguyễn Thị Ngọc Ánh", "NGUYEN THI NGOC ANH"),
    ("Trần Quốc Bảo", "Tran Quoc Bao"),
    ("陳怡君", "Chen Yi-Jun"),
    ("陳怡君", "Chen, I-Chun"),
    ("陳怡君", "Yijun Chen"),
    ("張志明", "Chang Chih-Ming"),
    ("张志明", "Zhang Zhiming"),
    ("蔡宗翰", "Tsai Tsung-Han"),
    ("林雅婷", "LIN YA TING"),
    ("歐陽美玲", "Ouyang Mei-Ling"),
    ("Lim Wei Jie", "Lin Weijie"),
    ("김민준", "Kim Min-jun"),
    ("박지훈", "Park Jihoon"),
    ("สมชาย ใจดี", "Somchai Jaidee"),
    ("นายสมชาย ใจดี", "Mr. Somchai Jaidi"),
    ("รัตนา แสงทอง", "Rattana Saengthong"),
    ("សុខ ចាន់ថា", "Sok Chantha"),
    ("မောင်အောင်", "Maung Aung"),
    ("محمد عبد الرحمن", "Mohammed Abdul Rahman"),
    ("أحمد حسن", "Ahmed Hassan"),
    ("राहुल शर्मा", "Rahul Sharma"),
    ("মোহাম্মদ রহিম", "Mohammad Rahim"),
    ("Иван Петров", "Ivan Petrov"),
    ("Дмитрий Соколов", "Dmitry Sokolov"),
    ("Dmitriy Sokolov", "Dmitri Sokolov"),
    ("José María Fernández", "Jose Maria Fernandez"),
    ("Maria Santos Cruz", "Maria Cruz"),
    ("John Michael Otieno", "John M. Otieno"),
    ("Wanjikũ Kamau", "Kamau Wanjiku"),
    ("Ayşe Yılmaz", "Ayse Yilmaz"),
    ("O'Brien Wekesa", "OBrien Wekesa"),
    ("ＳＩＴＩ　ＲＡＨＭＡＷＡＴＩ", "Siti Rahmawati"),
    ("Maria dela Cruz", "Maria Dela-Cruz"),
    ("አበበ ቢቂላ", "Abebe Bikila"),
];

/// Two people.
const OTHERS: &[(&str, &str)] = &[
    // Brothers and sisters.
    ("Nguyễn Văn Hùng", "Nguyễn Văn Dũng"),
    ("Siti Rahmawati", "Dewi Rahmawati"),
    ("陳怡君", "陳怡婷"),
    ("陳怡君", "Chen Ya-Ting"),
    ("Rahul Sharma", "Rohit Sharma"),
    ("محمد عبد الرحمن", "خالد عبد الرحمن"),
    ("김민준", "김서연"),
    // Father and son.
    ("Ahmad Hassan", "Yusuf Hassan"),
    ("Ivan Petrov", "Sergei Ivanovich Petrov"),
    ("Budi Santoso", "Agus Budi Hartono"),
    // Very common names.
    ("Mohammed Ali", "Mohammed Khan"),
    ("Nguyễn Thị Mai", "Nguyễn Thị Lan"),
    ("Wang Wei", "Wang Lei"),
    ("Maria Santos", "Maria Reyes"),
    ("Maung Aung", "Maung Zaw"),
    ("สมชาย ใจดี", "สมหญิง ใจดี"),
    // Nothing in common.
    ("Siti Rahmawati", "Minh Tran"),
    ("Иван Петров", "Kofi Mensah"),
    ("Sok Chantha", "Kong Sophea"),
    ("راشد", "Budi"),
];

#[test]
fn the_same_person_is_recognised_in_any_script_and_order() {
    let missed: Vec<_> =
        SAME.iter().map(|(one, other)| (one, other, likeness(one, other))).filter(|(.., likeness)| *likeness < 0.8).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn two_people_are_not_taken_for_one() {
    let taken: Vec<_> =
        OTHERS.iter().map(|(one, other)| (one, other, likeness(one, other))).filter(|(.., likeness)| *likeness >= 0.7).collect();
    assert!(taken.is_empty(), "{taken:#?}");
}

#[test]
fn half_a_name_is_a_hint_and_no_more() {
    for (one, other) in [("Siti", "Siti Rahmawati"), ("Somchai", "สมชาย ใจดี")] {
        let likeness = likeness(one, other);
        assert!((0.4..0.8).contains(&likeness), "{one} {other}: {likeness}");
    }
}

#[test]
fn what_holds_no_letter_is_no_name() {
    for text in ["", "   ", "-", "…", "🙂"] {
        assert!(Name::read(text).is_none_or(|name| name.likeness(&name) >= 0.999), "{text}");
    }
    assert!(Name::read("").is_none() && Name::read(" - ").is_none());
}

/// Every order of some words.
fn orders(words: &[&str]) -> Vec<String> {
    if words.len() <= 1 {
        return vec![words.concat()];
    }
    let mut found = Vec::new();
    for at in 0..words.len() {
        let mut rest = words.to_vec();
        let first = rest.remove(at);
        found.extend(orders(&rest).into_iter().map(|rest| format!("{first} {rest}")));
    }
    found
}

#[test]
fn likeness_is_symmetric_one_for_itself_and_blind_to_order() {
    let names: Vec<&str> = SAME.iter().chain(OTHERS).flat_map(|(one, other)| [*one, *other]).collect();
    for one in &names {
        assert!((likeness(one, one) - 1.0).abs() < f64::EPSILON, "{one} is itself");
        // The characters of a Chinese name have an order; words have none.
        let is_of_words = one.contains(' ') && one.is_ascii();
        if is_of_words {
            let words: Vec<&str> = one.split(' ').collect();
            for order in orders(&words) {
                assert!((likeness(one, &order) - 1.0).abs() < f64::EPSILON, "{one} is {order}");
            }
        }
        for other in &names {
            let (there, back) = (likeness(one, other), likeness(other, one));
            assert!((there - back).abs() < f64::EPSILON, "{one} to {other}: {there}, back: {back}");
            assert!((0.0..=1.0).contains(&there), "{one} to {other}: {there}");
        }
    }
}

#[test]
fn a_signature_never_hides_the_same_person() {
    for (one, other) in SAME.iter().flat_map(|(one, other)| [(one, other), (other, one)]) {
        let (sought, held) = (Name::read(one).expect("a name"), Name::read(other).expect("a name").signature());
        assert!(sought.queries().iter().any(|query| held.holds(*query).is_some()), "{one} is not found under {other}");
    }
}
