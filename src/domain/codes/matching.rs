//! Codes of matching: duplicates, tracing, and what missions report.

text_enum! {
    /// What the matcher is to look at.
    QueuedKind {
        Person = "person",
        TracingRequest = "tracing_request",
    }
}

text_enum! {
    /// What was decided about two people who may be one (DHIS2).
    DuplicateStatus {
        /// Nobody looked yet.
        Open = "open",
        /// They are two people.
        Invalid = "invalid",
        /// They were one, and are one record now.
        Merged = "merged",
    }
}

text_enum! {
    /// On whose behalf somebody is looked for.
    TracingRelation {
        Mission = "mission",
        Family = "family",
        Ngo = "ngo",
        Other = "other",
    }
}

text_enum! {
    /// How far a request for somebody is.
    TracingStatus {
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
    TracingDecision {
        PersonWantsContact = "person_wants_contact",
        PersonDeclines = "person_declines",
        NotThePerson = "not_the_person",
    }
}

text_enum! {
    /// What a mission or ministry counted.
    MissionReportKind {
        Freed = "freed",
        Rescued = "rescued",
        WalkIn = "walk_in",
        Repatriated = "repatriated",
        Awaiting = "awaiting",
        Complaint = "complaint",
    }
}
