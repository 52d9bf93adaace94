//! The public keys with which partners verify access tokens (RFC 7517).

use actix_web::http::header;
use actix_web::{HttpResponse, get};
use utoipa::ToSchema;

use crate::api::http::access::Public;

/// The public keys that access tokens are signed with.
///
/// A JSON Web Key Set (RFC 7517). Needs no session.
#[utoipa::path(tag = "service", responses((status = 200, body = JsonWebKeySet, description = "The keys")))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(public: Public) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(public.tokens().jwks())
}

/// A JSON Web Key Set (RFC 7517).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a document that is written elsewhere")]
pub struct JsonWebKeySet {
    /// The keys.
    #[schema(max_items = 20)]
    pub keys: Vec<JsonWebKey>,
}

/// A public Ed25519 key (RFC 8037).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a document that is written elsewhere")]
pub struct JsonWebKey {
    /// Key type.
    #[schema(max_length = 10, example = "OKP")]
    pub kty: String,
    /// Curve.
    #[schema(max_length = 20, example = "Ed25519")]
    pub crv: String,
    /// Use.
    #[schema(max_length = 10, rename = "use", example = "sig")]
    pub usage: String,
    /// Algorithm.
    #[schema(max_length = 10, example = "EdDSA")]
    pub alg: String,
    /// Key id: the RFC 7638 thumbprint.
    #[schema(max_length = 64)]
    pub kid: String,
    /// The public key.
    #[schema(max_length = 64)]
    pub x: String,
}
