//! The newest checkpoint, for whoever wants to keep it outside of the product.

use platform::Result;
use platform::guard::Can;
use platform::permission::audit as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::note::Signer;

/// The route of the newest checkpoint.
pub fn routes() -> Routes {
    Routes::new().route(route!(checkpoint))
}

/// What was signed last, and with which keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LatestCheckpoint {
    /// The signed note (c2sp.org/tlog-checkpoint); none before the first.
    #[schema(required)]
    note: Option<String>,
    /// The keys that sign, as `name+hash+key` (c2sp.org/signed-note).
    public_keys: Vec<String>,
}

/// The newest signed checkpoint of the ledger. A copy kept elsewhere shows later whether anything was taken away.
#[utoipa::path(get, path = "/api/v1/audit/checkpoint", tag = "audit", responses((status = 200, body = LatestCheckpoint)))]
async fn checkpoint(who: Can<may::Read>) -> Result<Json<LatestCheckpoint>> {
    let note = who
        .read(async move |tx| Ok(sqlx::query_scalar!("select audit.newest_checkpoint()").fetch_one(tx.conn()).await?))
        .await?;
    let public_keys = Signer::of(who.app())?.public_keys().iter().map(ToString::to_string).collect();
    Ok(Json(LatestCheckpoint { note, public_keys }))
}
