//! One's own account.

use actix_web::{get, post, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::http::access::{Allowed, may};
use crate::db::Tx;
use crate::db::accounts::users::{self, DraftKeys};
use crate::db::accounts::{code_of_conduct, organisations, second_factors};
use crate::domain::access::{Permission, Role};
use crate::domain::codes::OrganisationKind;
use crate::domain::country::Country;
use crate::domain::dates::Timestamp;
use crate::domain::ids::{OrganisationId, UserId};
use crate::error::Result;

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The account.
    user_id: UserId,
    /// Username.
    #[schema(max_length = 100)]
    username: String,
    /// Name shown to colleagues.
    #[schema(max_length = 200)]
    display_name: String,
    /// Role.
    role: Role,
    /// What the role may do.
    #[schema(max_items = 50)]
    permissions: &'static [Permission],
    /// The organisation, which decides which cases are seen.
    organisation_id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    organisation_name: String,
    /// Its kind.
    organisation_kind: OrganisationKind,
    /// The host country it coordinates, if any.
    coordinates: Option<Country>,
    /// Since when the second factor is on; null while it is off.
    second_factor_since: Option<Timestamp>,
    /// Recovery codes that were not used yet.
    #[schema(minimum = 0, maximum = 10, format = Int32)]
    recovery_codes_left: i64,
    /// When you accepted the current code of conduct; null if you did not.
    code_of_conduct_accepted_at: Option<Timestamp>,
}

/// Who am I?
///
/// The account, its role and what the role may do, and the organisation.
#[utoipa::path(tag = "auth", responses((status = 200, body = Me, description = "Who is signed in")))]
#[get("/v1/me")]
pub async fn get_me(allowed: Allowed<may::OwnAccount>) -> Result<web::Json<Me>> {
    let (id, organisation) = (allowed.user()?.user_id, allowed.user()?.organisation_id);
    let me = move |tx: &mut Tx<'_>| {
        let (user, organisation) = (users::find(tx, id)?, organisations::find(tx, organisation)?);
        let second_factor = second_factors::state(tx, id)?;
        Ok(web::Json(Me {
            user_id: id,
            username: user.username,
            display_name: user.display_name,
            role: user.role,
            permissions: user.role.permissions(),
            organisation_id: organisation.id,
            organisation_name: organisation.name,
            organisation_kind: organisation.kind,
            coordinates: organisation.coordinates,
            second_factor_since: second_factor.since,
            recovery_codes_left: second_factor.recovery_codes_left,
            code_of_conduct_accepted_at: code_of_conduct::accepted_at(tx, id)?,
        }))
    };
    allowed.read(me).await
}

/// 32 bytes for AES-256-GCM, in the URL-safe alphabet of base64 (RFC 4648 §5) without padding.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 43, max_length = 43, example = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
pub struct SealingKey(String);

/// The keys with which a page seals what was not sent yet.
#[derive(Serialize, ToSchema)]
pub struct DraftKey {
    /// The one to seal with. The same for you until another password is set.
    key: SealingKey,
    /// Those of the passwords before this one, the last one first: open what was sealed with them, and seal it anew.
    #[schema(max_items = 8)]
    earlier: Vec<SealingKey>,
}

/// Ask for the key of your drafts.
///
/// What is typed and not yet sent is kept in the browser under this key alone, so that a reload or a crash loses nobody, and whoever else
/// uses the computer reads nothing. A new password gives a new key; what lies under the eight before can still be opened.
#[utoipa::path(tag = "auth", responses((status = 200, body = DraftKey, description = "The keys")))]
#[post("/v1/me/draft-key")]
pub async fn open_draft_key(allowed: Allowed<may::OwnAccount>) -> Result<web::Json<DraftKey>> {
    let id = allowed.user()?.user_id;
    // Reads of one's own account leave no entry, and this must.
    let DraftKeys { current, earlier } = allowed.write(move |tx| users::draft_keys(tx, id)).await?;
    let written = |key: Vec<u8>| SealingKey(BASE64_URL_SAFE_NO_PAD.encode(key));
    Ok(web::Json(DraftKey { key: written(current), earlier: earlier.into_iter().map(written).collect() }))
}
