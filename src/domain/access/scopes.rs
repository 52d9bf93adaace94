//! The scopes of a machine client.

use std::fmt;

use crate::domain::access::Permission;
use crate::domain::codes::OrganisationKind;

/// What a machine may do: permissions, each once, in the order of their declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Permission>);

impl Scopes {
    /// The scope of these permissions.
    pub fn new(mut permissions: Vec<Permission>) -> Self {
        permissions.sort_unstable();
        permissions.dedup();
        Self(permissions)
    }

    /// Reads a scope as OAuth writes it (RFC 6749 §3.3): permissions with spaces between them. None: one is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        text.split(' ').filter(|word| !word.is_empty()).map(Permission::parse).collect::<Option<_>>().map(Self::new)
    }

    /// Whether this permission is in it.
    pub fn contains(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// Whether all of the other is in it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|permission| self.contains(*permission))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The permissions.
    pub fn permissions(&self) -> &[Permission] {
        &self.0
    }

    /// Whether a machine of an organisation of this kind can hold all of it.
    pub fn fits(&self, kind: OrganisationKind) -> bool {
        self.0.iter().all(|permission| permission.is_for_machines_of(kind))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|permission| permission.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}
