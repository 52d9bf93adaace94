//! How referrals and transfers move, and who moves them.

use crate::domain::codes::{ReferralKind, ReferralStatus};

/// The steps that a side may take now.
pub fn next_steps(kind: ReferralKind, side: Side, from: ReferralStatus) -> Vec<ReferralStatus> {
    ReferralStatus::ALL.iter().copied().filter(|to| may_go(kind, side, from, *to)).collect()
}

/// Which of the two sides acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The owner of the case.
    Owner,
    /// The organisation that is asked, or that asks for the case.
    Other,
}

/// Whether a side may move a referral from one status to another. What ends by itself (withdrawn consent, time) is nobody's move.
pub fn may_go(kind: ReferralKind, side: Side, from: ReferralStatus, to: ReferralStatus) -> bool {
    use ReferralStatus::{Accepted, Done, Draft, InProgress, Rejected, Revoked};
    // Whoever asks for a case takes the request back; the owner answers it. In all else the owner asks.
    let (asks, answers) = match kind {
        ReferralKind::Referral | ReferralKind::Transfer => (Side::Owner, Side::Other),
        ReferralKind::TransferRequest => (Side::Other, Side::Owner),
    };
    match (from, to) {
        (Draft, InProgress) => side == asks,
        (Draft | InProgress, Revoked) => side == asks,
        (InProgress, Accepted | Rejected) => side == answers,
        (Accepted, Revoked) => kind == ReferralKind::Referral && side == Side::Owner,
        (Accepted, Done) => kind == ReferralKind::Referral,
        _ => false,
    }
}
