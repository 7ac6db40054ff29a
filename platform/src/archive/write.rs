//! Taking a practice out.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt as _;
use serde_json::json;
use serde_json::value::RawValue;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use super::{Archived, FORM, Header, LEDGER, Line, enter, schema, tables};
use crate::crypto::RootKeys;
use crate::db;
use crate::error::{Error, Result};

/// Writes everything of a practice as it is at one instant, and an entry into its ledger.
///
/// # Errors
/// When there is no such practice, or the file cannot be written.
pub async fn take_out(
    options: &PgConnectOptions,
    keys: &RootKeys,
    slug: &str,
    out: &mut (dyn Write + Send),
) -> Result<Archived> {
    let out = &mut Lines { out, written: 0 };
    let mut conn = db::connect(options).await?;
    let mut tx = conn.begin_with("begin isolation level repeatable read").await?;
    let practice = sqlx::query_scalar!("select practice_id from platform.practice where slug = $1", slug)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(|| Error::internal(format!("there is no practice {slug}")))?;
    enter(&mut tx, practice).await?;
    out.put(&Line::Archive(Header { form: FORM, schema: schema()?, practice, slug: slug.to_owned() }))?;
    let mut archived = Archived { slug: slug.to_owned(), ..Archived::default() };
    archived.people = put_people(&mut tx, practice, out).await?;
    for table in tables(&mut tx).await? {
        let rows = put_rows(&mut tx, practice, &table, out).await?;
        *(if table == LEDGER { &mut archived.ledger } else { &mut archived.rows }) += rows;
    }
    put_keys(&mut tx, keys, practice, out).await?;
    out.put(&Line::End(out.written))?;
    let detail = json!({ "rows": archived.rows });
    sqlx::query!(
        "insert into audit.entry (practice_id, id, actor_kind, action, resource_type, resource_id, detail)
         values ($1, $2, 'system', 'export', 'practice', $1, $3)",
        practice,
        Uuid::now_v7(),
        detail,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(archived)
}

/// The file, line by line.
struct Lines<'a> {
    out: &'a mut (dyn Write + Send),
    written: u64,
}

impl Lines<'_> {
    fn put(&mut self, line: &Line) -> Result<()> {
        let mut bytes = serde_json::to_vec(line).map_err(Error::internal)?;
        bytes.push(b'\n');
        self.written += 1;
        self.out.write_all(&bytes).map_err(Error::internal)
    }
}

async fn put_keys(conn: &mut PgConnection, keys: &RootKeys, practice: Uuid, out: &mut Lines<'_>) -> Result<()> {
    let rows =
        sqlx::query!("select id, root_key, wrapped from sec.data_key where practice_id = $1 order by id", practice)
            .fetch_all(conn)
            .await?;
    for row in rows {
        let key = keys.unwrap(&row.root_key, practice, row.id, &row.wrapped)?;
        out.put(&Line::Key { id: row.id, bytes: STANDARD.encode(key.expose()) })?;
    }
    Ok(())
}

async fn put_people(conn: &mut PgConnection, practice: Uuid, out: &mut Lines<'_>) -> Result<u64> {
    let rows = sqlx::query!(
        "select u.id, u.email, u.name, u.language from auth.user u
           join auth.membership m on m.user_id = u.id where m.practice_id = $1 order by u.id",
        practice,
    )
    .fetch_all(conn)
    .await?;
    let count = rows.len();
    for row in rows {
        out.put(&Line::Person { id: row.id, email: row.email, name: row.name, language: row.language })?;
    }
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}

async fn put_rows(conn: &mut PgConnection, practice: Uuid, table: &str, out: &mut Lines<'_>) -> Result<u64> {
    out.put(&Line::Table(table.to_owned()))?;
    // the name comes from the catalog, as PostgreSQL itself writes it
    let sql = AssertSqlSafe(format!("select to_jsonb(t)::text from {table} t where practice_id = $1"));
    let mut rows = sqlx::query_scalar::<_, String>(sql).bind(practice).fetch(conn);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        out.put(&Line::Row(RawValue::from_string(row).map_err(Error::internal)?))?;
        count += 1;
    }
    Ok(count)
}
