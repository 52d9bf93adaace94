//! The stages of repatriation, the side states, and how far somebody is in coarse terms.

text_enum! {
    /// A stage on the road home, in order.
    pub enum Stage {
        Registered = "registered",
        Screened = "screened",
        MissionContacted = "mission_contacted",
        NationalityVerified = "nationality_verified",
        Clearing = "clearing",
        DepartureScheduled = "departure_scheduled",
        Departed = "departed",
        Arrived = "arrived",
        Reintegration = "reintegration",
        Completed = "completed",
    }
}

text_enum! {
    /// A state beside the road; the stage is kept meanwhile.
    pub enum SideState {
        OnHold = "on_hold",
        ContactDeclined = "contact_declined",
        NationalityNotConfirmed = "nationality_not_confirmed",
        LostContact = "lost_contact",
        Withdrawn = "withdrawn",
        ProtectionPathway = "protection_pathway",
        RemovedByForce = "removed_by_force",
        ReTrafficked = "re_trafficked",
        Deceased = "deceased",
    }
}

impl SideState {
    /// Whether a wrong entry of it is so grave that two persons answer for taking it back.
    pub const fn is_grave(self) -> bool {
        matches!(self, Self::RemovedByForce | Self::ReTrafficked | Self::Deceased)
    }

    /// Whether the road goes on from here: `resume` leads back to the stored stage, and nothing need have been wrong.
    pub const fn is_resumable(self) -> bool {
        matches!(self, Self::OnHold | Self::ContactDeclined | Self::NationalityNotConfirmed | Self::LostContact | Self::Withdrawn)
    }
}

text_enum! {
    /// How far somebody is, for whoever may know no more (DOMAIN §3).
    pub enum CoarseStatus {
        Identified = "identified",
        Verification = "verification",
        Documentation = "documentation",
        Clearance = "clearance",
        InTransit = "in_transit",
        Returned = "returned",
        Other = "other",
    }
}

impl CoarseStatus {
    /// The coarse status of a stage and side state.
    pub const fn of(stage: Stage, side_state: Option<SideState>) -> Self {
        match (stage, side_state) {
            (_, Some(_)) => Self::Other,
            (Stage::Registered | Stage::Screened, None) => Self::Identified,
            (Stage::MissionContacted, None) => Self::Verification,
            (Stage::NationalityVerified, None) => Self::Documentation,
            (Stage::Clearing | Stage::DepartureScheduled, None) => Self::Clearance,
            (Stage::Departed, None) => Self::InTransit,
            (Stage::Arrived | Stage::Reintegration | Stage::Completed, None) => Self::Returned,
        }
    }
}

impl Stage {
    /// The stage before this one.
    pub fn previous(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|stage| *stage == self)?;
        at.checked_sub(1).and_then(|before| Self::ALL.get(before)).copied()
    }
}

/// Whether the journey is over, so that nothing is due any more.
pub fn is_over(stage: Stage, side_state: Option<SideState>) -> bool {
    stage == Stage::Completed || side_state.is_some_and(|state| !state.is_resumable())
}
