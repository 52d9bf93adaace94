//! Machine clients: what a system of an organisation may be trusted with, from where, and how it proves who it is.

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use crate::domain::network::ClientAddress;
use crate::domain::unreadable::invalid;

/// Secrets that a client has at most: one in use, and one to change to.
pub const MOST_SECRETS: usize = 2;
/// Days that a secret lives at most.
pub const MOST_SECRET_DAYS: i64 = 90;
/// Seconds that an access token of a machine lives.
pub const TOKEN_SECONDS: i64 = 300;
/// Public keys that a client has at most.
pub const MOST_KEYS: usize = 10;
/// Ranges that an allow-list has at most.
pub const MOST_RANGES: usize = 50;

/// A range of network addresses in CIDR notation; a single address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange(IpNet);

impl utoipa::PartialSchema for AddressRange {
    fn schema() -> RefOr<Schema> {
        let byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
        let four = format!(r"{byte}(\.{byte}){{3}}");
        // From all eight groups written out to `::`, which stands for those that are left out.
        let group = "[0-9A-Fa-f]{1,4}";
        let mut six = vec![format!("({group}:){{7}}{group}"), format!("({group}:){{1,7}}:"), "::".to_owned()];
        six.extend((1..=6).map(|before| format!("({group}:){{1,{before}}}(:{group}){{1,{}}}", 7 - before)));
        six.extend([format!(":(:{group}){{1,7}}"), format!("::[Ff]{{4}}:{four}")]);
        let pattern = format!("^({four}(/(3[0-2]|[12]?[0-9]))?|({})(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)$", six.join("|"));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A range of network addresses in CIDR notation; a single address is a range of one."))
            .min_length(Some(2))
            .max_length(Some(49))
            .pattern(Some(pattern))
            .examples(["203.0.113.0/24"])
            .into()
    }
}

impl ToSchema for AddressRange {
    fn name() -> std::borrow::Cow<'static, str> {
        "AddressRange".into()
    }
}

impl AddressRange {
    /// Reads a range.
    pub fn parse(text: &str) -> Option<Self> {
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
        Some(Self(net.trunc()))
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for AddressRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AddressRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?)
            .ok_or_else(|| invalid("not_a_range", "must be a range of addresses such as 203.0.113.0/24 or 2001:db8::/32", "203.0.113.0/24"))
    }
}

/// The addresses from which a client may be used; none: from any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses(Vec<AddressRange>);

impl Addresses {
    /// The addresses in these ranges.
    pub fn new(ranges: Vec<AddressRange>) -> Self {
        Self(ranges)
    }

    /// Reads ranges with spaces between them.
    pub fn parse(text: &str) -> Option<Self> {
        text.split(' ').filter(|word| !word.is_empty()).map(AddressRange::parse).collect::<Option<_>>().map(Self)
    }

    /// The ranges.
    pub fn ranges(&self) -> &[AddressRange] {
        &self.0
    }

    /// Whether a client at this address may be answered. An unknown address is in no range.
    pub fn allow(&self, address: ClientAddress) -> bool {
        let inside = |address: IpAddr| self.0.iter().any(|range| range.0.contains(&address));
        self.0.is_empty() || address.ip().is_some_and(inside)
    }
}

impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranges: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&ranges.join(" "))
    }
}

text_enum! {
    /// The family of a public key.
    pub enum KeyType {
        /// An Edwards curve (RFC 8037).
        Okp = "OKP",
        /// An elliptic curve.
        Ec = "EC",
    }
}

text_enum! {
    /// The curve of a public key.
    pub enum Curve {
        /// For EdDSA.
        Ed25519 = "Ed25519",
        /// For ES256.
        P256 = "P-256",
    }
}

text_enum! {
    /// How a client signs its assertions.
    pub enum KeyAlgorithm {
        EdDsa = "EdDSA",
        /// EdDSA with this curve, as RFC 9864 names it.
        Ed25519 = "Ed25519",
        Es256 = "ES256",
    }
}

text_enum! {
    /// What a key is for.
    pub enum KeyUse {
        Signature = "sig",
    }
}

text_enum! {
    /// How a client proves itself (RFC 8414).
    pub enum ClientProof {
        Basic = "client_secret_basic",
        Post = "client_secret_post",
        PrivateKeyJwt = "private_key_jwt",
    }
}

text_enum! {
    /// What a token can be asked for with.
    pub enum TokenGrant {
        ClientCredentials = "client_credentials",
    }
}

