//! The two-person rule (ASSURANCE A18): what one person asks for with its exact parameters, a second one approves, and the
//! first one then does, once, within the hour.
//!
//! One more act is one line in [`ApprovalAction`], its permission, a struct of parameters, and a field of [`Act`].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::access::compartments::Compartment;
use crate::domain::access::{Permission, Role};
use crate::domain::codes::{
    CaseStatus, ConsentPurpose, ExclusionWay, Gender, OrganisationKind, OverrideBasis, RecipientScope, ReferralService, ReferralUrgency,
    RiskLevel,
};
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{CallerId, CaseId, CompoundId, MissionId, OperationId, OrganisationId, UserId};
use crate::domain::nationality::{Nationality, NationalityFilter};
use crate::domain::repatriation::stage::{SideState, Stage};

/// Seconds from asking to doing.
pub const APPROVAL_SECONDS: i64 = 3600;

text_enum! {
    /// An act that two persons answer for.
    pub enum ApprovalAction {
        /// Names of many people leave the service in one file.
        ExportIdentifiable = "export_identifiable",
        /// A part of the audit trail leaves the service in one file.
        ExportAuditEntries = "export_audit_entries",
        /// Everything personal about somebody is destroyed.
        ErasePerson = "erase_person",
        /// Everybody who agreed to it is referred to another organisation.
        ShareOrganisationWide = "share_organisation_wide",
        /// Something about somebody is shared although they did not agree to it, or were not asked.
        OverrideConsent = "override_consent",
        /// A case that was taken over from a mission is opened whole.
        OpenTakeover = "open_takeover",
        /// A user who shut a mission out of its case within the last hour does so with another case.
        ExcludeMissions = "exclude_missions",
        /// A protection pathway was wrong: the missions that it shut out get back what they held.
        UndoProtectionPathway = "undo_protection_pathway",
        /// An end of the road that was entered by mistake is taken back: a death, a removal by force, a new trafficking.
        TakeBackEnd = "take_back_end",
    }
}

text_enum! {
    /// How far an act that needs two persons has come.
    pub enum ApprovalStatus {
        /// It was asked for.
        Open = "open",
        /// A second person approved it; it can be done.
        Approved = "approved",
        /// A second person refused it.
        Rejected = "rejected",
        /// It was done.
        Executed = "executed",
        /// The hour passed.
        Expired = "expired",
        /// It was tried with other parameters, or whoever approved it may do so no more.
        Void = "void",
    }
}

impl ApprovalAction {
    /// What somebody must be allowed to ask for it and to do it.
    pub const fn permission(self) -> Permission {
        match self {
            Self::ExportIdentifiable => Permission::ExportIdentifiable,
            Self::ExportAuditEntries => Permission::AuditRead,
            Self::ErasePerson => Permission::PersonErase,
            Self::ShareOrganisationWide => Permission::SharingOrganisationWide,
            Self::OverrideConsent | Self::OpenTakeover | Self::ExcludeMissions => Permission::SharingWrite,
            Self::UndoProtectionPathway | Self::TakeBackEnd => Permission::ApprovalDecide,
        }
    }

    /// Whether the role may approve it.
    pub fn may_be_approved_by(self, role: Role) -> bool {
        // An auditor decides on nothing, and a supervisor reads no trail: each of the two answers for the other.
        let may_do = role.may(self.permission()) || self == Self::ExportAuditEntries;
        role.may(Permission::ApprovalDecide) && may_do
    }
}

/// Which cases of the organisation's own an export is of: the filter of the list of cases. Absent: all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExportParameters {
    /// Nationality: verified, else claimed; `none` for people who were not asked.
    #[schema(example = "IDN")]
    pub nationality: Option<NationalityFilter>,
    /// Stage.
    pub stage: Option<Stage>,
    /// Side state.
    pub side_state: Option<SideState>,
    /// Compound of origin.
    pub compound: Option<CompoundId>,
    /// Operation of rescue.
    pub operation: Option<OperationId>,
    /// A mission with which a contact is recorded.
    pub mission: Option<MissionId>,
    /// Danger to the person.
    pub risk_level: Option<RiskLevel>,
    /// Whether the person is a child.
    pub is_child: Option<bool>,
    /// The user it is assigned to.
    pub assigned_to: Option<UserId>,
    /// Status.
    pub status: Option<CaseStatus>,
    /// Where the person is stranded.
    pub host_country: Option<Country>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Registered on this day of the host country or later.
    #[schema(max_length = 10)]
    pub registered_from: Option<NaiveDate>,
    /// Registered on this day of the host country or earlier.
    #[schema(max_length = 10)]
    pub registered_to: Option<NaiveDate>,
    /// Changed on this day, where your organisation works, or later.
    #[schema(max_length = 10)]
    pub updated_from: Option<NaiveDate>,
    /// Changed on this day, where your organisation works, or earlier.
    #[schema(max_length = 10)]
    pub updated_to: Option<NaiveDate>,
}

