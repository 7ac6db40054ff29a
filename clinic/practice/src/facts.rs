//! What workflows see of the practice, beside its name, time zone, currency and language.

use platform::Result;
use platform::db::TenantTx;
use serde_json::{Value, json};

/// `phone`, and `nameAr`: the name as it is, since a practice has one in the script that it chose.
///
/// # Errors
/// 503 when the database is away.
pub async fn facts(tx: &mut TenantTx) -> Result<Value> {
    let practice = crate::practice(tx).await?;
    Ok(json!({ "nameAr": practice.name, "phone": practice.phone }))
}
