//! Breaking the glass: how an administrator of the platform looks into a practice. Without an access that was opened
//! for a reason there is no way in; under one there is reading, of what is on a list, and each request is an entry of
//! the practice's own ledger before it is answered.

use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::administrator::{self, Admin};
use crate::app::App;
use crate::db::{Actor, Caller, TenantTx};
use crate::error::{Error, Result, support_access_ended, support_access_required};
use crate::id::{AdministratorId, PracticeId, SessionId};
use crate::outcome;
use crate::permission::{Rights, UNDER_GRANT};
use crate::token;

/// The header that names the access under which a request is made. It opens nothing without the session it belongs to.
pub const HEADER: &str = "x-vantage-grant";

/// An open access to one practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub administrator: AdministratorId,
    /// On which sign-in; on another one it does not serve.
    pub session: SessionId,
}

/// A request under an access.
pub(crate) struct Found {
    pub caller: Caller,
    pub rights: Rights,
    pub expires: Timestamp,
}

/// The access that the header names, if it is open and this session's. Each transaction asks again.
pub(crate) async fn find(parts: &mut Parts, app: &App, header: &HeaderValue) -> Result<Found> {
    let admin = Admin::from_request_parts(parts, app).await?;
    let id = header.to_str().ok().and_then(|text| Uuid::parse_str(text).ok()).ok_or_else(support_access_required)?;
    let mut tx = app.db().platform_unrecorded().await?;
    let row = sqlx::query!(
        "select practice, expires_at from administration.support_access
          where id = $1 and administrator = $2 and session = $3 and ended_at is null and expires_at > now()",
        id,
        admin.id.uuid(),
        admin.session.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(support_access_ended)?;
    tx.commit().await?;
    let actor = Actor::BreakGlass(Grant { id, administrator: admin.id, session: admin.session });
    let caller = Caller { practice: PracticeId(row.practice), actor, origin: admin.origin().clone() };
    // whatever a right is called: what does not only read is not for support, nor is FHIR, which searches by GET
    let is_for_support = parts.method.is_safe() && !outcome::is_spoken_at(parts.uri.path());
    let rights = if is_for_support { Rights::listed(UNDER_GRANT) } else { Rights::listed([""; 0]) };
    Ok(Found { caller, rights, expires: row.expires_at.to_jiff() })
}

/// What somebody without any credential of a practice is told: an administrator, what is missing; all others, to sign in.
pub(crate) async fn without(parts: &mut Parts, app: &App) -> Error {
    if !administrator::is_claimed(parts) {
        return token::required();
    }
    match Admin::from_request_parts(parts, app).await {
        Ok(_) => support_access_required(),
        Err(error) => error,
    }
}

/// The id in the address of a request, where it has one.
pub(crate) async fn named_id(parts: &mut Parts) -> Option<Uuid> {
    let named = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    named.iter().find(|(name, _)| *name == "id").and_then(|(_, value)| Uuid::parse_str(value).ok())
}

impl TenantTx {
    /// Writes into the practice's ledger what is about to be looked at.
    pub(crate) async fn record_read_under_grant(
        &mut self,
        grant: Grant,
        permission: &str,
        operation: &str,
        id: Option<Uuid>,
    ) -> Result<()> {
        let caller = self.caller().clone();
        sqlx::query!(
            "insert into audit.entry (practice_id, id, request_id, actor_kind, actor_id, action, resource_type, resource_id,
                                      ip, user_agent, detail)
             values ($1, $2, $3, $4, $5, 'read', $6, $7, $8, $9, $10)",
            self.practice(),
            Uuid::now_v7(),
            caller.origin.request_id,
            caller.actor.kind(),
            caller.actor.id(),
            permission.split('.').next().unwrap_or(permission),
            id,
            caller.origin.ip,
            caller.origin.user_agent,
            json!({ "permission": permission, "operation": operation, "supportAccess": grant.id }),
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