/// Which entries of the audit trail an export is of: the filter of the list of entries, over a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditExportParameters {
    /// Recorded at this moment or later.
    pub from: Timestamp,
    /// Recorded before this moment.
    pub to: Timestamp,
    /// The user, or the machine client, that acted or was signed in as.
    pub caller_id: Option<CallerId>,
    /// The organisation that acted.
    pub organisation_id: Option<OrganisationId>,
    /// The operation.
    #[schema(max_length = 100)]
    pub operation: Option<String>,
    /// The case concerned.
    pub case_id: Option<CaseId>,
    /// The code of the problem, or `ok`.
    #[schema(max_length = 100, example = "not_found")]
    pub code: Option<String>,
}

/// Whose personal data is destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureParameters {
    /// A case of the person, which your organisation owns. Every case of the person is erased with it.
    pub case_id: CaseId,
    /// Whether the person asked for it. Otherwise nobody is erased who is on the way home.
    pub requested_by_person: bool,
}

/// Who is referred to whom. Only those who agreed: an approval is no consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingParameters {
    /// The organisation that is asked.
    pub to_organisation_id: OrganisationId,
    /// The service.
    pub service: ReferralService,
    /// How soon it is needed.
    pub urgency: ReferralUrgency,
    /// The compartments that acceptance opens: at least one.
    #[schema(min_items = 1, max_items = 6)]
    pub compartments: Vec<Compartment>,
    /// Only people of this nationality: verified, else claimed.
    #[schema(example = "IDN")]
    pub nationality: Option<Nationality>,
    /// Only cases at this stage.
    pub stage: Option<Stage>,
}

/// What is shared with whom without the person's consent, on what basis and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideParameters {
    /// The case, which your organisation owns.
    pub case_id: CaseId,
    /// What for.
    pub purpose: ConsentPurpose,
    /// Whom it is about.
    pub recipient: RecipientScope,
    /// The organisation, for `organisation`.
    pub recipient_organisation_id: Option<OrganisationId>,
    /// The kind, for `organisation_kind`.
    pub recipient_organisation_kind: Option<OrganisationKind>,
    /// The country, for `missions_of`.
    pub recipient_missions_of: Option<Country>,
    /// The compartments it opens.
    #[schema(max_items = 6)]
    pub compartments: Vec<Compartment>,
    /// Why it needs no consent.
    pub basis: OverrideBasis,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Which case is opened whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeoverParameters {
    /// The case, which your organisation took over.
    pub case_id: CaseId,
}

/// Out of which case missions are shut, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionParameters {
    /// The case.
    pub case_id: CaseId,
    /// How.
    pub way: ExclusionWay,
}

/// Which protection pathway is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathwayUndoParameters {
    /// The case, which your organisation owns.
    pub case_id: CaseId,
    /// The version of the case that the pathway began with, from the log of its transitions: a later pathway is another one.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    pub began_with: i64,
}

/// Which entry of the log is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionParameters {
    /// The case, which your organisation owns.
    pub case_id: CaseId,
    /// The version of the case that the wrong entry made, from the log of its transitions: a later entry is another one.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    pub wrong_version: i64,
}

/// An act with its exact parameters: exactly one of them. Holds no personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Parameters of `export_identifiable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<ExportParameters>,
    /// Parameters of `export_audit_entries`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_export: Option<AuditExportParameters>,
    /// Parameters of `erase_person`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureParameters>,
    /// Parameters of `share_organisation_wide`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing: Option<SharingParameters>,
    /// Parameters of `override_consent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_override: Option<OverrideParameters>,
    /// Parameters of `open_takeover`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takeover: Option<TakeoverParameters>,
    /// Parameters of `exclude_missions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusion: Option<ExclusionParameters>,
    /// Parameters of `undo_protection_pathway`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pathway_undo: Option<PathwayUndoParameters>,
    /// Parameters of `take_back_end`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<CorrectionParameters>,
}

