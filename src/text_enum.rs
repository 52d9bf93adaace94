//! One way to write a closed list of codes: the text on the wire, in the database and in Rust are declared once.
//!
//! Not `strum`: it would need each text a second time beside serde's (`#[serde(rename)]`, `#[strum(serialize)]`, and the two derive
//! different texts from `Under18`), or derive the text from the variant, so that renaming a variant changes what is stored and a
//! search for `under_18` finds nothing. Here a variant and its text stand in one line, and either is found by searching.

/// Declares an enumeration whose values have one stable text each, used on the wire and in the database alike.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[allow(missing_docs, reason = "a code is its own name; the list carries the documentation")]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable text of the value.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value with this text, if there is one.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> std::result::Result<Self, ()> { Self::parse(text).ok_or(()) }
        }
    };
}
