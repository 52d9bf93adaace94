//! The second factor of an account: an authenticator app, and recovery codes for the day it is lost.

use actix_web::{HttpResponse, delete, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;
use zeroize::Zeroizing;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{Input, Json, Path};
use crate::api::http::path_params::UserPath;
use crate::api::http::secret::Secret;
use crate::auth::one_time_code::{self, CodeFor};
use crate::auth::totp;
use crate::db::Attempt;
use crate::db::accounts::{second_factors, users};
use crate::domain::ids::UserId;
use crate::error::{Error, ErrorCode, Result};

/// Recovery codes that a user holds.
const RECOVERY_CODES: usize = 10;

/// What puts the second factor into an authenticator app. Shown once.
#[derive(Serialize, ToSchema)]
pub struct SecondFactorEnrolment {
    /// The address that authenticator apps read.
    #[schema(
        max_length = 2000,
        example = "otpauth://totp/Homeward:siti.rahmawati?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Homeward"
    )]
    otpauth_uri: String,
    /// The secret in base32, to be typed in where nothing can be scanned.
    #[schema(max_length = 100, example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The address as a QR code, an SVG image.
    #[schema(max_length = 200000)]
    qr_svg: String,
}

/// A code of the second factor.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorCode {
    /// The code that the authenticator app shows now.
    #[validate(length(min = 1, max = 20))]
    #[schema(value_type = String, min_length = 1, max_length = 20, example = "287082")]
    code: Secret,
}
impl Input for SecondFactorCode {}

/// Recovery codes. Shown once: print them or write them down, and keep them apart from the device.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each signs in once in the place of the app's code. Earlier ones no longer work.
    #[schema(max_items = 10)]
    recovery_codes: Vec<RecoveryCode>,
}

/// A recovery code: six groups of four letters and digits.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 100, example = "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV")]
pub struct RecoveryCode(String);

/// Begin to set up the second factor.
///
/// Scan the QR code with any authenticator app, or type the secret in; then confirm within an hour. A factor that is on already
/// stays on until the new one is confirmed.
#[utoipa::path(
    tag = "auth",
    responses((status = 200, body = SecondFactorEnrolment, description = "Begun: confirm it"))
)]
#[post("/v1/auth/second-factor")]
pub async fn begin_second_factor(allowed: Allowed<may::Fresh<may::OwnAccount>>) -> Result<web::Json<SecondFactorEnrolment>> {
    let id = allowed.user()?.user_id;
    let seed = totp::new_seed()?;
    let sealed = seed.clone();
    let username = allowed
        .write(move |tx| {
            second_factors::begin(tx, id, &sealed)?;
            Ok(users::find(tx, id)?.username)
        })
        .await?;
    let totp::Enrolment { uri, secret, qr_svg } = totp::enrolment(&seed, &username)?;
    Ok(web::Json(SecondFactorEnrolment { otpauth_uri: uri, secret, qr_svg }))
}

/// Turn the second factor on.
///
/// With the first code of the app. Answers with recovery codes, once. Ends every other session of the account.
#[utoipa::path(
    tag = "auth",
    request_body = SecondFactorCode,
    responses((status = 200, body = RecoveryCodes, description = "On: keep the recovery codes"))
)]
#[post("/v1/auth/second-factor/confirm")]
pub async fn confirm_second_factor(
    allowed: Allowed<may::Fresh<may::OwnAccount>>,
    body: Json<SecondFactorCode>,
) -> Result<web::Json<RecoveryCodes>> {
    let (id, session) = (allowed.user()?.user_id, allowed.user()?.session_id);
    let code: String = body.0.code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (codes, hashes) = new_codes(id)?;
    allowed
        .attempt_access(move |tx| {
            let seed = second_factors::pending_seed(tx, id)?.ok_or_else(second_factors::nothing_begun)?;
            second_factors::count_try(tx, id)?;
            let Some(step) = totp::matching_step(&seed, &code, tx.now)? else { return Ok(Attempt::Failed(wrong_code())) };
            second_factors::turn_on(tx, id, step, session)?;
            second_factors::replace_recovery_codes(tx, id, hashes.clone()).map(Attempt::Succeeded)
        })
        .await?;
    Ok(web::Json(codes))
}

fn wrong_code() -> Error {
    Error::field("/code", "wrong_code", "is not the code that the app shows now")
}

/// Make new recovery codes.
///
/// The earlier ones no longer work. The second factor must be on.
#[utoipa::path(tag = "auth", responses((status = 200, body = RecoveryCodes, description = "Keep them")))]
#[post("/v1/auth/second-factor/recovery-codes")]
pub async fn renew_recovery_codes(allowed: Allowed<may::Fresh<may::OwnAccount>>) -> Result<web::Json<RecoveryCodes>> {
    let id = allowed.user()?.user_id;
    let (codes, hashes) = new_codes(id)?;
    allowed
        .write(move |tx| {
            second_factors::seed(tx, id)?.ok_or_else(is_off)?;
            second_factors::replace_recovery_codes(tx, id, hashes.clone())
        })
        .await?;
    Ok(web::Json(codes))
}

/// Turn the second factor off.
///
/// Only where your role does not need one. Ends every session of the account, this one included.
#[utoipa::path(tag = "auth", responses((status = 204, description = "Off")))]
#[delete("/v1/auth/second-factor")]
pub async fn delete_second_factor(allowed: Allowed<may::Fresh<may::OwnAccount>>) -> Result<HttpResponse> {
    let (id, role) = (allowed.user()?.user_id, allowed.user()?.role);
    allowed
        .write_access(move |tx| {
            if tx.accounts.second_factor.requires(role) {
                let detail = "Your role needs a second factor. Set up another one in its place instead.";
                return Err(Error::new(ErrorCode::Conflict).detail(detail));
            }
            second_factors::seed(tx, id)?.ok_or_else(is_off)?;
            second_factors::turn_off(tx, id)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reset a user's second factor.
///
/// For somebody who lost device and recovery codes, after you made sure who asks. Ends every session of the user; the password
/// stays, and where the role needs a second factor, a new one is set up at the next sign-in.
#[utoipa::path(tag = "users", params(UserPath), responses((status = 204, description = "Reset")))]
#[post("/v1/users/{id}/second-factor/reset")]
pub async fn reset_user_second_factor(allowed: Allowed<may::Fresh<may::UserManage>>, id: Path<UserId>) -> Result<HttpResponse> {
    allowed
        .write_access(move |tx| {
            users::find(tx, id.0)?;
            second_factors::turn_off(tx, id.0)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn is_off() -> Error {
    Error::new(ErrorCode::Conflict).detail("The second factor is off.")
}

/// New recovery codes, and what is stored of them.
fn new_codes(user: UserId) -> Result<(RecoveryCodes, Vec<Vec<u8>>)> {
    let codes: Vec<Zeroizing<String>> = (0..RECOVERY_CODES).map(|_| one_time_code::new_code()).collect::<Result<_>>()?;
    let hashes = codes.iter().map(|code| one_time_code::hash(CodeFor::Recovery, user, code)).collect();
    Ok((RecoveryCodes { recovery_codes: codes.iter().map(|code| RecoveryCode(code.to_string())).collect() }, hashes))
}
