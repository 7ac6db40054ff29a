//! With whom one's own account is linked, and the end of it.

use axum::http::StatusCode;
use jiff::Timestamp;
use platform::Result;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::permission::account as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// More than anybody links.
const MOST: i64 = 50;

/// The routes of one's own links.
pub fn routes() -> Routes {
    Routes::new().route(route!(identities)).route(route!(remove_identity))
}

/// The accounts elsewhere that open this one.
#[derive(Debug, Serialize, ToSchema)]
struct Identities {
    items: Vec<Identity>,
}

/// An account elsewhere.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Identity {
    id: Uuid,
    /// Who vouches.
    issuer: String,
    linked_at: Timestamp,
    last_used_at: Timestamp,
}

/// With whom one's own account is linked.
#[utoipa::path(get, path = "/api/v1/account/identities", tag = "identity", responses((status = 200, body = Identities)))]
async fn identities(who: Can<may::Read>) -> Result<Json<Identities>> {
    let (user, _) = who.person()?;
    // the session must live, which only a tenant transaction asks
    who.read(async |_| Ok(())).await?;
    let mut tx = who.app().db().auth().await?;
    let rows = sqlx::query!(
        "select id, issuer, linked_at, last_used_at from auth.external_identity where user_id = $1 order by id limit $2",
        user.uuid(),
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let items = rows.into_iter().map(|row| Identity {
        id: row.id,
        issuer: row.issuer,
        linked_at: row.linked_at.to_jiff(),
        last_used_at: row.last_used_at.to_jiff(),
    });
    Ok(Json(Identities { items: items.collect() }))
}

/// End the link with an account elsewhere. It opens nothing here from the next request on.
#[utoipa::path(post, path = "/api/v1/account/identities/{id}/remove", tag = "identity",
    params(("id" = Uuid, Path, description = "The link")), responses((status = 204)))]
async fn remove_identity(who: Can<may::Write>, Path(id): Path<Uuid>) -> Result<StatusCode> {
    let (user, _) = who.person()?;
    who.write(async move |tx| {
        let removed = sqlx::query_scalar!(r#"select auth.unlink_identity($1, $2) as "removed!""#, id, user.uuid())
            .fetch_one(tx.conn())
            .await?;
        if !removed {
            return Err(Error::not_found());
        }
        tx.record(Change::done("unlink", "external_identity", id)).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
