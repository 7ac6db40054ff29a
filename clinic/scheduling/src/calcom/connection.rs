//! Trying the connection, and what can be booked there.

use calcom::Failure;
use platform::guard::Can;
use platform::permission::integrations as may;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::Serialize;
use utoipa::ToSchema;

use super::peer::{self, Access};
use super::settings;

/// The routes of the connection.
pub fn routes() -> Routes {
    Routes::new().route(route!(test)).route(route!(event_types))
}

/// What came of trying the connection.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CalcomTest {
    /// `ok`, or what was wrong: `key_refused`, `unreachable`, `rate_limited`, `refused`, `unknown`.
    outcome: String,
    /// Whose key it is.
    #[schema(required)]
    username: Option<String>,
    /// When to try again, where there were too many requests.
    #[schema(required)]
    retry_after_seconds: Option<u64>,
}

/// What can be booked there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CalcomEventType {
    /// Its number.
    id: i64,
    /// Its name in addresses.
    slug: String,
    /// What it is called.
    title: String,
    /// How long it takes.
    length_minutes: i32,
}

/// Event types.
#[derive(Debug, Serialize, ToSchema)]
struct CalcomEventTypes {
    items: Vec<CalcomEventType>,
}

/// Try the connection: whether Cal.com answers, and takes the key.
#[utoipa::path(post, path = "/api/v1/calcom/test", tag = "scheduling", responses((status = 200, body = CalcomTest)))]
async fn test(who: Can<may::Write>) -> Result<Json<CalcomTest>> {
    let answer = access(&who).await?.provider(who.app(), who.practice())?.me().await;
    let (failed, username) = match answer {
        Ok(me) => (None, me.username),
        Err(failure) => (Some(failure), None),
    };
    let outcome = |failed: Option<Failure>| failed.map_or("ok", Failure::code);
    who.write(async move |tx| settings::tested(tx, outcome(failed)).await).await?;
    let retry_after_seconds = match failed {
        Some(Failure::Limited(after)) => Some(after.as_secs()),
        _ => None,
    };
    Ok(Json(CalcomTest { outcome: outcome(failed).to_owned(), username, retry_after_seconds }))
}

/// What can be booked at Cal.com, to say which service is which.
#[utoipa::path(get, path = "/api/v1/calcom/event-types", tag = "scheduling",
    responses((status = 200, body = CalcomEventTypes)))]
async fn event_types(who: Can<may::Read>) -> Result<Json<CalcomEventTypes>> {
    let found = access(&who).await?.provider(who.app(), who.practice())?.event_types().await.map_err(peer::told)?;
    let item = |found: calcom::EventType| CalcomEventType {
        id: found.id,
        slug: found.slug,
        title: found.title,
        length_minutes: found.length_in_minutes,
    };
    Ok(Json(CalcomEventTypes { items: found.into_iter().map(item).collect() }))
}

/// Also before it is switched on: one tries first.
async fn access<P>(who: &Can<P>) -> Result<Access> {
    who.read(async |tx| {
        let connected = settings::connected(tx).await?.ok_or_else(settings::off)?;
        Access::with(tx, connected).await
    })
    .await
}
