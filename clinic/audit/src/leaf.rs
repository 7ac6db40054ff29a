//! What is hashed of an entry. The same bytes are made by `audit.leaf` in the database and by [`Entry::leaf`] here, so
//! that an export can be verified with nothing but this file's rules and SHA-256.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::merkle::{self, Hash};

/// An entry as it lies in the ledger (the columns of `audit.entry`), each field as the text that is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    pub practice_id: Uuid,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    pub id: Uuid,
    /// Number of the transaction.
    pub xid: String,
    pub request_id: Option<Uuid>,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub resource_type: String,
    pub resource_id: Option<Uuid>,
    pub patient_id: Option<Uuid>,
    pub outcome: String,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    /// JSON, as PostgreSQL prints `jsonb`.
    pub detail: String,
    /// The same; old and new values in it are sealed with the practice's key.
    pub changes: String,
}

/// The first field of every leaf; another form gets another name.
const FORM: &str = "vantage.audit.1";

impl Entry {
    /// Its leaf: SHA-256 over a zero byte (RFC 6962), then for each field its length in bytes (four of them, the
    /// highest first) and its text; the length −1 alone stands for null.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        let mut bytes = Vec::with_capacity(512);
        let mut push = |field: Option<&str>| match field {
            Some(text) => {
                bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
            None => bytes.extend([0xff; 4]),
        };
        let id = |id: Uuid| id.to_string();
        push(Some(FORM));
        push(Some(&id(self.practice_id)));
        push(Some(&self.at.to_string()));
        push(Some(&id(self.id)));
        push(Some(&self.xid));
        push(self.request_id.map(id).as_deref());
        push(Some(&self.actor_kind));
        push(self.actor_id.map(id).as_deref());
        push(Some(&self.action));
        push(Some(&self.resource_type));
        push(self.resource_id.map(id).as_deref());
        push(self.patient_id.map(id).as_deref());
        push(Some(&self.outcome));
        push(self.ip.as_deref());
        push(self.user_agent.as_deref());
        push(Some(&self.detail));
        push(Some(&self.changes));
        merkle::leaf_hash(&bytes)
    }
}
