//! One type for each permission.

use std::marker::PhantomData;

use crate::api::http::access::{Door, RequiredPermission};
use crate::domain::access::Permission;

macro_rules! permissions {
    ($($name:ident),+ $(,)?) => {$(
        #[doc = concat!("The permission `", stringify!($name), "`.")]
        pub struct $name;
        impl RequiredPermission for $name { const DOOR: Door = Door::of(Permission::$name); }
    )+};
}

permissions!(
    ReferenceRead,
    ReferenceWrite,
    OrganisationManage,
    UserManage,
    AbsenceWrite,
    WorkHandOver,
    ClientManage,
    CaseRead,
    CaseBlindSearch,
    TracingRequest,
    MissionReportWrite,
    CaseRegister,
    CaseUpdate,
    CaseClose,
    CaseAssign,
    EmbassyContactWrite,
    NationalityVerify,
    RepatriationMove,
    SharingWrite,
    EmergencyAccessTake,
    EmergencyAccessReview,
    StatisticsRead,
    StatisticsExact,
    ApprovalAsk,
    ApprovalDecide,
    ExportIdentifiable,
    PersonErase,
    SharingOrganisationWide,
    AuditRead,
    CaseAccessesRead,
    RecruiterSearch,
    DataProtectionRead,
);

/// A permission for which the user must have authenticated at most five minutes ago (step-up, RFC 9470). An operation with
/// `Allowed<may::Fresh<may::CaseRead>>` is a step-up operation; the API document says so by itself.
pub struct Fresh<P>(PhantomData<P>);
impl<P: RequiredPermission> RequiredPermission for Fresh<P> {
    const DOOR: Door = Door { needs_recent: true, ..P::DOOR };
}

/// A permission that a machine may hold, for an operation that a person must answer for by name. Write
/// `Allowed<may::ByPerson<may::CaseUpdate>>`; it combines with [`Fresh`] either way round.
pub struct ByPerson<P>(PhantomData<P>);
impl<P: RequiredPermission> RequiredPermission for ByPerson<P> {
    const DOOR: Door = Door { needs_person: true, ..P::DOOR };
}

/// A permission for an operation with a large body: the time limit is lifted, and the handler watches that the body keeps
/// arriving.
pub struct Lengthy<P>(PhantomData<P>);
impl<P: RequiredPermission> RequiredPermission for Lengthy<P> {
    const DOOR: Door = Door { is_lengthy: true, ..P::DOOR };
}

/// A permission for an operation that takes much space: a file, a list, or an export, which leaves an entry for each case. It is refused
/// while space is short, so that cases can still be read, registered and changed.
pub struct TakesSpace<P>(PhantomData<P>);
impl<P: RequiredPermission> RequiredPermission for TakesSpace<P> {
    const DOOR: Door = Door { takes_space: true, ..P::DOOR };
}

/// The user's own account: may be used even while the account is being set up.
pub struct OwnAccount;
impl RequiredPermission for OwnAccount {
    const DOOR: Door = Door { during_set_up: true, ..Door::of(Permission::OwnAccount) };
}
