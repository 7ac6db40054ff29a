//! Taking a practice in.

use std::collections::HashMap;
use std::io::BufRead;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use super::{Archived, FORM, Header, LEDGER, Line, PRACTICE, enter, schema, tables};
use crate::crypto::RootKeys;
use crate::db;
use crate::error::{Error, Result};
use crate::phi::Secret;

/// Rows that are put into the table for reading at once.
const AT_ONCE: usize = 1000;

/// Enters the practice of a file, whole or not at all: under its own id, at `slug` or the address that it had. People
/// whom this installation does not know are entered without a password, which they choose by way of forgetting it; who
/// is known by the e-mail address stays as they are.
///
/// # Errors
/// Says what is wrong with the file, or that the practice or its address is here already.
pub async fn take_in(
    options: &PgConnectOptions,
    keys: &RootKeys,
    input: &mut dyn BufRead,
    slug: Option<&str>,
) -> Result<Archived> {
    let mut lines = input.lines();
    let mut read = 0;
    let mut next = || -> Result<(u64, Line)> {
        let line = lines.next().ok_or_else(|| refused("it ends in the middle"))?;
        let line = line.map_err(|error| refused(&error.to_string()))?;
        let line = serde_json::from_str(&line).map_err(|_| refused("there is a line that is none of an archive"))?;
        read += 1;
        Ok((read - 1, line))
    };
    let (_, Line::Archive(header)) = next()? else { return Err(refused("it does not begin like one")) };
    fits(&header)?;
    let mut conn = db::connect(options).await?;
    let mut tx = conn.begin().await?;
    enter(&mut tx, header.practice).await?;
    let slug = slug.unwrap_or(&header.slug);
    refuse_known(&mut tx, header.practice, slug).await?;
    note(&mut tx, header.practice).await?;
    let known = tables(&mut tx).await?;
    let mut archived = Archived { slug: slug.to_owned(), ..Archived::default() };
    let mut names = Names::default();
    let mut rows = Rows::default();
    loop {
        let (before, line) = next()?;
        match line {
            Line::Key { id, bytes } => {
                rows.flush(&mut tx, true).await?;
                put_key(&mut tx, keys, header.practice, id, &bytes).await?;
            }
            Line::Person { id, email, name, language } => {
                names.enter(&mut tx, id, &email, &name, &language).await?;
                archived.people += 1;
            }
            Line::Table(table) => {
                rows.flush(&mut tx, true).await?;
                if !known.contains(&table) {
                    return Err(refused("it has a table that is not known here"));
                }
                rows.table = table;
            }
            Line::Row(_) if rows.table == LEDGER => archived.ledger += 1,
            Line::Row(row) => {
                archived.rows += 1;
                let row = names.here(row.get());
                rows.waiting.push(if rows.table == PRACTICE { with_slug(&row, slug)? } else { row });
                rows.flush(&mut tx, false).await?;
            }
            Line::End(count) if count == before => break,
            Line::End(_) | Line::Archive(_) => return Err(refused("lines are missing")),
        }
    }
    rows.flush(&mut tx, true).await?;
    tx.commit().await?;
    Ok(archived)
}

fn refused(why: &str) -> Error {
    Error::internal(format!("this is not an archive that can be taken in: {why}"))
}

fn fits(header: &Header) -> Result<()> {
    let own = schema()?;
    if header.form != FORM || header.schema != own {
        let [theirs, ours] = [&header.schema, &own].map(|text| text.split(' ').next().unwrap_or_default());
        return Err(refused(&format!(
            "it was written at {theirs} and this installation is at {ours}; bring both to the same version and write it again"
        )));
    }
    Ok(())
}

async fn refuse_known(conn: &mut PgConnection, practice: Uuid, slug: &str) -> Result<()> {
    let there = sqlx::query_scalar!(
        "select practice_id from platform.practice where practice_id = $1 or slug = $2 limit 1",
        practice,
        slug,
    )
    .fetch_optional(conn)
    .await?;
    match there {
        None => Ok(()),
        Some(id) if id == practice => Err(Error::internal("this practice is here already; nothing was changed")),
        Some(_) => Err(Error::internal(format!("another practice is at {slug}; choose an address with --slug"))),
    }
}

