//! Signing in as an administrator: e-mail and password, then a code of the authenticator app. Always both. What is
//! wrong is not told; each attempt takes one Argon2id.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use identity::{Authenticator, password};
use platform::App;
use platform::crypto::{random_token, sha256};
use platform::db::Origin;
use platform::error::{Error, Result};
use platform::extract::Body;
use platform::guard::Anybody;
use platform::id::AdministratorId;
use platform::limit::{SharedBucket, network_of};
use platform::phi::Phi;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::{place, use_up};
use crate::session::{AdminSession, Opened, open, refused};

/// Wrong codes that a challenge bears.
const WRONG: i32 = 5;

/// The routes of signing in.
pub fn routes() -> Routes {
    Routes::new().route(route!(sign_in)).route(route!(give_code)).route(route!(look_at_setup)).route(route!(set_up))
}

/// E-mail and password of an administrator.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AdminLogin {
    #[garde(custom(email_address))]
    email: Phi<String>,
    #[garde(custom(password::fits))]
    password: Phi<String>,
}

fn email_address(value: &Phi<String>, (): &()) -> garde::Result {
    validate::email(value.expose(), &())
}

/// The question for the code.
#[derive(Debug, Serialize, ToSchema)]
struct CodeNeeded {
    /// To be sent back with the code, within five minutes.
    challenge: Phi<String>,
}

impl IntoResponse for CodeNeeded {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self)).into_response()
    }
}

/// A code of the authenticator app.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdminCode {
    #[garde(custom(short))]
    challenge: Phi<String>,
    #[garde(custom(short))]
    code: Phi<String>,
}

/// A token or a code as it comes back.
pub fn short(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().len() <= 100 { Ok(()) } else { Err(garde::Error::new("too_long: This is far too long.")) }
}

/// Sign in as an administrator. The code is asked for next.
#[utoipa::path(post, path = "/api/v1/admin/auth/login", tag = "administration", request_body = AdminLogin,
    responses((status = 202, body = CodeNeeded, description = "The password is right; a code is needed")))]
async fn sign_in(who: Anybody, Body(asked): Body<AdminLogin>) -> Result<CodeNeeded> {
    let Anybody { app, origin } = who;
    let email = asked.email.expose().trim().to_lowercase();
    slow_down(&app, &origin, &email).await?;
    let mut tx = app.db().platform_unrecorded().await?;
    let found = sqlx::query!(
        "select id, password_hash from administration.administrator where email = $1 and removed_at is null",
        email,
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    let (id, hash) = found.map_or((None, None), |row| (Some(AdministratorId(row.id)), row.password_hash));
    let right = password::verify(asked.password, hash).await?;
    match id {
        Some(id) if right => ask(&app, id).await,
        id => {
            app.behind(refused(app.clone(), origin, id, "e-mail or password is not right"));
            Err(Error::unauthorized("auth.invalid_credentials", "E-mail or password is not right."))
        }
    }
}

async fn ask(app: &App, id: AdministratorId) -> Result<CodeNeeded> {
    let token = random_token()?;
    let mut tx = app.db().platform_unrecorded().await?;
    sqlx::query!("delete from administration.challenge where expires_at < now()").execute(tx.conn()).await?;
    sqlx::query!(
        "insert into administration.challenge (hash, administrator, expires_at) values ($1, $2, now() + interval '5 minutes')",
        sha256(&token),
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(CodeNeeded { challenge: Phi::new(URL_SAFE_NO_PAD.encode(token)) })
}

/// Give the code, and be signed in.
#[utoipa::path(post, path = "/api/v1/admin/auth/second-factor", tag = "administration", request_body = AdminCode,
    responses((status = 200, body = AdminSession)))]
async fn give_code(who: Anybody, Body(asked): Body<AdminCode>) -> Result<Opened> {
    let Anybody { app, origin } = who;
    let hash = sha256(&URL_SAFE_NO_PAD.decode(asked.challenge.expose()).unwrap_or_default());
    let mut tx = app.db().platform_unrecorded().await?;
    let asked_of = sqlx::query_scalar!(
        "select c.administrator from administration.challenge c
           join administration.administrator a on a.id = c.administrator and a.removed_at is null and a.password_hash is not null
          where c.hash = $1 and c.expires_at > now() and c.tries < $2 for update of c",
        hash,
        WRONG,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(id) = asked_of.map(AdministratorId) else {
        return Err(Error::unauthorized(
            "auth.challenge_expired",
            "This took too long or was tried too often; begin again.",
        ));
    };
    count_code(&app, id).await?;
    if use_up(&app, &mut tx, id, &asked.code).await? {
        sqlx::query!("delete from administration.challenge where hash = $1", hash).execute(tx.conn()).await?;
        let opened = open(&mut tx, &origin, id).await?;
        tx.commit().await?;
        return Ok(opened);
    }
    sqlx::query!("update administration.challenge set tries = tries + 1 where hash = $1", hash)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    refused(app, origin, Some(id), "the code is not right").await?;
    Err(Error::unauthorized("auth.invalid_code", "This code is not right; try the next one."))
}

/// A token of a link that was printed on the server.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetupToken {
    /// What stands behind the `#` of the link.
    #[garde(custom(short))]
    token: Phi<String>,
}

