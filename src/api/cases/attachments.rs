//! Files on a case: announced as JSON, sent and fetched as bytes. In two steps, because JSON and a plain body are what every generated
//! client can send, and because a content that broke off is sent again without announcing it again.

mod download;
mod upload;

pub use download::get_attachment_content;
pub use upload::put_attachment_content;

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::creation::{Answer, OfCase, Rendered};
use crate::api::http::extract::{CreateBody, IfMatch, Input, Path};
use crate::api::http::path_params::{AttachmentPath, CasePath};
use crate::api::http::respond;
use crate::db::Tx;
use crate::db::cases::attachments::{self, Details};
use crate::domain::access::compartments::Compartment;
use crate::domain::cases::attachment::{
    AttachmentFormat, AttachmentKind, AttachmentStatus, media_type, safe_name, unknown_media_type, violations,
};
use crate::domain::dates::Timestamp;
use crate::domain::ids::{AttachmentId, CaseId, MissionId, OrganisationId};
use crate::domain::text::lines;
use crate::domain::violation::Violation;
use crate::domain::zones::Today;
use crate::error::{Error, Result};

/// A file on a case.
#[derive(Serialize, ToSchema)]
pub struct Attachment {
    /// Its id.
    id: AttachmentId,
    /// The case.
    case_id: CaseId,
    /// What it is of.
    kind: AttachmentKind,
    /// The compartment it is sealed with: whoever has it opened sees the file.
    compartment: Compartment,
    /// Its format.
    media_type: AttachmentFormat,
    /// The name under which it is downloaded. Made safe: no path, no hidden letters, the ending of its format.
    #[schema(max_length = 150, example = "passport.jpg")]
    file_name: String,
    /// What somebody wrote beside it; null where your mission is a guest on the case and the file is not yours.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// The mission whose file it is; another mission that is a guest on the case does not see it.
    mission_id: Option<MissionId>,
    /// Whether everything but the content itself is taken out on arrival: where and when it was made, and with what. If not, look at
    /// the file before you hand it on. Pictures and recordings as telephones make them are then shown to the owner of the case and
    /// to whoever sent them, and to nobody else.
    cleaned: bool,
    /// Whether the content has arrived.
    status: AttachmentStatus,
    /// Bytes of the content as it is kept; null until it has arrived. Fewer than were sent, where something was taken out.
    #[schema(minimum = 0, maximum = 20971520i64)]
    size: Option<u64>,
    /// SHA-256 of the content as it is kept, in hexadecimal; null until it has arrived.
    #[schema(min_length = 64, max_length = 64)]
    sha256: Option<String>,
    /// The organisation that added it; null for another mission, where yours is a guest on the case.
    recorded_by: Option<OrganisationId>,
    /// When it was announced.
    created_at: Timestamp,
    /// When its content arrived.
    updated_at: Timestamp,
    /// As in the ETag.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    version: i64,
}

impl From<attachments::Attachment> for Attachment {
    fn from(attachment: attachments::Attachment) -> Self {
        let status = attachment.status();
        let attachments::Attachment { id, case_id, compartment, recorded_by, created_at, updated_at, version, details, merged_from: _ } =
            attachment;
        let Details { kind, format, file_name, description, mission_id, content } = details;
        let size = content.as_ref().map(|content| content.size);
        let sha256 = content.map(|content| content.sha256.iter().map(|byte| format!("{byte:02x}")).collect());
        Self {
            id,
            case_id,
            kind,
            compartment,
            media_type: format,
            file_name,
            description,
            mission_id,
            cleaned: format.is_cleaned(),
            status,
            size,
            sha256,
            recorded_by,
            created_at,
            updated_at,
            version,
        }
    }
}

/// The files on a case.
#[derive(Serialize, ToSchema)]
pub struct AttachmentList {
    /// Those in the compartments that your grant opens, oldest first.
    #[schema(max_items = 1000)]
    items: Vec<Attachment>,
    /// The compartments that your grant does not open: whether there are files in them is not told.
    #[schema(max_items = 6)]
    redacted: Vec<Compartment>,
}

/// What a file is announced with.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAttachment {
    /// What it is of.
    kind: AttachmentKind,
    /// Its format; the content must be of it: PDF, JPEG, PNG, HEIC, WebP, MP4, QuickTime, 3GP, M4A, Ogg or AMR. Other names of the same are
    /// taken (`audio/x-m4a`), and parameters.
    #[serde(deserialize_with = "media_type")]
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "image/jpeg")]
    media_type: Option<AttachmentFormat>,
    /// What it is called where it comes from; it is made safe. Without one it is named after its kind.
    #[validate(length(min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255)]
    file_name: Option<String>,
    /// What is to be known beside it.
    #[serde(default, deserialize_with = "lines")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    description: Option<String>,
    /// The compartment it is to be sealed with: the one of its kind where none is given, or one at least as sensitive.
    compartment: Option<Compartment>,
    /// The mission whose file it is: other missions that are guests on the case do not see it. What a mission adds is its own.
    mission_id: Option<MissionId>,
}

