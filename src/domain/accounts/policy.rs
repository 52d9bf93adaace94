//! What a deployment asks of its accounts: who needs a second factor, how long a password must be, which code of conduct
//! must be accepted before any case is shown.

use crate::domain::access::{Permission, Role};

/// What a deployment asks of its accounts.
#[derive(Clone, Debug, Default)]
pub struct AccountPolicy {
    /// Who needs a second factor.
    pub second_factor: SecondFactorPolicy,
    /// What must be accepted before any case is shown.
    pub conduct: CodeOfConduct,
}

impl AccountPolicy {
    /// The shortest password for a role, in characters (NIST SP 800-63B-4): 15 alone, 12 beside a second factor.
    pub fn shortest_password(&self, role: Role) -> usize {
        if self.second_factor.requires(role) { 12 } else { 15 }
    }
}

/// The roles that need a second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactorPolicy(Vec<Role>);

/// The text is no list of roles.
#[derive(Debug, PartialEq, Eq)]
pub struct NoSuchRole;

impl Default for SecondFactorPolicy {
    /// Every role that opens cases, and the administrator, who can make accounts that do.
    fn default() -> Self {
        let opens_cases = |role: &Role| role.may(Permission::CaseRead) || *role == Role::Administrator;
        Self(Role::ALL.iter().copied().filter(opens_cases).collect())
    }
}

impl SecondFactorPolicy {
    /// Nobody needs one. For demonstrations and tests.
    pub const NONE: Self = Self(Vec::new());

    /// Reads `all`, `none` or a comma-separated list of roles.
    pub fn parse(text: &str) -> Result<Self, NoSuchRole> {
        match text.trim() {
            "all" => Ok(Self::default()),
            "none" => Ok(Self::NONE),
            list => list.split(',').map(|role| Role::parse(role.trim()).ok_or(NoSuchRole)).collect::<Result<_, _>>().map(Self),
        }
    }

    /// The roles that need one.
    pub fn roles(&self) -> &[Role] {
        &self.0
    }

    /// Whether the role needs a second factor.
    pub fn requires(&self, role: Role) -> bool {
        self.0.contains(&role)
    }
}

/// What everybody who works with cases promises, and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeOfConduct {
    /// A new version must be accepted anew. At most 40 characters.
    pub version: String,
    /// The text, as plain paragraphs.
    pub text: String,
}

impl Default for CodeOfConduct {
    fn default() -> Self {
        Self { version: "2026-11".to_owned(), text: include_str!("code_of_conduct.txt").to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_whoever_opens_cases_or_makes_accounts_needs_a_second_factor() {
        let all = SecondFactorPolicy::parse("all").unwrap();
        assert!(all.requires(Role::Administrator) && all.requires(Role::NgoCaseworker) && all.requires(Role::EmbassyOfficer));
        assert!(!all.requires(Role::Analyst) && !all.requires(Role::Auditor));
        assert_eq!(SecondFactorPolicy::parse("none").unwrap(), SecondFactorPolicy::NONE);
        let some = SecondFactorPolicy::parse("administrator, auditor").unwrap();
        assert!(some.requires(Role::Auditor) && !some.requires(Role::NgoCaseworker));
        assert_eq!(SecondFactorPolicy::parse("everybody"), Err(NoSuchRole));
        assert_eq!(SecondFactorPolicy::parse(""), Err(NoSuchRole));
    }

    #[test]
    fn a_password_beside_a_second_factor_may_be_shorter() {
        let policy = AccountPolicy::default();
        assert_eq!((policy.shortest_password(Role::NgoCaseworker), policy.shortest_password(Role::Auditor)), (12, 15));
    }
}