/// What the account is to be set up with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Setup {
    name: Phi<String>,
    email: Phi<String>,
    /// To be typed where no picture can be taken: base 32.
    secret: Phi<String>,
    /// The same as an address that apps open.
    uri: Phi<String>,
    /// The same as a picture.
    qr_svg: Phi<String>,
}

/// A password, and the first code of the app.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSetup {
    #[garde(custom(short))]
    token: Phi<String>,
    /// At least ten characters.
    #[garde(custom(password::check))]
    password: Phi<String>,
    #[garde(custom(short))]
    code: Phi<String>,
}

/// An account that waits to be set up.
struct Pending {
    id: AdministratorId,
    name: String,
    email: String,
    seed: Vec<u8>,
}

/// Look at what a set-up link is for.
#[utoipa::path(post, path = "/api/v1/admin/auth/setup/look", tag = "administration", request_body = SetupToken,
    responses((status = 200, body = Setup)))]
async fn look_at_setup(who: Anybody, Body(asked): Body<SetupToken>) -> Result<Json<Setup>> {
    let Anybody { app, origin } = who;
    slow_down(&app, &origin, "setup").await?;
    let pending = pending(&app, &asked.token).await?;
    let authenticator = Authenticator::new(pending.seed, &pending.email)?;
    Ok(Json(Setup {
        name: Phi::new(pending.name),
        email: Phi::new(pending.email),
        secret: authenticator.secret(),
        uri: authenticator.uri()?,
        qr_svg: authenticator.qr_svg()?,
    }))
}

/// Set the account up, and be signed in. The link serves no second time.
#[utoipa::path(post, path = "/api/v1/admin/auth/setup", tag = "administration", request_body = NewSetup,
    responses((status = 200, body = AdminSession)))]
async fn set_up(who: Anybody, Body(asked): Body<NewSetup>) -> Result<Opened> {
    let Anybody { app, origin } = who;
    slow_down(&app, &origin, "setup").await?;
    let Pending { id, name, email, .. } = pending(&app, &asked.token).await?;
    password::refuse_common("/password", &asked.password, &[&name, &email])?;
    count_code(&app, id).await?;
    let hash = password::hash(asked.password).await?;
    let mut tx = app.db().platform_unrecorded().await?;
    if !use_up(&app, &mut tx, id, &asked.code).await? {
        let wrong = "This code is not right; look whether the telephone's clock is.";
        return Err(Error::invalid(Vec::new()).at("/code", "wrong", wrong));
    }
    let done = sqlx::query!(
        "update administration.administrator set password_hash = $2, setup_hash = null, setup_expires_at = null
          where id = $1 and setup_hash = $3",
        id.uuid(),
        hash,
        token_hash(&asked.token),
    )
    .execute(tx.conn())
    .await?;
    // of two who use the link at once, one does
    if done.rows_affected() == 0 {
        return Err(link_is_over());
    }
    let opened = open(&mut tx, &origin, id).await?;
    tx.commit().await?;
    Ok(opened)
}

async fn pending(app: &App, token: &Phi<String>) -> Result<Pending> {
    let mut tx = app.db().platform_unrecorded().await?;
    let row = sqlx::query!(
        r#"select id, name, email, totp_secret as "seed!" from administration.administrator
            where setup_hash = $1 and setup_expires_at > now() and removed_at is null and totp_secret is not null"#,
        token_hash(token),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(link_is_over)?;
    tx.commit().await?;
    let id = AdministratorId(row.id);
    Ok(Pending { id, name: row.name, email: row.email, seed: app.root().open(place(id), &row.seed)? })
}

fn token_hash(token: &Phi<String>) -> Vec<u8> {
    sha256(&URL_SAFE_NO_PAD.decode(token.expose()).unwrap_or_default())
}

fn link_is_over() -> Error {
    Error::new(
        StatusCode::GONE,
        "setup.over",
        "This link was used, has run out or never was; `vantage admin reset` on the server makes a new one.",
    )
}

/// Per network, and per account *and* network, so that nobody can lock another one out. Apart from the limits of
/// practices.
async fn slow_down(app: &App, origin: &Origin, whom: &str) -> Result<()> {
    let (per_minute, network) = (app.config.sign_ins_per_minute, network_of(origin.ip.as_deref()));
    let account = format!("{whom}|{network}");
    let buckets = [
        SharedBucket {
            name: "admin.sign_in.address",
            key: &network,
            burst: per_minute,
            per_second: f64::from(per_minute) / 60.0,
        },
        SharedBucket { name: "admin.sign_in.account", key: &account, burst: per_minute.min(10), per_second: 0.1 },
    ];
    let mut tx = app.db().auth().await?;
    let mut taken = Ok(());
    for bucket in buckets {
        taken = taken.and(bucket.take(&mut tx).await);
    }
    tx.commit().await?;
    taken
}

/// Codes have six digits: an account bears ten attempts at once and three a minute, wherever they come from. Whoever
/// gets here has the password already.
///
/// # Errors
/// 429 with when to come back.
pub async fn count_code(app: &App, id: AdministratorId) -> Result<()> {
    let key = id.to_string();
    let mut tx = app.db().auth().await?;
    let taken = SharedBucket { name: "admin.code", key: &key, burst: 10, per_second: 0.05 }.take(&mut tx).await;
    tx.commit().await?;
    taken
}
