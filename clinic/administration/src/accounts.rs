//! Accounts of administrators. They are made, reset and removed on the server only; the person then chooses a password
//! and sets an authenticator app up with a link that serves once and for a day. Nobody signs in without both.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::{Authenticator, new_seed, password};
use platform::App;
use platform::administrator::Access;
use platform::crypto::{Place, random_token, sha256};
use platform::db::{Origin, PlatformTx};
use platform::error::{Error, OnConstraint as _, Result};
use platform::id::AdministratorId;
use platform::phi::Phi;
use platform::validate;

/// Makes an administrator, and answers the link to set the account up.
///
/// # Errors
/// When the e-mail is not one, or has an account already.
pub async fn create(app: &App, email: &str, name: &str) -> Result<Phi<String>> {
    let email = address(email)?;
    let name = name.trim();
    validate::line(name, &()).map_err(|_| Error::internal("an administrator needs a name"))?;
    let id = AdministratorId::new();
    let mut tx = recorded(app, id, "administrators.create").await?;
    sqlx::query!(
        "insert into administration.administrator (id, email, name) values ($1, $2, $3)",
        id.uuid(),
        email,
        name
    )
    .execute(tx.conn())
    .await
    .on_constraint("administrator_email_key", || {
        Error::internal("there is an administrator with this e-mail already; see `vantage admin reset`")
    })?;
    let link = new_link(app, &mut tx, id).await?;
    tx.commit().await?;
    Ok(link)
}

/// Takes password and authenticator app away, ends all sessions, and answers a link to set the account up anew. Also
/// brings a removed administrator back.
///
/// # Errors
/// When there is no administrator with this e-mail.
pub async fn reset(app: &App, email: &str) -> Result<Phi<String>> {
    let id = with_email(app, email).await?;
    let mut tx = recorded(app, id, "administrators.reset").await?;
    close(&mut tx, id).await?;
    sqlx::query!("update administration.administrator set removed_at = null where id = $1", id.uuid())
        .execute(tx.conn())
        .await?;
    let link = new_link(app, &mut tx, id).await?;
    tx.commit().await?;
    Ok(link)
}

/// Takes an administrator's account away. What they did stays in the ledger.
///
/// # Errors
/// When there is no administrator with this e-mail.
pub async fn remove(app: &App, email: &str) -> Result<()> {
    let id = with_email(app, email).await?;
    let mut tx = recorded(app, id, "administrators.remove").await?;
    close(&mut tx, id).await?;
    sqlx::query!("update administration.administrator set removed_at = now() where id = $1", id.uuid())
        .execute(tx.conn())
        .await?;
    tx.commit().await
}

/// An administrator with a password and a seed that are known: for the demo, whose people are invented. One that is
/// there already is left as it is.
///
/// # Errors
/// 503 when the database is away.
pub async fn ensure_known(app: &App, email: &str, name: &str, password: Phi<String>, seed: &[u8]) -> Result<()> {
    if with_email(app, email).await.is_ok() {
        return Ok(());
    }
    create(app, email, name).await?;
    let id = with_email(app, email).await?;
    let (hash, seed) = (password::hash(password).await?, app.root().seal(place(id), seed)?);
    let mut tx = recorded(app, id, "administrators.set_up").await?;
    sqlx::query!(
        "update administration.administrator set password_hash = $2, totp_secret = $3, setup_hash = null where id = $1",
        id.uuid(),
        hash,
        seed,
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

async fn close(tx: &mut PlatformTx, id: AdministratorId) -> Result<()> {
    sqlx::query!(
        "update administration.administrator
            set password_hash = null, totp_secret = null, totp_step = null, setup_hash = null where id = $1",
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update administration.session set ended_at = now() where administrator = $1 and ended_at is null",
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A link with a token, of which the hash is kept, and a seed that waits for its first code.
async fn new_link(app: &App, tx: &mut PlatformTx, id: AdministratorId) -> Result<Phi<String>> {
    let token = random_token()?;
    let seed = app.root().seal(place(id), &new_seed()?)?;
    sqlx::query!(
        "update administration.administrator
            set totp_secret = $2, setup_hash = $3, setup_expires_at = now() + interval '1 day' where id = $1",
        id.uuid(),
        seed,
        sha256(&token),
    )
    .execute(tx.conn())
    .await?;
    Ok(Phi::new(format!("{}/platform/setup#{}", app.config.public_origin(), URL_SAFE_NO_PAD.encode(token))))
}

async fn with_email(app: &App, email: &str) -> Result<AdministratorId> {
    let email = address(email)?;
    let mut tx = app.db().platform_unrecorded().await?;
    let id = sqlx::query_scalar!("select id from administration.administrator where email = $1", email)
        .fetch_optional(tx.conn())
        .await?;
    tx.commit().await?;
    id.map(AdministratorId).ok_or_else(|| Error::internal("there is no administrator with this e-mail"))
}

fn address(email: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    validate::email(&email, &()).map_err(|_| Error::internal("this is not an e-mail address"))?;
    Ok(email)
}

/// A transaction with its line in the ledger: done on the server, about that administrator.
async fn recorded(app: &App, id: AdministratorId, action: &str) -> Result<PlatformTx> {
    let mut tx = app.db().platform_unrecorded().await?;
    let reason = format!("administrator {id}, on the server");
    let access = Access { administrator: None, action, practice: None, reason: &reason, denied: false };
    access.write(&mut tx, &Origin::default()).await?;
    Ok(tx)
}

/// Where the seed of an administrator's app lies.
pub fn place(id: AdministratorId) -> Place<'static> {
    Place { table: "administration.administrator", column: "totp_secret", row: id.uuid() }
}

/// Uses a code of an administrator's app; says whether it was right and had not been used before.
///
/// # Errors
/// 503 when the database is away.
pub async fn use_up(app: &App, tx: &mut PlatformTx, id: AdministratorId, code: &Phi<String>) -> Result<bool> {
    let row = sqlx::query!(
        "select email, totp_secret, totp_step from administration.administrator where id = $1 for update",
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some((email, sealed, last)) = row.and_then(|row| Some((row.email, row.totp_secret?, row.totp_step))) else {
        return Ok(false);
    };
    let seed = app.root().open(place(id), &sealed)?;
    let step = Authenticator::new(seed, &email)?.step_of(code.expose(), app.now());
    let Some(step) = step.filter(|step| last.is_none_or(|last| *step > last)) else { return Ok(false) };
    sqlx::query!("update administration.administrator set totp_step = $2 where id = $1", id.uuid(), step)
        .execute(tx.conn())
        .await?;
    Ok(true)
}

/// Seals seeds that lie under an older root key with the current one; answers how many that were.
///
/// # Errors
/// 500 when an older root key is missing.
pub async fn reseal(app: &App) -> Result<u64> {
    let root = app.root();
    let mut tx = app.db().platform_unrecorded().await?;
    let rows = sqlx::query!(
        r#"select id, totp_secret as "seed!" from administration.administrator
            where totp_secret is not null
              and substring(totp_secret from 1 for octet_length($1::bytea)) <> $1::bytea for update"#,
        root.mark(),
    )
    .fetch_all(tx.conn())
    .await?;
    for row in &rows {
        let place = place(AdministratorId(row.id));
        let seed = root.seal(place, &root.open(place, &row.seed)?)?;
        sqlx::query!("update administration.administrator set totp_secret = $2 where id = $1", row.id, seed)
            .execute(tx.conn())
            .await?;
    }
    tx.commit().await?;
    Ok(rows.len() as u64)
}
