//! For whom a description of the service is made.

use crate::domain::access::Role;

text_enum! {
    /// Whom an API document is for.
    pub enum Audience {
        /// Systems of organisations, on credentials of their own.
        Machine = "machine",
        /// Officers and supervisors of embassies.
        Embassy = "embassy",
        /// Case workers and supervisors of NGOs.
        Ngo = "ngo",
        /// Coordination desks.
        Coordination = "coordination",
        /// Analysts.
        Analysis = "analysis",
        /// Administrators and auditors.
        Administration = "administration",
    }
}

impl Audience {
    /// The roles of the people in it.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Machine => &[],
            Self::Embassy => &[Role::EmbassyOfficer, Role::EmbassySupervisor],
            Self::Ngo => &[Role::NgoCaseworker, Role::NgoSupervisor],
            Self::Coordination => &[Role::Coordinator],
            Self::Analysis => &[Role::Analyst],
            Self::Administration => &[Role::Administrator, Role::Auditor],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Audience;
    use crate::domain::access::Role;

    #[test]
    fn every_role_is_in_one_audience() {
        for role in Role::ALL {
            assert_eq!(Audience::ALL.iter().filter(|audience| audience.roles().contains(role)).count(), 1, "{role}");
        }
    }
}
