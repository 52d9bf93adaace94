//! Referring every consenting person at once: an act that needs two persons. It bypasses no consent.

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::accounts::{approvals, organisations};
use crate::db::casefile::{grants, lock};
use crate::db::schema::{case_grants, cases};
use crate::db::sharing::referrals::{NewReferral, insert};
use crate::domain::accounts::approval::{Act, SharingParameters};
use crate::domain::codes::{CaseStatus, ReferralKind};
use crate::domain::ids::{ApprovalId, CaseId, ReferralId};
use crate::domain::nationality::Nationality;
use crate::domain::repatriation::stage::Stage;
use crate::error::{Error, ErrorCode, Result};

/// The most cases of one act.
const MOST_CASES: usize = 1000;

/// The result of the act.
#[derive(Clone, Debug, Default)]
pub struct WideReferral {
    /// Referrals that were made.
    pub referred: Vec<ReferralId>,
    /// Persons who are referred for this already.
    pub already_referred: u32,
    /// Persons who refused, or were not asked.
    pub without_consent: u32,
}

/// Refers every person who consented and whose open case the organisation owns, as a second person approved. Refers all of them
/// or none.
pub fn refer_all(tx: &mut Tx<'_>, approval: Option<ApprovalId>, asked: &SharingParameters) -> Result<WideReferral> {
    organisations::check(tx, asked.to_organisation_id, "/sharing/to_organisation_id")?;
    approvals::consume(tx, approval, &Act { sharing: Some(asked.clone()), ..Act::default() })?;
    let new = NewReferral {
        kind: ReferralKind::Referral,
        other: asked.to_organisation_id,
        service: Some(asked.service),
        urgency: asked.urgency,
        compartments: asked.compartments.iter().copied().collect(),
        consent: None,
        is_draft: false,
        expires_at: None,
        note: None,
    };
    let mut made = WideReferral::default();
    let concerned = concerned(tx, asked)?;
    lock::lock_all_with_persons(tx, concerned.clone())?;
    for case in concerned {
        match insert(tx, case, &new) {
            Ok(referral) => made.referred.push(referral.row.id),
            Err(error) if error.code == ErrorCode::AlreadyExists => made.already_referred += 1,
            // Counts a denial as a missing consent: the counts must not reveal who denied whom.
            Err(error) if matches!(error.code, ErrorCode::ConsentRequired | ErrorCode::ValidationFailed) => made.without_consent += 1,
            Err(error) => return Err(error),
        }
    }
    tx.audit_unchanged(asked.to_organisation_id.0);
    Ok(made)
}

fn concerned(tx: &mut Tx<'_>, asked: &SharingParameters) -> Result<Vec<CaseId>> {
    let own = tx.actor.organisation_id();
    let query = case_grants::table
        .inner_join(cases::table)
        .filter(grants::primary(own, tx.now))
        .filter(cases::owner_id.eq(own))
        .filter(cases::status.eq_any([CaseStatus::Active, CaseStatus::FollowUp]))
        .order((case_grants::registered_at, case_grants::case_id))
        .select((case_grants::case_id, case_grants::nationality, cases::stage));
    let open: Vec<(CaseId, Option<Nationality>, Stage)> = query.load(tx.conn)?;
    let is_meant = |(_, nationality, stage): &(CaseId, Option<Nationality>, Stage)| {
        asked.nationality.is_none_or(|wanted| *nationality == Some(wanted)) && asked.stage.is_none_or(|wanted| *stage == wanted)
    };
    let meant: Vec<CaseId> = open.iter().filter(|case| is_meant(case)).map(|(case, ..)| *case).collect();
    if meant.len() > MOST_CASES {
        return Err(
            Error::new(ErrorCode::Conflict).detail("More cases than can be referred at once: refer those of one nationality or stage.")
        );
    }
    Ok(meant)
}
