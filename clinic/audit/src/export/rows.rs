//! Entries in the order in which they happened, page by page.

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use serde_json::Value;
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::list::EntryFilter;

/// Entries of a page; some 500 kB of a file.
const PAGE: i64 = 1000;

/// Behind which entry a page begins.
pub type Position = (jiff_sqlx::Timestamp, Uuid);

/// An entry as it is taken out: names of fields, never their values.
#[derive(Debug, FromRow)]
pub struct Entry {
    pub id: Uuid,
    pub at: jiff_sqlx::Timestamp,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub resource_type: String,
    pub resource_id: Option<Uuid>,
    pub patient_id: Option<Uuid>,
    pub outcome: String,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<Uuid>,
    pub detail: Value,
    pub fields: Vec<String>,
    pub seq: Option<i64>,
}

impl Entry {
    /// When.
    pub fn at(&self) -> Timestamp {
        self.at.to_jiff()
    }

    /// Where it stands.
    pub fn position(&self) -> Position {
        (self.at, self.id)
    }
}

/// The next page.
///
/// # Errors
/// 503 when the database is away.
pub async fn page(tx: &mut TenantTx, filter: &EntryFilter, after: Option<Position>) -> Result<Vec<Entry>> {
    let mut query = QueryBuilder::new(
        "select e.id, e.at, e.actor_kind, e.actor_id, e.action, e.resource_type, e.resource_id, e.patient_id, e.outcome,
                e.ip, e.user_agent, e.request_id, e.detail,
                array(select change ->> 'field' from jsonb_array_elements(e.changes) change) as fields,
                (select s.seq from audit.seal s where s.practice_id = e.practice_id and s.entry_id = e.id) as seq
           from audit.entry e where e.practice_id = ",
    );
    query.push_bind(tx.practice());
    filter.push(&mut query);
    if let Some((at, id)) = after {
        query.push(" and (e.at, e.id) > (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" order by e.at, e.id limit ").push_bind(PAGE);
    Ok(query.build_query_as().fetch_all(tx.conn()).await?)
}
