//! Names of the people who did something.

use std::collections::{BTreeSet, HashMap};

use crate::db::TenantTx;
use crate::error::Result;
use crate::phi::Phi;
use uuid::Uuid;

/// The names of those who are or were members of this practice, and of its keys for programs.
///
/// # Errors
/// 503 when the database is away.
pub async fn names(tx: &mut TenantTx, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Phi<String>>> {
    let ids: Vec<Uuid> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(r#"select id as "id!", name as "name!" from auth.actor_names($1)"#, &ids)
        .fetch_all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, Phi::new(row.name))).collect())
}
