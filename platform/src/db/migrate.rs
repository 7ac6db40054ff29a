//! Migrations: one ordered folder, applied in one transaction that ends with the catalog lint.

use rust_embed::RustEmbed;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Acquire as _, AssertSqlSafe, PgConnection};

use super::{OLDEST_POSTGRES, connect, lint};
use crate::config::RolePasswords;
use crate::crypto::sha256;
use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../migrations"]
#[include = "0*.sql"]
struct Files;

/// A migration that this binary carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its number.
    pub version: i32,
    /// Its file name.
    pub name: String,
    /// Digest of its text.
    pub sha256: String,
    sql: String,
}

/// All migrations of this binary, in order.
///
/// # Errors
/// When a file name does not begin with a higher number than the one before.
pub fn all() -> Result<Vec<Migration>> {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let mut migrations: Vec<Migration> = Vec::new();
    for name in &names {
        let version = name.split('_').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        let before = migrations.last().map_or(0, |migration| migration.version);
        let file = Files::get(name).filter(|_| version > before);
        let file = file.ok_or_else(|| Error::internal(format!("migrations/{name} is out of order")))?;
        let sql = String::from_utf8(file.data.into_owned()).map_err(Error::internal)?;
        let sha256 = sha256(sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        migrations.push(Migration { version, name: name.to_string(), sha256, sql });
    }
    Ok(migrations)
}

/// How a database stands to this binary.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// They fit.
    Current,
    /// These have yet to be applied.
    Behind(Vec<String>),
    /// What was applied is not what this binary carries; says which.
    Different(String),
}