impl Input for CreateAttachment {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut found = violations(self.kind, self.compartment, today);
        if self.media_type.is_none() {
            found.push(unknown_media_type());
        }
        found
    }
}

impl CreateAttachment {
    fn details(&self) -> Result<Details> {
        let format = self.media_type.ok_or_else(|| Error::fields(vec![unknown_media_type()]))?;
        Ok(Details {
            kind: self.kind,
            format,
            file_name: safe_name(self.file_name.as_deref(), self.kind, format),
            description: self.description.clone(),
            mission_id: self.mission_id,
            content: None,
        })
    }
}

fn etag(attachment: &attachments::Attachment) -> String {
    respond::etag(attachment.version, attachment.view())
}

impl Rendered for OfCase<AttachmentId> {
    fn render(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let attachment = attachments::find(tx, self.case, self.id)?;
        let location = format!("/v1/cases/{}/attachments/{}", self.case, self.id);
        respond::answer(location, etag(&attachment), &Attachment::from(attachment))
    }
}

/// List the files on a case.
#[utoipa::path(
    tag = "attachments",
    params(CasePath),
    responses((status = 200, body = AttachmentList, description = "The files"))
)]
#[get("/v1/cases/{id}/attachments")]
pub async fn list_attachments(allowed: Allowed<may::CaseRead>, id: Path<CaseId>) -> Result<web::Json<AttachmentList>> {
    let (items, redacted) = allowed.read(move |tx| attachments::list(tx, id.0)).await?;
    Ok(web::Json(AttachmentList { items: items.into_iter().map(Attachment::from).collect(), redacted }))
}

/// Get what is known of a file.
#[utoipa::path(
    tag = "attachments",
    params(AttachmentPath),
    responses((status = 200, body = Attachment, description = "The file"))
)]
#[get("/v1/cases/{id}/attachments/{attachment_id}")]
pub async fn get_attachment(http: HttpRequest, allowed: Allowed<may::CaseRead>, path: Path<AttachmentPath>) -> Result<HttpResponse> {
    let AttachmentPath { id: case, attachment_id: id } = path.0;
    let attachment = allowed.read(move |tx| attachments::find(tx, case, id)).await?;
    Ok(respond::found(&http, etag(&attachment), &Attachment::from(attachment)))
}

/// Announce a file.
///
/// The first of two steps: the answer has the id and the ETag with which `PUT …/content` then brings the bytes. An announcement whose
/// content does not come within seven days is forgotten. Only with a grant that opens the compartment.
#[utoipa::path(
    tag = "attachments",
    params(CasePath),
    request_body = CreateAttachment,
    responses((status = 201, body = Attachment, description = "Announced"))
)]
#[post("/v1/cases/{id}/attachments")]
pub async fn create_attachment(
    allowed: Allowed<may::TakesSpace<may::CaseUpdate>>,
    id: Path<CaseId>,
    body: CreateBody<CreateAttachment>,
) -> Result<HttpResponse> {
    let input = body.input;
    allowed
        .create(body.key, move |tx| {
            let compartment = input.compartment.unwrap_or(input.kind.compartment());
            Ok(OfCase { case: id.0, id: attachments::announce(tx, id.0, compartment, input.details()?)?.id })
        })
        .await
}

/// Remove a file that was added in error.
///
/// With `If-Match`. By the organisation that added it or that owns the case, and not while a legal hold is on record. The key of the
/// content is destroyed at once, its bytes are removed within minutes; the history of the case keeps that there was a file.
/// Only with a grant that opens the compartment. Recorded in the history of the case.
#[utoipa::path(
    tag = "attachments",
    params(AttachmentPath, IfMatch),
    responses((status = 204, description = "Removed"))
)]
#[delete("/v1/cases/{id}/attachments/{attachment_id}")]
pub async fn delete_attachment(
    allowed: Allowed<may::ByPerson<may::CaseUpdate>>,
    path: Path<AttachmentPath>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let AttachmentPath { id: case, attachment_id: id } = path.0;
    allowed.write(move |tx| attachments::delete(tx, case, id, if_match.expected())).await?;
    Ok(HttpResponse::NoContent().finish())
}
