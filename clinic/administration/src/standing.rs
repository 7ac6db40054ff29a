//! Suspending a practice, and opening it again. From the next request on, everybody in it is refused; its events and
//! jobs wait. Nothing is lost.

use garde::Validate;
use platform::administrator::Admin;
use platform::error::{Error, Result};
use platform::extract::{Body, Path};
use platform::id::PracticeId;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::practices::{Practice, Standing, after_change};

/// The routes of suspension.
pub fn routes() -> Routes {
    Routes::new().route(route!(suspend)).route(route!(resume))
}

/// Why something is done, for both ledgers.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// In words that the practice may read, 3 to 500 characters.
    #[garde(length(chars, min = 3, max = 500), custom(validate::line))]
    reason: String,
}

/// Suspend a practice.
#[utoipa::path(post, path = "/api/v1/admin/practices/{id}/suspend", tag = "administration",
    params(("id" = Uuid, Path, description = "The practice")), request_body = Reason, responses((status = 200, body = Practice)))]
async fn suspend(who: Admin, Path(id): Path<PracticeId>, Body(asked): Body<Reason>) -> Result<Json<Practice>> {
    let reason = asked.reason.trim().to_owned();
    let why = reason.clone();
    who.write(id, "practices.suspend", &reason, async move |tx| {
        let done =
            sqlx::query_scalar!(r#"select administration.suspend($1) as "done!""#, why).fetch_one(tx.conn()).await?;
        if !done {
            return Err(Error::conflict("practice.suspended_already", "The practice is suspended already."));
        }
        tx.record(change(id, Standing::Active, Standing::Suspended)).await
    })
    .await?;
    after_change(&who, id).await
}

/// Open a suspended practice again.
#[utoipa::path(post, path = "/api/v1/admin/practices/{id}/resume", tag = "administration",
    params(("id" = Uuid, Path, description = "The practice")), responses((status = 200, body = Practice)))]
async fn resume(who: Admin, Path(id): Path<PracticeId>) -> Result<Json<Practice>> {
    who.write(id, "practices.resume", "console", async move |tx| {
        let done = sqlx::query_scalar!(r#"select administration.resume() as "done!""#).fetch_one(tx.conn()).await?;
        if !done {
            return Err(Error::conflict("practice.not_suspended", "The practice is not suspended."));
        }
        tx.record(change(id, Standing::Suspended, Standing::Active)).await
    })
    .await?;
    after_change(&who, id).await
}

fn change(id: PracticeId, before: Standing, after: Standing) -> Change {
    Change::updated("practice", id.uuid(), &json!({ "status": before }), &json!({ "status": after }))
}
