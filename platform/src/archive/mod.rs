//! A practice as a file: everything that it has, to be taken in elsewhere as it was. Rows go as they lie, sealed values
//! sealed, and the practice's keys go with them; so the file is a secret, and whoever writes one encrypts it.
//!
//! The file has a line of JSON for each thing: what it is, the people, then table by table every row, the keys, and a last
//! line with how many lines there were, without which it is not whole.

mod read;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::migrate;
use crate::error::{Error, Result};
use crate::undisclosed;

pub use read::take_in;
pub use write::take_out;

/// The form of the file; another one gets another number.
const FORM: u32 = 1;

/// The register's row of a practice, which comes first: all others stand on it.
const PRACTICE: &str = "platform.practice";

/// The ledger's entries. They are in the file to be read and stay there: this installation cannot vouch for what
/// another one has sealed. Its own ledger begins with the taking in.
const LEDGER: &str = "audit.entry";

/// What has rows of practices and does not go along, each for its reason. A table that is not named here does.
const LEFT: [(&str, &str); 21] = [
    ("api.idempotency_key", "answers to requests of the other installation"),
    ("audit.head", "signed by the other installation"),
    ("audit.seal", "sealed by the other installation"),
    ("audit_export.chunk", "files that can be made again"),
    ("audit_export.request", "files that can be made again"),
    ("auth.api_key", "programs get keys of the new installation"),
    ("auth.calendar_feed", "addresses of the other installation"),
    ("auth.challenge", "sign-ins that are going on"),
    ("auth.external_session", "sign-ins elsewhere"),
    ("auth.invite", "links that lead to the other installation"),
    ("auth.mail", "mails of the other installation"),
    ("auth.patient_link", "links that lead to the other installation"),
    ("auth.session", "sign-ins of the other installation"),
    ("jobs.job", "work of the other installation"),
    ("outbox.event", "news that were told"),
    ("outbox.lane", "news that were told"),
    ("patients.import_row", "rows of files, which are kept for thirty days only"),
    ("sec.data_key", "keys go in lines of their own"),
    ("webhooks.attempt", "what was told by the other installation"),
    ("webhooks.delivery", "what was told by the other installation"),
    ("webhooks.lane", "what was told by the other installation"),
];

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    /// The first one.
    Archive(Header),
    /// Somebody who works there, or did.
    Person { id: Uuid, email: String, name: String, language: String },
    /// The rows that follow are of this table.
    Table(String),
    /// A row.
    Row(Box<RawValue>),
    /// A data key of the practice, unwrapped, in Base64.
    Key { id: Uuid, bytes: String },
    /// The last one: how many lines there were before it.
    End(u64),
}

undisclosed!(Line);

/// What the file is of.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    form: u32,
    /// The newest migration, with its digest: rows fit into tables of the same shape only.
    schema: String,
    practice: Uuid,
    slug: String,
}

/// What was taken out or in.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Archived {
    /// The practice's address.
    pub slug: String,
    /// People who work there, or did.
    pub people: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Entries of the ledger, which stay in the file.
    pub ledger: u64,
}

/// What the tables look like to this binary.
fn schema() -> Result<String> {
    let all = migrate::all()?;
    let newest = all.last().ok_or_else(|| Error::internal("there are no migrations"))?;
    Ok(format!("{} {}", newest.name, newest.sha256))
}

/// From here on the connection sees and changes rows of this practice alone, like everybody else: row-level security
/// is forced for the owner of the tables too.
async fn enter(conn: &mut PgConnection, practice: Uuid) -> Result<()> {
    sqlx::query!("set local role vantage_owner").execute(&mut *conn).await?;
    sqlx::query!("select set_config('app.practice_id', $1, true)", practice.to_string()).fetch_one(conn).await?;
    Ok(())
}

/// Tables that go along, each behind those that it refers to.
async fn tables(conn: &mut PgConnection) -> Result<Vec<String>> {
    let left: Vec<&str> = LEFT.iter().map(|(table, _)| *table).collect();
    let rows = sqlx::query!(
        r#"select c.oid::regclass::text as "name!",
                  array(select f.confrelid::regclass::text from pg_constraint f
                         where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as "needs!: Vec<String>"
             from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id' and not a.attisdropped
            where c.relkind in ('r', 'p') and not c.relispartition and not c.oid::regclass::text = any($1)
            order by c.oid::regclass::text <> $2, c.oid::regclass::text"#,
        &left as _,
        PRACTICE,
    )
    .fetch_all(conn)
    .await?;
    let mut waiting: Vec<(String, Vec<String>)> = rows.into_iter().map(|row| (row.name, row.needs)).collect();
    let mut ordered: Vec<String> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_free = |(_, needs): &(String, Vec<String>)| !waiting.iter().any(|(name, _)| needs.contains(name));
        let at = waiting.iter().position(is_free).ok_or_else(|| Error::internal("tables refer to each other"))?;
        ordered.push(waiting.remove(at).0);
    }
    Ok(ordered)
}
