//! Usernames: one form in which each is stored (PRECIS UsernameCaseMapped, RFC 8265), and what it looks like to the eye (UTS 39).

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use unicode_security::skeleton as confusable;

use crate::domain::text::is_visible;

/// The form in which a username is stored and compared: one case, one width, composed. None for a text that is no username: with
/// spaces, with invisible characters, with ligatures, or with both directions mixed.
pub fn stored_form(text: &str) -> Option<String> {
    let form = UsernameCaseMapped::enforce(text).ok()?.into_owned();
    // A form that is not stable would be another name at the next sign-in.
    (UsernameCaseMapped::enforce(form.as_str()).ok()? == form).then_some(form)
}

/// The name under which attempts to sign in are counted, whoever spells it how.
pub fn counted_form(text: &str) -> String {
    stored_form(text).unwrap_or_else(|| text.to_lowercase())
}

/// What a username looks like: two with one skeleton cannot be told apart by the eye. In lower case, so that a zero is an o too.
pub fn skeleton(username: &str) -> String {
    let seen = |text: &str| confusable(text).collect::<String>().to_lowercase();
    seen(&seen(username))
}

/// Whether two names of several words look the same, as they are written or in small letters.
pub fn look_alike(one: &str, other: &str) -> bool {
    look(one) == look(other) || look(&one.to_lowercase()) == look(&other.to_lowercase())
}

/// What a name of several words looks like: what shows nothing, and how wide a gap is, makes no other name.
fn look(name: &str) -> String {
    let gap = |letter: char| if letter.is_whitespace() { ' ' } else { letter };
    let seen: String = skeleton(name).chars().map(gap).filter(|letter| *letter == ' ' || is_visible(*letter)).collect();
    seen.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_has_one_stored_form() {
        for (text, form) in [
            ("siti.rahmawati", "siti.rahmawati"),
            ("Siti.Rahmawati", "siti.rahmawati"),
            ("ｓｉｔｉ", "siti"),
            ("Zoe\u{308}", "zo\u{eb}"),
            ("dara_sok-2@river", "dara_sok-2@river"),
            ("សុភា", "សុភា"),
            ("محمد", "محمد"),
            ("陳怡君", "陳怡君"),
        ] {
            assert_eq!(stored_form(text).as_deref(), Some(form), "{text}");
        }
        for text in [
            "",
            " ",
            "two words",
            "siti ",
            " siti",
            "siti\n",
            "si\u{200b}ti",
            "\u{202e}itis",
            "si\u{200d}ti",
            "\u{fb01}nn",
            "siti\u{e0041}",
            "\u{3164}",
            "siti\u{feff}",
            "abcמחמד",
            "½",
            "siti\u{ad}",
        ] {
            assert_eq!(stored_form(text), None, "{text:?}");
        }
    }

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        for (one, other) in [
            ("admin", "\u{430}dmin"),
            ("siti", "s\u{456}t\u{456}"),
            ("paypal", "\u{440}\u{430}yp\u{430}l"),
            ("corner", "comer"),
            ("ngo1", "ngol"),
            ("ngo0", "ngoo"),
            ("scope", "ѕсоре"),
        ] {
            assert_eq!(skeleton(one), skeleton(other), "{one} {other}");
        }
        for (one, other) in [
            ("Safe Return", "S\u{430}fe  Return "),
            ("Safe Return", "Safe\u{a0}Re\u{ad}turn"),
            ("Safe Return", "SAFE RETURN"),
            ("សុខ សុភា", "សុខ\u{200b} សុភា"),
        ] {
            assert!(look_alike(one, other), "{one} {other:?}");
        }
        assert!(!look_alike("Safe Return Cambodia", "Safe Return Thailand") && look_alike("Intel", "lntel"));
        for (one, other) in [("siti", "sita"), ("officer.idn", "officer.vnm"), ("caseworker.a", "caseworker.b")] {
            assert_ne!(skeleton(one), skeleton(other));
        }
    }
}