/// Compares a database with this binary.
///
/// # Errors
/// 503 when the database is away.
pub async fn standing(conn: &mut PgConnection) -> Result<Standing> {
    let wanted = all()?;
    let exists = sqlx::query_scalar!(r#"select to_regclass('platform.migration') is not null as "exists!""#)
        .fetch_one(&mut *conn)
        .await?;
    let applied = if exists {
        sqlx::query!("select version, name, sha256 from platform.migration order by version")
            .fetch_all(&mut *conn)
            .await?
    } else {
        Vec::new()
    };
    for (i, row) in applied.iter().enumerate() {
        match wanted.get(i) {
            None => {
                return Ok(Standing::Different(format!("{} was applied by a newer version of the server", row.name)));
            }
            Some(file) if (file.version, &file.sha256) != (row.version, &row.sha256) => {
                return Ok(Standing::Different(format!(
                    "{} was applied in another form than this version's {}",
                    row.name, file.name
                )));
            }
            Some(_) => {}
        }
    }
    let missing: Vec<_> = wanted.into_iter().skip(applied.len()).map(|file| file.name).collect();
    Ok(if missing.is_empty() { Standing::Current } else { Standing::Behind(missing) })
}

/// Refuses a database that does not fit this binary, or whose catalog breaks a rule of isolation.
///
/// # Errors
/// Says what does not fit and what to do.
pub async fn check(conn: &mut PgConnection) -> Result<()> {
    check_version(conn).await?;
    match standing(conn).await? {
        Standing::Current => refuse_mistakes(conn).await,
        Standing::Behind(missing) => Err(Error::internal(format!(
            "the database lacks {}; run `vantage migrate`, then start again",
            missing.join(", ")
        ))),
        Standing::Different(why) => Err(Error::internal(format!("the database does not fit this version: {why}"))),
    }
}

/// Applies what is missing: all of it, with the catalog lint at the end, in one transaction, or nothing.
///
/// # Errors
/// Says which migration failed, or which rule of isolation the result would break.
pub async fn migrate(options: &PgConnectOptions, passwords: &RolePasswords) -> Result<Vec<String>> {
    let mut conn = connect(options).await?;
    check_version(&mut conn).await?;
    let mut tx = conn.begin().await?;
    // one migration at a time on this server
    sqlx::query!("select pg_advisory_xact_lock(7246153921)").execute(&mut *tx).await?;
    let missing = match standing(&mut tx).await? {
        Standing::Current => Vec::new(),
        Standing::Behind(missing) => missing,
        Standing::Different(why) => {
            return Err(Error::internal(format!("the database does not fit this version: {why}")));
        }
    };
    for migration in all()?.into_iter().filter(|migration| missing.contains(&migration.name)) {
        if migration.version > 1 {
            close_database(&mut tx).await?;
        }
        apply(&mut tx, &migration).await.map_err(|error| named(&migration.name, &error))?;
    }
    close_database(&mut tx).await?;
    sqlx::query!("reset role").execute(&mut *tx).await?;
    refuse_mistakes(&mut tx).await?;
    set_passwords(&mut tx, passwords).await?;
    tx.commit().await?;
    Ok(missing)
}

async fn apply(conn: &mut PgConnection, migration: &Migration) -> sqlx::Result<()> {
    // the first makes the roles and therefore runs as the administrator; all others as the owner of everything
    let role = if migration.version == 1 { "reset role" } else { "set local role vantage_owner" };
    sqlx::raw_sql(AssertSqlSafe(role)).execute(&mut *conn).await?;
    sqlx::raw_sql(AssertSqlSafe(migration.sql.clone())).execute(&mut *conn).await?;
    sqlx::raw_sql(AssertSqlSafe("reset role")).execute(&mut *conn).await?;
    sqlx::query!(
        "insert into platform.migration (version, name, sha256) values ($1, $2, $3)",
        migration.version,
        migration.name,
        migration.sha256
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Who may connect. Rights on a database do not travel with its contents (a restored backup has none), so they are set
/// again each time.
async fn close_database(conn: &mut PgConnection) -> Result<()> {
    let statement = "do $$ begin
        execute format('revoke all on database %I from public', current_database());
        execute format('grant create, connect, temporary on database %I to vantage_owner', current_database());
        execute format('grant connect on database %I to vantage_app, vantage_auth, vantage_worker, vantage_platform',
                       current_database());
    end $$";
    sqlx::raw_sql(statement).execute(conn).await?;
    Ok(())
}

/// Migrations hold no data of patients, so here the database's own words may be told.
fn named(name: &str, error: &sqlx::Error) -> Error {
    Error::internal(format!("migrations/{name}: {error}"))
}

async fn check_version(conn: &mut PgConnection) -> Result<()> {
    let version = sqlx::query_scalar!(r#"select current_setting('server_version_num')::int as "version!""#)
        .fetch_one(conn)
        .await?;
    refuse_old(version)
}

fn refuse_old(version: i32) -> Result<()> {
    if version >= OLDEST_POSTGRES {
        return Ok(());
    }
    let (found, needed) = (version / 10_000, OLDEST_POSTGRES / 10_000);
    Err(Error::internal(format!("this PostgreSQL is version {found}; Vantage needs {needed} or newer")))
}

async fn refuse_mistakes(conn: &mut PgConnection) -> Result<()> {
    let mistakes = lint::run(conn).await?;
    if mistakes.is_empty() {
        return Ok(());
    }
    let list: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    Err(Error::internal(format!("the catalog breaks the rules of isolation: {}", list.join("; "))))
}

/// On a PostgreSQL that is reached over a network the runtime roles need passwords. They come from the settings.
async fn set_passwords(conn: &mut PgConnection, passwords: &RolePasswords) -> Result<()> {
    for (role, password) in [
        ("vantage_app", &passwords.app),
        ("vantage_auth", &passwords.auth),
        ("vantage_worker", &passwords.worker),
        ("vantage_platform", &passwords.platform),
    ] {
        if password.is_empty() {
            continue;
        }
        let statement = sqlx::query_scalar!(
            r#"select format('alter role %I password %L', $1::text, $2::text) as "text!""#,
            role,
            password
        )
        .fetch_one(&mut *conn)
        .await?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *conn).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_migrations_are_in_order() {
        let all = super::all().expect("in order");
        assert!(all.is_sorted_by(|one, next| one.version < next.version));
        assert!(all[0].name.starts_with("0001_"));
    }

    #[test]
    fn an_old_postgresql_is_refused_by_name() {
        assert!(super::refuse_old(150_018).is_ok() && super::refuse_old(180_000).is_ok());
        let error = super::refuse_old(140_011).expect_err("too old").to_string();
        assert_eq!(error, "this PostgreSQL is version 14; Vantage needs 15 or newer");
    }
}