text_enum! {
    /// What an authorization page would answer with; there is none.
    pub enum ResponseType {
        None = "none",
    }
}

/// A public key of a client (RFC 7517): Ed25519 for EdDSA, or P-256 for ES256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientKey {
    /// Family.
    pub kty: KeyType,
    /// Curve.
    pub crv: Curve,
    /// First coordinate: 32 bytes in base64url.
    #[schema(min_length = 43, max_length = 43, example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
    /// Second coordinate of a P-256 key.
    #[schema(min_length = 43, max_length = 43)]
    pub y: Option<String>,
    /// Name of the key; unique among the client's.
    #[schema(min_length = 1, max_length = 100)]
    pub kid: String,
    /// Algorithm; must fit the curve.
    pub alg: Option<KeyAlgorithm>,
    /// Use; always `sig`.
    #[serde(rename = "use")]
    pub usage: Option<KeyUse>,
}

impl ClientKey {
    /// The algorithm that goes with the curve.
    pub const fn algorithm(&self) -> KeyAlgorithm {
        match self.crv {
            Curve::Ed25519 => KeyAlgorithm::EdDsa,
            Curve::P256 => KeyAlgorithm::Es256,
        }
    }

    /// Whether an algorithm is the one of the curve, by either of its names.
    fn is_used_with(&self, algorithm: KeyAlgorithm) -> bool {
        match algorithm {
            KeyAlgorithm::EdDsa | KeyAlgorithm::Ed25519 => self.crv == Curve::Ed25519,
            KeyAlgorithm::Es256 => self.crv == Curve::P256,
        }
    }

    /// Whether its parts fit each other.
    pub fn is_sound(&self) -> bool {
        let is_coordinate = |text: &str| text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let fits = match self.crv {
            Curve::Ed25519 => self.kty == KeyType::Okp && self.y.is_none(),
            Curve::P256 => self.kty == KeyType::Ec && self.y.as_deref().is_some_and(is_coordinate),
        };
        fits && is_coordinate(&self.x) && self.alg.is_none_or(|alg| self.is_used_with(alg)) && (1..=100).contains(&self.kid.len())
    }
}

/// The public keys of a client, as a JSON Web Key Set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientKeySet {
    /// The keys.
    #[schema(min_items = 1, max_items = 10)]
    pub keys: Vec<ClientKey>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Permission;
    use crate::domain::access::Role;
    use crate::domain::access::scopes::Scopes;
    use crate::domain::accounts::machine::FOR_MACHINES;
    use crate::domain::codes::OrganisationKind;

    #[test]
    fn a_scope_reads_as_it_writes_and_knows_no_foreign_word() {
        let scopes = Scopes::parse("statistics:read  case:read case:read").unwrap();
        assert_eq!(scopes.to_string(), "case:read statistics:read");
        assert!(Scopes::parse("case:read everything").is_none());
        assert!(scopes.covers(&Scopes::parse("case:read").unwrap()) && !Scopes::parse("case:read").unwrap().covers(&scopes));
    }

    #[test]
    fn no_machine_administers_verifies_or_decides() {
        for permission in [
            Permission::OwnAccount,
            Permission::UserManage,
            Permission::OrganisationManage,
            Permission::ClientManage,
            Permission::NationalityVerify,
            Permission::EmbassyContactWrite,
            Permission::RepatriationMove,
            Permission::CaseClose,
        ] {
            assert!(!permission.is_for_machines(), "{permission}");
        }
        for kind in OrganisationKind::ALL {
            for permission in FOR_MACHINES {
                let held = Role::ALL.iter().any(|role| role.fits(*kind, true) && role.may(*permission));
                assert!(held || !permission.is_for_machines_of(*kind), "{permission} at {kind}");
            }
        }
    }

    #[test]
    fn an_allow_list_lets_in_whoever_is_in_a_range() {
        let list = Addresses::parse("203.0.113.0/24 2001:db8::/32 198.51.100.7").unwrap();
        for inside in ["203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1", "198.51.100.7"] {
            assert!(list.allow(ClientAddress::read(inside).unwrap()), "{inside}");
        }
        for outside in ["203.0.114.1", "2001:db9::1", "198.51.100.8", "unknown", ""] {
            assert!(!list.allow(ClientAddress::read(outside).unwrap_or_default()), "{outside}");
        }
        assert!(Addresses::default().allow(ClientAddress::default()), "no list, no limit");
        assert!(AddressRange::parse("203.0.113.0/33").is_none());
    }
}
