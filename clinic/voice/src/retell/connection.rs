//! Trying the connection, and which agents there are.

use platform::guard::Can;
use platform::permission::integrations as may;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use retell::{Agent, Failure};
use serde::Serialize;
use utoipa::ToSchema;

use super::peer::{self, Access};
use super::settings;

/// The routes of the connection.
pub fn routes() -> Routes {
    Routes::new().route(route!(test)).route(route!(agents))
}

/// What came of trying the connection.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RetellTest {
    /// `ok`, or what was wrong: `key_refused`, `forbidden`, `out_of_credits`, `missing`, `invalid`, `later`, `unknown`.
    outcome: String,
    /// How many agents there are.
    #[schema(required)]
    agents: Option<u32>,
    /// When to try again, where that was said.
    #[schema(required)]
    retry_after_seconds: Option<u64>,
}

/// Who can speak.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RetellAgent {
    /// What it is named by.
    id: String,
    /// What it is called.
    #[schema(required)]
    name: Option<String>,
    /// Its newest version.
    version: i64,
    /// Whether that version is published.
    published: bool,
    /// The language that it speaks, such as `en-US`; `multi` for several.
    #[schema(required)]
    language: Option<String>,
}

/// Agents.
#[derive(Debug, Serialize, ToSchema)]
struct RetellAgents {
    items: Vec<RetellAgent>,
}

/// Try the connection: whether Retell answers, and takes the key.
#[utoipa::path(post, path = "/api/v1/retell/test", tag = "voice", responses((status = 200, body = RetellTest)))]
async fn test(who: Can<may::Write>) -> Result<Json<RetellTest>> {
    let answer = access(&who).await?.provider(who.app(), who.practice())?.agents().await;
    let failed = answer.as_ref().err().copied();
    let outcome = |failed: Option<Failure>| failed.map_or("ok", |failure| failure.code());
    who.write(async move |tx| settings::tested(tx, outcome(failed)).await).await?;
    let retry_after_seconds = match failed {
        Some(Failure::Later(after)) => Some(after.as_secs()),
        _ => None,
    };
    let agents = answer.ok().map(|agents| u32::try_from(agents.len()).unwrap_or(u32::MAX));
    Ok(Json(RetellTest { outcome: outcome(failed).to_owned(), agents, retry_after_seconds }))
}

/// Who can speak, to say who does for what.
#[utoipa::path(get, path = "/api/v1/retell/agents", tag = "voice", responses((status = 200, body = RetellAgents)))]
async fn agents(who: Can<may::Read>) -> Result<Json<RetellAgents>> {
    let found = access(&who).await?.provider(who.app(), who.practice())?.agents().await;
    let item = |found: Agent| RetellAgent {
        id: found.id,
        name: found.name,
        version: found.version,
        published: found.published,
        language: found.language,
    };
    let items = found.map_err(|failure| peer::told(&failure))?.into_iter().map(item).collect();
    Ok(Json(RetellAgents { items }))
}

/// Also before it is switched on: one tries first.
async fn access<P>(who: &Can<P>) -> Result<Access> {
    who.read(async |tx| {
        let connected = settings::connected(tx).await?.ok_or_else(settings::off)?;
        Access::with(tx, connected).await
    })
    .await
}
