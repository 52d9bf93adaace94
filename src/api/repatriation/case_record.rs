//! How every kind of record is read and written: one `case_record!` a kind makes its operations, and the specification of each.

use std::marker::PhantomData;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::api::http::creation::{OfCase, Recalled, Referenced};
use crate::api::http::respond;
use crate::db::casefile::idempotency::Reference;
use crate::db::process::records::Recorded;
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::ids::{CaseId, RecordId};
use crate::domain::repatriation::records::record::CaseRecord;

/// The version of a record, as whoever opens its compartment sees it.
pub(super) fn etag<R: CaseRecord>(record: &Recorded<R>) -> String {
    respond::etag(record.version, CompartmentSet::EMPTY.with(R::KIND.compartment()))
}

/// A record of one kind that was made.
pub(super) struct RecordOf<R> {
    pub(super) case: CaseId,
    pub(super) id: RecordId,
    pub(super) content: PhantomData<R>,
}

/// A kind of record whose operations can be added to the API.
pub(super) trait Served {
    /// Adds them.
    fn serve(api: &mut ServiceConfig<'_>);
}

impl<R: 'static> Referenced for RecordOf<R> {
    fn reference(&self) -> Reference {
        OfCase { case: self.case, id: self.id }.reference()
    }
}

impl<R: 'static> Recalled for RecordOf<R> {
    fn recall(kept: &Reference) -> Option<Self> {
        OfCase::recall(kept).map(|OfCase { case, id }| Self { case, id, content: PhantomData })
    }
}

/// Declares the answers and operations of one kind of record. `$a_one` and `$many` are what it is called in sentences; `$writer`
/// is the permission to record one, which says whether a machine may: nothing that somebody decided, found or assessed and
/// answers for, and not where somebody is held.
macro_rules! case_record {
    (
        $content:ident: $a_one:tt, $many:tt, $tag:tt, $collection:tt, $item:tt, $writer:ty,
        $record:ident = $name:ident, $list:ident, $list_operation:ident, $get_operation:ident, $create_operation:ident
        $(, $update_operation:ident: $update_schema:tt)?
    ) => {
        #[doc = concat!("The record of ", $a_one, ".")]
        #[derive(Serialize, ToSchema)]
        #[schema(as = $name, description = concat!("The record of ", $a_one, "."))]
        pub struct $record {
            /// Its id.
            id: RecordId,
            /// The case.
            case_id: CaseId,
            #[serde(flatten)]
            content: $content,
            /// Who recorded it; null for another mission where yours is a guest.
            recorded_by: Option<OrganisationId>,
            /// The earlier host country that it is about; absent: the present one.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false)]
            host_episode_id: Option<RecordId>,
            /// When it was recorded.
            created_at: Timestamp,
            /// Last change.
            updated_at: Timestamp,
            /// As in the ETag.
            #[schema(minimum = 1, maximum = 9007199254740991i64)]
            version: i64,
        }

        impl From<Recorded<$content>> for $record {
            fn from(record: Recorded<$content>) -> Self {
                let Recorded { id, case_id, recorded_by, created_at, updated_at, version, content, host_episode_id, merged_from: _ } = record;
                Self { id, case_id, content, recorded_by, host_episode_id, created_at, updated_at, version }
            }
        }

        #[doc = concat!("The ", $many, " of a case.")]
        #[derive(Serialize, ToSchema)]
        #[schema(description = concat!("The ", $many, " of a case."))]
        pub struct $list {
            /// Oldest first; absent where the compartment is closed to you.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(max_items = 1000, nullable = false)]
            items: Option<Vec<$record>>,
            /// The compartment that `items` is absent for.
            #[schema(max_items = 1)]
            redacted: Vec<Compartment>,
        }

        #[doc = concat!("Lists the ", $many, " of a case.")]
        #[utoipa::path(
            tag = $tag,
            summary = concat!("List the ", $many, " of a case."),
            params(CasePath),
            responses((status = 200, body = $list, description = "The list"))
        )]
        #[get($collection)]
        pub async fn $list_operation(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<$list>> {
            let items = allowed.read(move |tx| records::list::<$content>(tx, id.0)).await?;
            let redacted = if items.is_none() { vec![<$content>::KIND.compartment()] } else { Vec::new() };
            Ok(web::Json($list { items: items.map(|items| items.into_iter().map($record::from).collect()), redacted }))
        }

        #[doc = concat!("Gets ", $a_one, ".")]
        #[utoipa::path(
            tag = $tag,
            summary = concat!("Get ", $a_one, "."),
            params(RecordPath),
            responses((status = 200, body = $record, description = "The record"))
        )]
        #[get($item)]
        pub async fn $get_operation(http: HttpRequest, allowed: Allowed<may::CaseRead>, path: Path<RecordPath>) -> Result<HttpResponse> {
            let RecordPath { id: case, record_id: id } = path.0;
            let record = allowed.read(move |tx| records::find::<$content>(tx, case, id)).await?;
            Ok(respond::found(&http, etag(&record), &$record::from(record)))
        }

        impl Rendered for RecordOf<$content> {
            fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
                let record = records::find::<$content>(tx, self.case, self.id)?;
                let location = $item.replace("{id}", &self.case.to_string()).replace("{record_id}", &self.id.to_string());
                respond::answer(location, etag(&record), &$record::from(record))
            }
        }

        #[doc = concat!("Records ", $a_one, ".")]
        #[utoipa::path(
            tag = $tag,
            summary = concat!("Record ", $a_one, "."),
            description = "With a grant that opens the compartment. A new version of the case.",
            params(CasePath),
            request_body = $content,
            responses((status = 201, body = $record, description = "Recorded"))
        )]
        #[post($collection)]
        pub async fn $create_operation(allowed: Allowed<$writer>, id: Path<CaseId>, body: CreateBody<$content>) -> Result<HttpResponse> {
            let content = body.input;
            allowed
                .create(body.key, move |tx| {
                    let record = repatriation_records::insert(tx, id.0, content.clone())?;
                    Ok(RecordOf::<$content> { case: id.0, id: record.id, content: PhantomData })
                })
                .await
        }

        $(
            #[doc = concat!("Changes ", $a_one, ".")]
            #[utoipa::path(
                tag = $tag,
                summary = concat!("Change ", $a_one, "."),
                description = "A merge patch with `If-Match`, and a grant that opens the compartment. A new version of the case.",
                params(RecordPath, IfMatch),
                request_body(content = ref($update_schema), content_type = "application/merge-patch+json"),
                responses((status = 200, body = $record, description = "Changed"))
            )]
            #[patch($item)]
            pub async fn $update_operation(allowed: Allowed<$writer>, path: Path<RecordPath>, if_match: IfMatch, patch: Patch<$content>) -> Result<HttpResponse> {
                let RecordPath { id: case, record_id: id } = path.0;
                let record = allowed
                    .write(move |tx| repatriation_records::update::<$content, _>(tx, case, id, if_match.expected(), |before| patch.apply(&before)))
                    .await?;
                Ok(respond::changed(etag(&record), &$record::from(record)))
            }
        )?

        impl Served for $content {
            fn serve(api: &mut ServiceConfig<'_>) {
                api.service($list_operation).service($get_operation).service($create_operation)$(.service($update_operation))?;
            }
        }
    };
}
pub(super) use case_record;
