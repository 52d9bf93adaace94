//! When somebody is away.

use actix_web::{HttpRequest, HttpResponse, get, patch};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::http::access::{Allowed, may};
use crate::api::http::extract::{IfMatch, Input, Patch, Path};
use crate::api::http::path_params::UserPath;
use crate::api::http::respond;
use crate::db::accounts::absences::{self, AbsenceRow, Days};
use crate::domain::access::compartments::CompartmentSet;
use crate::domain::dates::Timestamp;
use crate::domain::ids::UserId;
use crate::domain::violation::{Checks, Violation};
use crate::domain::zones::Today;
use crate::error::Result;

/// When somebody is away. Nothing was ever stated while `version` is 0.
#[derive(Serialize, ToSchema)]
pub struct Absence {
    /// The user.
    user_id: UserId,
    /// The first day, where their organisation works; null: they are there.
    #[schema(max_length = 10)]
    away_from: Option<NaiveDate>,
    /// The last day; null: until further notice.
    #[schema(max_length = 10)]
    away_until: Option<NaiveDate>,
    /// When it was last stated; null while it never was.
    updated_at: Option<Timestamp>,
    /// As in the ETag.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    version: i64,
}

impl Absence {
    fn of(user_id: UserId, row: Option<AbsenceRow>) -> Self {
        match row {
            Some(AbsenceRow { user_id, updated_at, updated_by: _, version, away_from, away_until }) => {
                Self { user_id, away_from, away_until, updated_at: Some(updated_at), version }
            }
            None => Self { user_id, away_from: None, away_until: None, updated_at: None, version: 0 },
        }
    }

    fn etag(&self) -> String {
        respond::etag(self.version, CompartmentSet::EMPTY)
    }
}

/// What can be stated of an absence.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UpdateAbsence {
    /// The first day; null: they are there again, and the last day is cleared too.
    #[schema(max_length = 10)]
    away_from: Option<NaiveDate>,
    /// The last day; null: until further notice.
    #[schema(max_length = 10)]
    away_until: Option<NaiveDate>,
}

impl Input for UpdateAbsence {
    fn violations(&self, today: Today) -> Vec<Violation> {
        let mut checks = Checks::on(today);
        let is_backwards = self.away_until.is_some_and(|until| self.away_from.is_none_or(|from| until < from));
        checks.refuse(is_backwards, "/away_until", "out_of_order", "must not lie before away_from, which must be given");
        checks.found()
    }
}

impl From<Days> for UpdateAbsence {
    fn from(days: Days) -> Self {
        let Days { from, until } = days;
        Self { away_from: from, away_until: until }
    }
}

impl From<UpdateAbsence> for Days {
    fn from(absence: UpdateAbsence) -> Self {
        let UpdateAbsence { away_from, away_until } = absence;
        Self { from: away_from, until: away_until }
    }
}

/// Get when a colleague is away.
///
/// Oneself, and the users of one's organisation; anybody for administrators.
#[utoipa::path(tag = "users", params(UserPath), responses((status = 200, body = Absence, description = "The absence")))]
#[get("/v1/users/{id}/absence")]
pub async fn get_absence(http: HttpRequest, allowed: Allowed<may::AbsenceWrite>, id: Path<UserId>) -> Result<HttpResponse> {
    let absence = Absence::of(id.0, allowed.read(move |tx| absences::find(tx, id.0)).await?);
    Ok(respond::found(&http, absence.etag(), &absence))
}

/// State when somebody is away.
///
/// A merge patch (RFC 7396) with `If-Match`, also for the first time. Everybody does so for themselves, supervisors for their
/// organisation, and administrators. Cases and tasks stay assigned; on these days they are on the worklist of nobody too, and what is
/// new is assigned to nobody.
#[utoipa::path(
    tag = "users",
    params(UserPath, IfMatch),
    request_body(content = UpdateAbsence, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Absence, description = "Changed"))
)]
#[patch("/v1/users/{id}/absence")]
pub async fn update_absence(
    allowed: Allowed<may::AbsenceWrite>,
    id: Path<UserId>,
    if_match: IfMatch,
    patch: Patch<UpdateAbsence>,
) -> Result<HttpResponse> {
    let change = move |before: Days| {
        // Whoever is there again is not away until any day.
        let until = before.until.filter(|_| !patch.clears("away_from"));
        patch.apply(&UpdateAbsence::from(Days { until, ..before })).map(Days::from)
    };
    let row = allowed.write(move |tx| absences::update(tx, id.0, if_match.expected(), &change)).await?;
    let absence = Absence::of(id.0, Some(row));
    Ok(respond::changed(absence.etag(), &absence))
}
