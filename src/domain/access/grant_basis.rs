//! Why an organisation sees a case.

text_enum! {
    /// Why an organisation holds a grant on a case.
    pub enum GrantBasis {
        /// It registered the case; all compartments.
        Registration = "registration",
        /// The person requested or accepted contact with this mission.
        EmbassyContact = "embassy_contact",
        /// It coordinates the host country.
        Coordination = "coordination",
        /// It took the case over.
        Ownership = "ownership",
        /// It accepted a referral.
        Referral = "referral",
        /// Emergency access, for hours.
        BreakGlass = "break_glass",
    }
}
