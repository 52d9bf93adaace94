//! What a type says of a text that it cannot be read from: a stable code and a sentence, which travel through serde.

/// Separates the stable code from the sentence in an error that has to travel through serde.
const MARK: char = '\u{1f}';

/// A serde error that carries a stable code, and an example of a text that the type accepts: with it in place of the one that was
/// refused, the rest of the input can be read. Only such errors reach the caller with their text; any other serde text may
/// repeat the value and is replaced.
pub fn invalid<E: serde::de::Error>(code: &str, message: &str, example: &str) -> E {
    E::custom(format_args!("{MARK}{code}{MARK}{message}{MARK}{example}{MARK}"))
}

/// The code, the sentence and the example of an error made by [`invalid`].
pub fn carried(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.split(MARK).skip(1);
    Some((parts.next()?, parts.next()?, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::{carried, invalid};

    #[test]
    fn code_and_sentence_survive_serde() {
        let error: serde_json::Error = invalid("unknown_country", "must be listed", "IDN");
        assert_eq!(carried(&error.to_string()), Some(("unknown_country", "must be listed", "IDN")));
        assert_eq!(carried("invalid type: string \"x\""), None);
    }
}
