//! Ids that name nothing.

use super::access_matrix::NOBODY;
use crate::support::data::Ids;

/// Ids of no resource.
pub fn nowhere() -> Ids {
    let nobody = || NOBODY.to_owned();
    Ids {
        case: nobody(),
        stay: nobody(),
        relation: nobody(),
        relative: nobody(),
        contact: nobody(),
        verification: nobody(),
        organisation: nobody(),
        user: nobody(),
        mission: nobody(),
        coverage: nobody(),
        compound: nobody(),
        operation: nobody(),
        record: nobody(),
        task: nobody(),
        batch: nobody(),
        waiver_request: nobody(),
        code: "KHM-26-000000-0".to_owned(),
        other: nobody(),
        consent: nobody(),
        denial: nobody(),
        referral: nobody(),
        transfer: nobody(),
        emergency: nobody(),
        session: nobody(),
        handover: nobody(),
        colleague: nobody(),
        client: nobody(),
        secret: nobody(),
        approval: nobody(),
        export: nobody(),
        pair: nobody(),
        merge: nobody(),
        tracing_request: nobody(),
        tracing_match: nobody(),
        mission_report: nobody(),
        statement: nobody(),
        attachment: nobody(),
        import: nobody(),
        import_row: nobody(),
        import_profile: nobody(),
    }
}
