//! Codes of fines, waivers and penalties.

text_enum! {
    /// How far the overstay fine is. Follows from the assessment, the waivers and the payments.
    pub enum FineTrack {
        None = "none",
        Assessed = "assessed",
        WaiverRequested = "waiver_requested",
        WaivedFull = "waived_full",
        WaivedPartial = "waived_partial",
        Paid = "paid",
        Outstanding = "outstanding",
        /// The rate of a day is not known, and the authority assessed nothing: unknown is not nothing.
        Unknown = "unknown",
        /// The host country asks nothing of somebody so young.
        Exempt = "exempt",
        /// Settled without payment, the whole or the rest: by deportation, or by days in detention.
        SettledUnpaid = "settled_unpaid",
    }
}

text_enum! {
    /// For which days of overstay the amount of a step holds.
    pub enum StepRule {
        /// For all days, as soon as the overstay reaches the step.
        AllDays = "all_days",
        /// For the days from the step on.
        DaysBeyond = "days_beyond",
    }
}

text_enum! {
    /// Why a fine is waived.
    pub enum WaiverReason {
        NonPunishment = "non_punishment",
        Humanitarian = "humanitarian",
        Child = "child",
        Medical = "medical",
        BilateralAgreement = "bilateral_agreement",
        Amnesty = "amnesty",
        /// Deported, and what was owed is asked no more. Settles the fine without being a relief.
        DeportationWithoutPayment = "deportation_without_payment",
        /// Days in detention stand for what was owed. Settles the fine without being a relief.
        ServedInDetention = "served_in_detention",
        Destitution = "destitution",
        ForceMajeure = "force_majeure",
        AuthorityError = "authority_error",
        Newborn = "newborn",
        Other = "other",
    }
}

text_enum! {
    /// What the authority said to a request for a waiver.
    pub enum WaiverStatus {
        Requested = "requested",
        Granted = "granted",
        Refused = "refused",
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What an authority said for one member of a list of waivers.
    pub enum WaiverAnswerStatus {
        Granted = "granted",
        Refused = "refused",
    }
}

text_enum! {
    /// What an authority asks beside the overstay fine.
    pub enum PenaltyKind {
        IllegalEntry = "illegal_entry",
        WorkWithoutPermit = "work_without_permit",
        ExitVisaFee = "exit_visa_fee",
        LateRegistration = "late_registration",
        CourtFine = "court_fine",
        DetentionCost = "detention_cost",
        TransportCost = "transport_cost",
    }
}

text_enum! {
    /// How far a penalty is.
    pub enum PenaltyStatus {
        Open = "open",
        Paid = "paid",
        Waived = "waived",
        /// By days in detention.
        Served = "served",
    }
}

text_enum! {
    /// How somebody came before the authority that banned them from entering again.
    pub enum EntryBanBasis {
        Surrendered = "surrendered",
        Arrested = "arrested",
        Deported = "deported",
    }
}
