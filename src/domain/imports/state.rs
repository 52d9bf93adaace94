//! How far a list is that comes in by the API, and what becomes of each of its rows.

text_enum! {
    /// How far a list is.
    pub enum ImportState {
        /// The file has not arrived.
        Announced = "announced",
        /// The file is read.
        Reading = "reading",
        /// The file cannot be read, or is no list.
        Refused = "refused",
        /// The file was read: its columns are to be mapped, and its rows validated.
        Read = "read",
        /// The rows are checked, and nobody is registered.
        Validating = "validating",
        /// The rows were checked: decide about those that wait, and commit.
        Validated = "validated",
        /// The rows are registered.
        Committing = "committing",
        /// Every row is registered, or left out by a decision or by a rule.
        Committed = "committed",
        /// What was made is taken back.
        Undoing = "undoing",
        /// What was made was taken back, but for what somebody had worked on.
        Undone = "undone",
        /// Somebody ended it, or somebody who seems to be on it was erased. Who was registered before stays registered.
        Cancelled = "cancelled",
    }
}

impl ImportState {
    /// The states in which the service works on a list.
    pub const WORKED_ON: [Self; 4] = [Self::Reading, Self::Validating, Self::Committing, Self::Undoing];

    /// Whether the service works on the list.
    pub fn is_worked_on(self) -> bool {
        Self::WORKED_ON.contains(&self)
    }

    /// Where the list stands when the work on it ends before its end.
    pub const fn when_stopped(self) -> Self {
        match self {
            Self::Reading => Self::Refused,
            Self::Validating => Self::Read,
            Self::Committing => Self::Validated,
            Self::Undoing => Self::Cancelled,
            state => state,
        }
    }
}

text_enum! {
    /// Why the work on a list ended before its end, where the reason is none of the file itself.
    pub enum StopReason {
        /// Rows wait for a decision.
        DecisionsMissing = "decisions_missing",
        /// Whoever asked for it may not do it any more.
        NoLongerAllowed = "no_longer_allowed",
        /// The file is not there any more.
        FileGone = "file_gone",
        /// The mapping does not fit the file.
        OtherFile = "other_file",
        /// It was begun several times, and never came further.
        GaveUp = "gave_up",
        /// Something of ours failed.
        Failed = "failed",
    }
}

text_enum! {
    /// What became of a row.
    pub enum RowState {
        /// The person can be registered.
        Ready = "ready",
        /// Something must be answered first: mend the file, say more in the mapping, or leave the row out.
        Asked = "asked",
        /// Something is wrong.
        Refused = "refused",
        /// An earlier row of the list is about the same person: it waits for a decision.
        Repeated = "repeated",
        /// Somebody with the same document, or of the same name and date of birth, is on a case: it waits for a decision.
        AlreadyRegistered = "already_registered",
        /// It was left out by a decision.
        Skipped = "skipped",
        /// The person is on a case that was there before, as somebody decided.
        Existing = "existing",
        /// The person has a case.
        Registered = "registered",
        /// The case that was made was taken back.
        TakenBack = "taken_back",
    }
}

impl RowState {
    /// The states of a row about somebody who may be known already.
    pub const WAITING: [Self; 2] = [Self::Repeated, Self::AlreadyRegistered];
    /// The states in which a list is not committed before somebody decided about the row.
    pub const UNDECIDED: [Self; 3] = [Self::Asked, Self::Repeated, Self::AlreadyRegistered];

    /// Whether a decision can be made about such a row.
    pub const fn admits(self, decision: RowDecision) -> bool {
        match (self, decision) {
            (Self::AlreadyRegistered, _)
            | (Self::Ready | Self::Repeated, RowDecision::New | RowDecision::Skip)
            | (Self::Asked, RowDecision::Skip) => true,
            (_, _) => false,
        }
    }
}

text_enum! {
    /// What somebody decides about a row.
    pub enum RowDecision {
        /// The person is another one: registered.
        New = "new",
        /// The person is the one on the case: nobody is registered.
        Existing = "existing",
        /// The row is left out.
        Skip = "skip",
    }
}

text_enum! {
    /// Why a case that a list made is not taken back.
    pub enum KeptBecause {
        /// Somebody changed it, moved it, recorded something on it, or relies on it.
        WorkedOn = "worked_on",
        /// It is closed already.
        Closed = "closed",
        /// It belongs to another organisation now.
        HandedOn = "handed_on",
        /// The person was found to be one with another one.
        Merged = "merged",
        /// Another row, or another list, is about the same case.
        KnownAgain = "known_again",
        /// The list made no case for it: the person was registered before.
        NotMade = "not_made",
        /// The person was erased.
        Erased = "erased",
        /// A rule of closing keeps it open.
        ByRule = "by_rule",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_made_about_rows_that_can_be_taken_and_about_no_others() {
        let admitted: Vec<(RowState, RowDecision)> = RowState::ALL
            .iter()
            .flat_map(|state| RowDecision::ALL.iter().map(|decision| (*state, *decision)))
            .filter(|(state, decision)| state.admits(*decision))
            .collect();
        use RowDecision::{Existing, New, Skip};
        use RowState::{AlreadyRegistered, Asked, Ready, Repeated};
        let expected = [
            (Ready, New),
            (Ready, Skip),
            (Asked, Skip),
            (Repeated, New),
            (Repeated, Skip),
            (AlreadyRegistered, New),
            (AlreadyRegistered, Existing),
            (AlreadyRegistered, Skip),
        ];
        assert_eq!(admitted, expected);
    }

    #[test]
    fn work_that_stops_leaves_a_list_where_somebody_can_go_on() {
        for state in ImportState::ALL {
            assert!(!state.when_stopped().is_worked_on(), "{state}");
        }
    }
}
