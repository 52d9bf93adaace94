//! Codes of matching: duplicates, tracing, and what missions report.

text_enum! {
    /// What the matcher is to look at.
    pub enum QueuedKind {
        Person = "person",
        TracingRequest = "tracing_request",
    }
}

text_enum! {
    /// What was decided about two people who may be one (DHIS2).
    pub enum DuplicateStatus {
        /// Nobody looked yet.
        Open = "open",
        /// They are two people.
        Invalid = "invalid",
        /// They were one, and are one record now.
        Merged = "merged",
    }
}

text_enum! {
    /// Whose value of a field is kept when two persons are merged.
    pub enum Kept {
        /// The one whose case goes on.
        Survivor = "survivor",
        /// The one who is merged into it.
        Other = "other",
        /// Both: only for a list, and for a note that may warn.
        Both = "both",
    }
}

text_enum! {
    /// Why two persons cannot be merged now.
    pub enum MergeBlocker {
        /// Another organisation owns a case of one of them.
        DifferentOwners = "different_owners",
        /// The cases are in two host countries: they are two stays of one person, each with its own law, fine and departure.
        DifferentHostCountries = "different_host_countries",
        /// Two nationalities were verified.
        DifferentNationalities = "different_nationalities",
        /// The other one is on the protection pathway: let its case go on.
        Shielded = "shielded",
        /// The other one is further on the road home, or beside it: let its case go on, or bring this one there first.
        OtherIsFurther = "other_is_further",
        /// Both were screened and are on the road home.
        BothOnTheRoad = "both_on_the_road",
        /// One of them is on a charter, bus or convoy that has not arrived.
        OnMovementBatch = "on_movement_batch",
        /// A referral or transfer of one of them waits for an answer.
        OpenReferral = "open_referral",
        /// The case that would go on is closed.
        SurvivorClosed = "survivor_closed",
        /// Others were merged with one of them: undo that first, or merge into that one.
        MergedBefore = "merged_before",
        /// What one of them refused would end access to the other: record it there first.
        RefusedAccess = "refused_access",
    }
}

text_enum! {
    /// What a merge brings with it for the person's safety. Of two facts the stricter one holds for both until somebody decides.
    pub enum MergeWarning {
        /// A legal hold of either is in force: the case that goes on does not depart before it is lifted.
        LegalHold = "legal_hold",
        /// An asylum claim of either is open, or the case that goes on is on the protection pathway: no mission sees it, and the merge
        /// can be undone only when that is over.
        KeptFromMissions = "kept_from_missions",
        /// One of them is recorded as dead, and the other one is not.
        OneIsDead = "one_is_dead",
    }
}

impl MergeWarning {
    /// Whether a merge goes through only when somebody says that it is meant.
    pub const fn is_asked_about(self) -> bool {
        matches!(self, Self::OneIsDead)
    }
}

text_enum! {
    /// On whose behalf somebody is looked for.
    pub enum TracingRelation {
        Mission = "mission",
        Family = "family",
        Ngo = "ngo",
        Other = "other",
    }
}

text_enum! {
    /// How far a request for somebody is.
    pub enum TracingStatus {
        /// Nobody was compared with it yet.
        Open = "open",
        /// It is compared with everybody who is registered. It says nothing about whether anybody was found.
        TracingInProgress = "tracing_in_progress",
        /// The person was found, and wants the contact.
        Verified = "verified",
        /// The requester reports that they met.
        Reunified = "reunified",
        /// The requester looks no more.
        Closed = "closed",
    }
}

text_enum! {
    /// What the person said, as whoever accompanies them recorded it.
    pub enum TracingDecision {
        PersonWantsContact = "person_wants_contact",
        PersonDeclines = "person_declines",
        NotThePerson = "not_the_person",
    }
}

text_enum! {
    /// What a mission or ministry counted.
    pub enum MissionReportKind {
        Freed = "freed",
        Rescued = "rescued",
        WalkIn = "walk_in",
        Repatriated = "repatriated",
        Awaiting = "awaiting",
        Complaint = "complaint",
        Deported = "deported",
        Detained = "detained",
        Missing = "missing",
        Deceased = "deceased",
        SelfReturned = "self_returned",
    }
}