impl Act {
    /// The case of which the actor's organisation must be the owner, for the acts that only an owner asks for.
    pub fn owned_case(&self) -> Option<CaseId> {
        let cases = [
            self.erasure.as_ref().map(|asked| asked.case_id),
            self.consent_override.as_ref().map(|asked| asked.case_id),
            self.takeover.as_ref().map(|asked| asked.case_id),
            self.pathway_undo.as_ref().map(|asked| asked.case_id),
            self.correction.as_ref().map(|asked| asked.case_id),
        ];
        cases.into_iter().flatten().next()
    }

    /// The case that the act is about: whoever decides on it reads why on that case.
    pub fn case(&self) -> Option<CaseId> {
        self.owned_case().or_else(|| self.exclusion.as_ref().map(|asked| asked.case_id))
    }

    /// The case that the act names, also where it only looks for it.
    pub fn named_case(&self) -> Option<CaseId> {
        self.case().or_else(|| self.audit_export.as_ref().and_then(|asked| asked.case_id))
    }

    /// Which act it is; none when it is none, or more than one.
    pub fn action(&self) -> Option<ApprovalAction> {
        let asked = [
            self.export.as_ref().map(|_| ApprovalAction::ExportIdentifiable),
            self.audit_export.as_ref().map(|_| ApprovalAction::ExportAuditEntries),
            self.erasure.as_ref().map(|_| ApprovalAction::ErasePerson),
            self.sharing.as_ref().map(|_| ApprovalAction::ShareOrganisationWide),
            self.consent_override.as_ref().map(|_| ApprovalAction::OverrideConsent),
            self.takeover.as_ref().map(|_| ApprovalAction::OpenTakeover),
            self.exclusion.as_ref().map(|_| ApprovalAction::ExcludeMissions),
            self.pathway_undo.as_ref().map(|_| ApprovalAction::UndoProtectionPathway),
            self.correction.as_ref().map(|_| ApprovalAction::TakeBackEnd),
        ];
        let mut asked = asked.into_iter().flatten();
        asked.next().filter(|_| asked.next().is_none())
    }
}

/// How far an approval has come at a time: what nobody finished within the hour is over.
pub fn status_at(stored: ApprovalStatus, expires_at: Timestamp, now: Timestamp) -> ApprovalStatus {
    let is_pending = matches!(stored, ApprovalStatus::Open | ApprovalStatus::Approved);
    if is_pending && expires_at <= now { ApprovalStatus::Expired } else { stored }
}

/// Whether the road home is being walked: somebody works on it, and needs the data for it.
pub fn is_under_way(stage: Stage, side_state: Option<SideState>, is_closed: bool) -> bool {
    let is_beside = side_state.is_some_and(|state| !state.is_resumable());
    !is_closed && !is_beside && stage >= Stage::MissionContacted && stage < Stage::Completed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_exactly_one() {
        let export = Some(ExportParameters::default());
        let erasure = Some(ErasureParameters { case_id: CaseId::random(), requested_by_person: true });
        assert_eq!(Act { export: export.clone(), ..Act::default() }.action(), Some(ApprovalAction::ExportIdentifiable));
        assert_eq!(Act { erasure: erasure.clone(), ..Act::default() }.action(), Some(ApprovalAction::ErasePerson));
        assert_eq!(Act { export, erasure, ..Act::default() }.action(), None);
        assert_eq!(Act::default().action(), None);
    }

    #[test]
    fn the_hour_ends_what_is_pending_and_nothing_else() {
        let (now, later) = (Timestamp::EPOCH, Timestamp::EPOCH.plus_seconds(1));
        for status in ApprovalStatus::ALL {
            assert_eq!(status_at(*status, later, now), *status);
            let over = matches!(status, ApprovalStatus::Open | ApprovalStatus::Approved);
            assert_eq!(status_at(*status, now, now), if over { ApprovalStatus::Expired } else { *status });
        }
    }

    #[test]
    fn whoever_approves_may_do_it_themselves() {
        for action in ApprovalAction::ALL {
            for role in Role::ALL {
                assert_eq!(action.may_be_approved_by(*role), role.is_supervisor(), "{role} and {action}");
            }
        }
    }

    #[test]
    fn the_road_is_walked_from_the_first_contact_to_the_end() {
        assert!(!is_under_way(Stage::Registered, None, false) && !is_under_way(Stage::Completed, None, false));
        assert!(is_under_way(Stage::Clearing, None, false) && is_under_way(Stage::Clearing, Some(SideState::OnHold), false));
        assert!(!is_under_way(Stage::Clearing, None, true) && !is_under_way(Stage::Clearing, Some(SideState::ProtectionPathway), false));
    }
}