/// The first entry of the practice's ledger here.
async fn note(conn: &mut PgConnection, practice: Uuid) -> Result<()> {
    sqlx::query!(
        "insert into audit.entry (practice_id, id, actor_kind, action, resource_type, resource_id, detail)
         values ($1, $2, 'system', 'import', 'practice', $1, $3)",
        practice,
        Uuid::now_v7(),
        json!({}),
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn put_key(conn: &mut PgConnection, keys: &RootKeys, practice: Uuid, id: Uuid, bytes: &str) -> Result<()> {
    let key = Secret::new(STANDARD.decode(bytes).map_err(|_| refused("a key is damaged"))?);
    sqlx::query!(
        "insert into sec.data_key (practice_id, id, root_key, wrapped) values ($1, $2, $3, $4)",
        practice,
        id,
        keys.current(),
        keys.wrap(practice, id, &key)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn with_slug(row: &str, slug: &str) -> Result<String> {
    let mut row: Value = serde_json::from_str(row).map_err(Error::internal)?;
    row["slug"] = slug.into();
    Ok(row.to_string())
}

/// Who people of the file are here, where that is somebody else's id.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    async fn enter(
        &mut self,
        conn: &mut PgConnection,
        id: Uuid,
        email: &str,
        name: &str,
        language: &str,
    ) -> Result<()> {
        let there = sqlx::query!("select id, email from auth.user where id = $1 or email = $2", id, email)
            .fetch_all(&mut *conn)
            .await?;
        let here = match there.iter().find(|row| row.email == email) {
            Some(row) => row.id,
            None => {
                let new = if there.is_empty() { id } else { Uuid::now_v7() };
                sqlx::query!(
                    "insert into auth.user (id, email, name, language) values ($1, $2, $3, $4)",
                    new,
                    email,
                    name,
                    language,
                )
                .execute(conn)
                .await?;
                new
            }
        };
        if here != id {
            self.0.insert(id.to_string(), here.to_string());
        }
        Ok(())
    }

    /// The row with the ids of people as they are here. An id is unique wherever it stands.
    fn here(&self, row: &str) -> String {
        self.0.iter().fold(row.to_owned(), |row, (there, here)| row.replace(there, here))
    }
}

/// Rows of a table. They are gathered beside it and entered by one statement, since rows of a table may refer to each
/// other in any order.
#[derive(Default)]
struct Rows {
    table: String,
    waiting: Vec<String>,
    is_gathering: bool,
}

impl Rows {
    async fn flush(&mut self, conn: &mut PgConnection, is_last: bool) -> Result<()> {
        if !self.is_gathering && !self.waiting.is_empty() {
            sqlx::raw_sql("create temporary table arriving (place bigserial, row jsonb not null) on commit drop")
                .execute(&mut *conn)
                .await?;
            self.is_gathering = true;
        }
        if self.waiting.len() >= AT_ONCE || (is_last && !self.waiting.is_empty()) {
            sqlx::query("insert into arriving (row) select unnest($1::text[])::jsonb")
                .bind(std::mem::take(&mut self.waiting))
                .execute(&mut *conn)
                .await?;
        }
        if is_last && self.is_gathering {
            let columns = columns(conn, &self.table).await?;
            let table = &self.table;
            let sql = format!(
                "insert into {table} ({columns})
                 select {columns} from (select (jsonb_populate_record(null::{table}, row)).* from arriving) r;
                 drop table arriving"
            );
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await?;
            self.is_gathering = false;
        }
        Ok(())
    }
}

/// The columns that are written: all but those that PostgreSQL computes.
async fn columns(conn: &mut PgConnection, table: &str) -> Result<String> {
    let columns = sqlx::query_scalar!(
        r#"select string_agg(quote_ident(attname), ', ' order by attnum) as "columns!" from pg_attribute
            where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''"#,
        table,
    );
    Ok(columns.fetch_one(conn).await?)
}
