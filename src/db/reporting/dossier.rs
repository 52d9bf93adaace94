//! All data of one case that the caller may see, for printing.

use diesel::prelude::*;
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

use crate::db::Tx;
use crate::db::accounts::users;
use crate::db::casefile::assignees::CaseAssignee;
use crate::db::casefile::history;
use crate::db::casefile::open::{self, OpenCase};
use crate::db::casefile::relations::{self, Relation};
use crate::db::cases::attachments::{self, Attachment};
use crate::db::cases::stays::{self, Stay};
use crate::db::process::contacts::EmbassyContactRow;
use crate::db::process::records::{self, Recorded};
use crate::db::process::verifications::Verification;
use crate::db::repatriation::transitions::{self, Standing};
use crate::db::repatriation::{embassy_contacts, immigration_clearance, nationality_verifications};
use crate::db::schema::{compounds, operations, organisations};
use crate::domain::access::compartments::Compartment;
use crate::domain::ids::{CaseId, CompoundId, OrganisationId};
use crate::domain::repatriation::fines::Fine;
use crate::domain::repatriation::records::record::RecordKind;
use crate::domain::zones::Zone;
use crate::error::{Error, Result};

/// A case with all related data.
pub struct Dossier {
    /// The case, opened as far as the caller's grants go.
    pub case: OpenCase,
    /// The clock where the case is: the days of its records are days there.
    pub clock: Zone,
    /// The plain fields of the case.
    pub plain: Map<String, Value>,
    /// The log of the repatriation.
    pub standing: Standing,
    pub contacts: Vec<EmbassyContactRow>,
    pub verifications: Vec<Verification>,
    /// Who belongs to the person, of whom the caller sees both cases; none where the identity is closed.
    pub relations: Option<Vec<Relation>>,
    /// Stays in compounds; none where the narrative is closed.
    pub stays: Option<Vec<Stay>>,
    /// All records, oldest first.
    pub records: Vec<(RecordKind, Recorded<Value>)>,
    /// Files, oldest first.
    pub attachments: Vec<Attachment>,
    /// The overstay fine; none where the identity is closed.
    pub fine: Option<Fine>,
    /// The names of the organisations, places and staff concerned.
    pub names: HashMap<Uuid, String>,
    /// The user who prints the dossier.
    pub printed_by: String,
    /// The organisation of that user.
    pub printed_for: String,
}

/// The dossier of a case. Leaves an audit entry with every compartment that it opens.
pub fn find(tx: &mut Tx<'_>, id: CaseId) -> Result<Dossier> {
    let case = open::show(tx, id)?;
    let keys = case.keys.clone();
    let fine = if case.granted().contains(Compartment::Identity) { Some(immigration_clearance::find(tx, id)?.fine) } else { None };
    let user = tx.actor.user().map(|user| user.user_id).ok_or_else(|| Error::internal("a dossier is printed by somebody"))?;
    let own = tx.actor.organisation_id();
    let mut dossier = Dossier {
        clock: case.row.clock(tx)?,
        plain: history::plain_fields(&case.row)?,
        standing: transitions::find(tx, id)?,
        contacts: embassy_contacts::list(tx, id)?.into_iter().map(|contact| contact.row).collect(),
        verifications: nationality_verifications::list(tx, id)?,
        relations: relations::list(tx, id)?,
        stays: stays::list(tx, id)?,
        records: records::all_shown(tx, &case.row, &keys)?,
        attachments: attachments::all_shown(tx, &case.row, &keys)?,
        fine,
        names: HashMap::new(),
        printed_by: users::find(tx, user)?.display_name,
        printed_for: String::new(),
        case,
    };
    dossier.names = names(tx, &dossier, own)?;
    dossier.printed_for = dossier.names.get(&own.0).cloned().unwrap_or_default();
    Ok(dossier)
}

fn names(tx: &mut Tx<'_>, dossier: &Dossier, own: OrganisationId) -> Result<HashMap<Uuid, String>> {
    let mut ids = vec![own, dossier.case.row.owner_id];
    ids.extend(dossier.contacts.iter().map(|contact| OrganisationId::from(contact.mission_id)));
    ids.extend(dossier.standing.history.iter().filter_map(|entry| entry.organisation_id));
    ids.extend(dossier.records.iter().filter_map(|(_, record)| record.recorded_by));
    ids.extend(dossier.attachments.iter().filter_map(|attachment| attachment.recorded_by));
    let query = organisations::table.filter(organisations::id.eq_any(ids)).select((organisations::id, organisations::name));
    let rows: Vec<(OrganisationId, String)> = query.load(tx.conn)?;
    let mut names: HashMap<Uuid, String> = rows.into_iter().map(|(id, name)| (id.0, name)).collect();
    names.insert(OrganisationId::SYSTEM.0, "the system".to_owned());
    let of_stays = dossier.stays.iter().flatten().filter_map(|stay| stay.compound_id);
    let places: Vec<CompoundId> = of_stays.chain(dossier.case.row.compound_id).collect();
    let query = compounds::table.filter(compounds::id.eq_any(places)).select((compounds::id, compounds::name));
    let rows: Vec<(CompoundId, String)> = query.load(tx.conn)?;
    names.extend(rows.into_iter().map(|(id, name)| (id.0, name)));
    if let Some(operation) = dossier.case.row.operation_id {
        let query = operations::table.find(operation).select(operations::name);
        let name: Option<String> = query.get_result(tx.conn).optional()?;
        names.extend(name.map(|name| (operation.0, name)));
    }
    // Names the assignee only to the owner: the staff of another organisation is that organisation's own matter.
    let assignee = dossier.case.row.assigned_to.map(CaseAssignee::user);
    if let Some(user) = assignee.filter(|_| dossier.case.row.owner_id == own) {
        names.insert(user.0, users::find(tx, user)?.display_name);
    }
    Ok(names)
}
