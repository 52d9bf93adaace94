//! Codes of the documents that people travel on.

text_enum! {
    /// What a person travels on.
    pub enum TravelDocumentKind {
        PassportValid = "passport_valid",
        PassportReissued = "passport_reissued",
        /// Every certificate for the way home, whatever the issuing state calls it (ICAO Doc 9303-8): SPLP, Emergency Certificate, giấy thông
        /// hành. `local_name` says which.
        EmergencyTravelDocument = "emergency_travel_document",
        LaissezPasser = "laissez_passer",
        CertificateOfIdentity = "certificate_of_identity",
        TemporaryPassport = "temporary_passport",
        BorderPass = "border_pass",
        /// For several people, with one list.
        GroupTravelDocument = "group_travel_document",
        /// For remains.
        MortuaryPass = "mortuary_pass",
        /// Of the International Committee of the Red Cross.
        IcrcEmergencyTravelDocument = "icrc_emergency_travel_document",
        /// For a refugee or a stateless person (1951 Convention art. 28, 1954 Convention art. 28).
        ConventionTravelDocument = "convention_travel_document",
        /// Of the host state, for foreigners whom nobody else gives a document.
        HostStateTravelDocument = "host_state_travel_document",
    }
}

/// Who issues a travel document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentIssuer {
    /// Nobody is asked: it is the person's own.
    NobodyAsked,
    /// A mission of the person's country.
    Mission,
    /// An authority or organisation without a mission: the host state, the state that protects the person, the Red Cross.
    Authority,
}

impl TravelDocumentKind {
    /// Who issues it.
    pub const fn issuer(self) -> DocumentIssuer {
        match self {
            Self::PassportValid => DocumentIssuer::NobodyAsked,
            Self::PassportReissued | Self::EmergencyTravelDocument | Self::LaissezPasser | Self::CertificateOfIdentity => {
                DocumentIssuer::Mission
            }
            Self::TemporaryPassport | Self::GroupTravelDocument | Self::MortuaryPass => DocumentIssuer::Mission,
            Self::BorderPass | Self::IcrcEmergencyTravelDocument | Self::ConventionTravelDocument | Self::HostStateTravelDocument => {
                DocumentIssuer::Authority
            }
        }
    }
}

text_enum! {
    /// How far a travel document is.
    pub enum TravelDocumentStatus {
        Requested = "requested",
        Issued = "issued",
        HandedOver = "handed_over",
        Refused = "refused",
        Expired = "expired",
        /// Taken back by who issued it.
        Cancelled = "cancelled",
        /// Reported lost or stolen; nobody travels on it, also if it is found.
        Lost = "lost",
        /// The journey it was for is made.
        Used = "used",
    }
}

impl TravelDocumentStatus {
    /// Whether nothing about the document changes any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Expired | Self::Cancelled | Self::Lost | Self::Used => true,
            Self::Requested | Self::Issued | Self::HandedOver | Self::Refused => false,
        }
    }
}
