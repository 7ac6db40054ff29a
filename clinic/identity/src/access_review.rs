//! Access review: who may how much, who was last seen when, which keys are out; and that somebody looked at it.

use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::guard::Can;
use platform::permission::{TABLE, access as may};
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api_keys::{self, ApiKey};
use crate::staff::{self, Member, MemberStatus};

/// Without a sign of life for this long, somebody hardly needs to come in.
const LONG_GONE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The routes of the access review.
pub fn routes() -> Routes {
    Routes::new().route(route!(review)).route(route!(confirm))
}

/// Who may what in this practice, at one glance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccessReview {
    items: Vec<Reviewed>,
    /// Keys that serve.
    api_keys: Vec<ApiKey>,
    generated_at: Timestamp,
    /// When somebody last said that all of this is as it should be.
    #[schema(required)]
    last_confirmed_at: Option<Timestamp>,
}

/// A member with what a reviewer looks at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Reviewed {
    #[serde(flatten)]
    member: Member,
    /// How many permissions this person has.
    permissions: usize,
    /// On how many devices this person is signed in.
    open_sessions: i64,
    flags: Vec<Flag>,
}

/// Why a reviewer should look twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
enum Flag {
    /// Has an account here and never came in.
    #[serde(rename = "never_signed_in")]
    NeverSignedIn,
    /// Was not here for ninety days.
    #[serde(rename = "idle_90_days")]
    Idle90Days,
    /// Comes in with one factor only.
    #[serde(rename = "no_second_factor")]
    NoSecondFactor,
    /// May nearly everything.
    #[serde(rename = "many_rights")]
    ManyRights,
}

/// Review who may what.
#[utoipa::path(get, path = "/api/v1/access-review", tag = "identity", responses((status = 200, body = AccessReview)))]
async fn review(who: Can<may::Review>) -> Result<Json<AccessReview>> {
    who.read(async |tx| {
        let now = tx.now();
        let items = staff::all(tx, None).await?.iter().map(|row| reviewed(row, now)).collect::<Result<_>>()?;
        let api_keys = api_keys::all(tx, None).await?.into_iter().filter(|key| key.serves(now)).collect();
        let last_confirmed_at = last_confirmed(tx).await?;
        Ok(Json(AccessReview { items, api_keys, generated_at: now, last_confirmed_at }))
    })
    .await
}

/// Say that everything is as it should be. The ledger keeps who said so, and when.
#[utoipa::path(post, path = "/api/v1/access-review/confirm", tag = "identity", responses((status = 200, body = Confirmed)))]
async fn confirm(who: Can<may::Review>) -> Result<Json<Confirmed>> {
    let practice = who.practice().uuid();
    who.write(async move |tx| {
        tx.record(Change::done("review", "access", practice)).await?;
        Ok(Json(Confirmed { confirmed_at: last_confirmed(tx).await?.unwrap_or_else(|| tx.now()) }))
    })
    .await
}

/// When the review was confirmed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Confirmed {
    confirmed_at: Timestamp,
}

fn reviewed(row: &staff::Row, now: Timestamp) -> Result<Reviewed> {
    let (member, standing) = (row.member()?, row.standing()?);
    let permissions = standing.rights.permissions().len();
    let is_active = row.status == MemberStatus::Active;
    let mut flags = Vec::new();
    let mut flag = |holds: bool, flag: Flag| flags.extend((holds && is_active).then_some(flag));
    flag(member.last_seen_at.is_none(), Flag::NeverSignedIn);
    flag(member.last_seen_at.is_some_and(|seen| now.duration_since(seen) > LONG_GONE), Flag::Idle90Days);
    flag(!row.second_factor, Flag::NoSecondFactor);
    flag(permissions * 10 > TABLE.len() * 8, Flag::ManyRights);
    Ok(Reviewed { member, permissions, open_sessions: row.open_sessions, flags })
}

async fn last_confirmed(tx: &mut TenantTx) -> Result<Option<Timestamp>> {
    let practice = tx.practice();
    let at = sqlx::query_scalar!(
        "select at from audit.entry
          where practice_id = $1 and resource_type = 'access' and resource_id = $1 and action = 'review'
          order by at desc limit 1",
        practice,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(at.map(|at| at.to_jiff()))
}
