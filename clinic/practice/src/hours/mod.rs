//! Weekly hours of the practice, of a location, of a person: set as a whole week, or inherited from above.

mod owner;
#[cfg(test)]
mod tests;
mod week;

use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::{Body, Query};
use platform::guard::Can;
use platform::permission::hours as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

pub use owner::Owner;
pub(crate) use owner::{Line, nearest, weeks};
#[cfg(test)]
pub use week::Interval;
pub use week::{Day, Week};

/// The routes of weekly hours.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(set)).route(route!(reset))
}

/// Somebody's weekly hours.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hours {
    /// Whose: `practice`, `location:{id}` or `provider:{userId}`.
    #[schema(value_type = String)]
    owner: Owner,
    /// The zone of the times, IANA.
    time_zone: String,
    /// All seven days, from Monday; as inherited when nothing of the owner's own was set.
    week: Vec<Day>,
    /// Whether the week is somebody else's.
    inherited: bool,
    /// Whose week it is when it is inherited.
    #[schema(required, value_type = Option<String>)]
    from: Option<Owner>,
    /// Goes up with each change; 0 when nothing was ever set.
    version: i32,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhoseHours {
    /// `practice`, `location:{id}` or `provider:{userId}`.
    #[garde(skip)]
    #[param(value_type = String)]
    owner: Owner,
}

/// A whole week to be set.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHours {
    /// Whose: `practice`, `location:{id}` or `provider:{userId}`.
    #[garde(skip)]
    #[schema(value_type = String)]
    owner: Owner,
    /// The version that the change is based on; 0 when nothing was ever set.
    #[garde(skip)]
    version: i32,
    /// Days that are left out are closed.
    #[garde(length(max = 7), dive)]
    week: Vec<Day>,
}

/// Whose week is to be inherited again.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetHours {
    #[garde(skip)]
    #[schema(value_type = String)]
    owner: Owner,
    #[garde(skip)]
    version: i32,
}

/// Weekly hours of the practice, a location or a person.
#[utoipa::path(get, path = "/api/v1/hours", tag = "practice", params(WhoseHours), responses((status = 200, body = Hours)))]
async fn read(who: Can<may::Read>, Query(asked): Query<WhoseHours>) -> Result<Json<Hours>> {
    who.read(async move |tx| find(tx, asked.owner).await).await.map(Json)
}

/// Set a whole week. One's own needs `hours.write_own`, anybody else's `hours.write`.
#[utoipa::path(put, path = "/api/v1/hours", tag = "practice", request_body = NewHours, responses((status = 200, body = Hours)))]
async fn set(who: Can<may::WriteOwn>, Body(new): Body<NewHours>) -> Result<Json<Hours>> {
    new.owner.check_may_write(&who, "PUT /api/v1/hours").await?;
    let week = Week::read(&new.week).map_err(Error::invalid)?;
    who.write(async move |tx| set_hours(tx, new.owner, new.version, Some(&week)).await).await.map(Json)
}

/// Inherit the week again: a location the practice's, a person the location's or the practice's.
#[utoipa::path(post, path = "/api/v1/hours/reset", tag = "practice", request_body = ResetHours, responses((status = 200, body = Hours)))]
async fn reset(who: Can<may::WriteOwn>, Body(asked): Body<ResetHours>) -> Result<Json<Hours>> {
    asked.owner.check_may_write(&who, "POST /api/v1/hours/reset").await?;
    if asked.owner == Owner::Practice {
        let text = "The practice has nobody to inherit from; set its week instead.";
        return Err(Error::invalid(Vec::new()).at("/owner", "invalid", text));
    }
    who.write(async move |tx| set_hours(tx, asked.owner, asked.version, None).await).await.map(Json)
}

/// Sets the week of an owner, or lets it inherit, with audit entry and event.
///
/// # Errors
/// 404 for an owner that does not exist; 409 when the version is not the current one.
pub async fn set_hours(tx: &mut TenantTx, owner: Owner, version: i32, week: Option<&Week>) -> Result<Hours> {
    let (practice, id, now) = (tx.practice(), owner.id(tx), jiff_sqlx::Timestamp::from(tx.now()));
    // whoever comes first makes the row, and the other one waits for it
    sqlx::query!(
        "insert into practice.hours (practice_id, owner_id, owner_kind, version, updated_at) values ($1, $2, $3, 0, $4)
         on conflict do nothing",
        practice,
        id,
        owner.kind(),
        now as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("hours_of_location", Error::not_found)?;
    sqlx::query!("select from practice.hours where practice_id = $1 and owner_id = $2 for update", practice, id)
        .fetch_one(tx.conn())
        .await?;
    let before = find(tx, owner).await?;
    check_version(version, before.version, &before)?;
    let days = week.map(|week| sqlx::types::Json(week.days()));
    sqlx::query!(
        "update practice.hours set week = $3, version = $4, updated_at = $5 where practice_id = $1 and owner_id = $2",
        practice,
        id,
        days as _,
        version + 1,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let after = find(tx, owner).await?;
    let said = |hours: &Hours| json!({ "owner": hours.owner, "week": hours.week, "inherited": hours.inherited });
    let change = Change::updated("hours", id, &said(&before), &said(&after)).event("hours.changed", after.version);
    tx.record(change).await?;
    Ok(after)
}

async fn find(tx: &mut TenantTx, owner: Owner) -> Result<Hours> {
    let line = Line::of(tx, owner).await?;
    let (place, week) = line.week(tx).await?;
    let (practice, id) = (tx.practice(), owner.id(tx));
    let version = sqlx::query_scalar!(
        "select version from practice.hours where practice_id = $1 and owner_id = $2",
        practice,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    let inherited = place + 1 < line.owners.len();
    Ok(Hours {
        owner,
        from: inherited.then(|| line.owners[place]),
        time_zone: line.zone,
        week: week.days(),
        inherited,
        version: version.unwrap_or(0),
    })
}

/// Reads a week back from its row, where only such weeks are written that are right.
fn stored(days: &[Day]) -> Result<Week> {
    Week::read(days).map_err(|_| Error::internal("weekly hours that do not fit"))
}
