//! A forgotten password: a link by mail, good once and for 30 minutes, with which a new one is chosen.
//!
//! Asking teaches nothing: the answer is the same for every e-mail and comes before anything is looked up; the rest
//! happens behind it. The link carries the token behind a `#`, which browsers do not send to any server, and stands
//! below the configured address, never below the one that a request names. A new password ends every session.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use platform::app::App;
use platform::crypto::{random_token, sha256};
use platform::db::{AuthTx, Origin};
use platform::error::{Error, Result};
use platform::extract::Body;
use platform::guard::Anybody;
use platform::id::UserId;
use platform::limit::{SharedBucket, network_of};
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::Routes;
use platform::{mail, route};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::password;
use crate::person::Person;
use crate::signup::email_address;

/// The routes of forgotten passwords.
pub fn routes() -> Routes {
    Routes::new().route(route!(forgot_password)).route(route!(reset_password))
}

/// Whose password was forgotten.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForgottenPassword {
    #[garde(custom(email_address))]
    email: Phi<String>,
}

/// A link's token, and the password that is to be from now on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordReset {
    /// What stands behind the `#` of the link.
    #[garde(custom(short))]
    token: Phi<String>,
    /// At least ten characters.
    #[garde(custom(password::check))]
    password: Phi<String>,
}

fn short(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().len() <= 100 { Ok(()) } else { Err(garde::Error::new("too_long: This is not a token.")) }
}

/// Ask for a link to choose a new password. The answer is the same whether there is such an account or not.
#[utoipa::path(post, path = "/api/v1/auth/password/forgot", tag = "identity", request_body = ForgottenPassword,
    responses((status = 204, description = "If there is such an account, a mail is on its way")))]
async fn forgot_password(who: Anybody, Body(asked): Body<ForgottenPassword>) -> Result<StatusCode> {
    let Anybody { app, origin } = who;
    throttle(&app, &origin).await?;
    app.behind(write_to(app.clone(), origin, asked.email));
    Ok(StatusCode::NO_CONTENT)
}

/// Choose a new password with the token of a mail. All sessions of the account end.
#[utoipa::path(post, path = "/api/v1/auth/password/reset", tag = "identity", request_body = PasswordReset,
    responses((status = 204, description = "The new password holds; sign in with it")))]
async fn reset_password(who: Anybody, Body(asked): Body<PasswordReset>) -> Result<StatusCode> {
    let Anybody { app, origin } = who;
    throttle(&app, &origin).await?;
    let hash = sha256(&URL_SAFE_NO_PAD.decode(asked.token.expose()).unwrap_or_default());
    let person = find(&app, &hash).await?;
    password::refuse_common("/password", &asked.password, &person.about())?;
    let password = password::hash(asked.password).await?;
    let changed = person.letter("password_changed").with("time", person.reads(app.now())).link(forgotten(&app));
    let mut tx = app.db().auth().await?;
    // of two that come at once, one finds it used
    sqlx::query!(
        "update auth.password_reset set used_at = now() where hash = $1 and used_at is null returning user_id",
        hash
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(used)?;
    replace(&mut tx, person.id, &password).await?;
    mail::queue(&app, &mut tx, &changed).await?;
    tx.commit().await?;
    mail::wake(&app);
    person.record(&app, &origin, |user| Change::done("password_reset", "user", user)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts the new password in place and ends whatever was begun with the old one: links, questions for the second factor,
/// sessions. No browser counts as known any more, as one of them may have been somebody else's.
async fn replace(tx: &mut AuthTx, user: UserId, hash: &str) -> Result<()> {
    let user = user.uuid();
    for query in [
        sqlx::query!("update auth.user set password_hash = $2, version = version + 1 where id = $1", user, hash),
        sqlx::query!("update auth.password_reset set used_at = now() where user_id = $1 and used_at is null", user),
        sqlx::query!("update auth.challenge set used_at = now() where user_id = $1 and used_at is null", user),
        sqlx::query!(
            "update auth.session set ended_at = now(), end_reason = 'password_reset'
              where user_id = $1 and ended_at is null",
            user,
        ),
        sqlx::query!("delete from auth.device where user_id = $1", user),
    ] {
        query.execute(tx.conn()).await?;
    }
    Ok(())
}

/// Where a mail leads that says: it was not me.
pub fn forgotten(app: &App) -> Phi<String> {
    Phi::new(format!("{}/forgot", app.config.public_origin()))
}

async fn throttle(app: &App, origin: &Origin) -> Result<()> {
    let (per_minute, network) = (app.config.sign_ins_per_minute, network_of(origin.ip.as_deref()));
    let bucket = SharedBucket {
        name: "reset.address",
        key: &network,
        burst: per_minute,
        per_second: f64::from(per_minute) / 60.0,
    };
    let mut tx = app.db().auth().await?;
    let taken = bucket.take(&mut tx).await;
    tx.commit().await?;
    taken
}

/// Sends the link, if there is such an account. Nobody is flooded: three mails at once, then one in ten minutes.
async fn write_to(app: App, origin: Origin, email: Phi<String>) -> Result<()> {
    let mut tx = app.db().auth().await?;
    let Some(person) = Person::with_email(&mut tx, email.expose()).await? else { return Ok(()) };
    let account = person.id.to_string();
    let bucket = SharedBucket { name: "reset.account", key: &account, burst: 3, per_second: 1.0 / 600.0 };
    if bucket.take(&mut tx).await.is_err() {
        return Ok(());
    }
    let token = random_token()?;
    sqlx::query!(
        "insert into auth.password_reset (hash, user_id, expires_at) values ($1, $2, now() + interval '30 minutes')",
        sha256(&token),
        person.id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    let link = format!("{}/reset#{}", app.config.public_origin(), URL_SAFE_NO_PAD.encode(token));
    mail::queue(&app, &mut tx, &person.letter("password_reset").link(Phi::new(link))).await?;
    tx.commit().await?;
    mail::wake(&app);
    person.record(&app, &origin, |user| Change::done("password_reset_requested", "user", user)).await
}

/// Whose token it is. Whoever holds 256 bits of chance may know what became of them.
async fn find(app: &App, hash: &[u8]) -> Result<Person> {
    let mut tx = app.db().auth().await?;
    let row = sqlx::query!(
        r#"select user_id, used_at is not null as "used!", expires_at <= now() as "expired!"
             from auth.password_reset where hash = $1"#,
        hash,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(|| gone("reset.unknown", "This link is not one of ours; copy all of it, or ask for a new one."))?;
    if row.used {
        return Err(used());
    }
    if row.expired {
        return Err(gone("reset.expired", "This link was good for 30 minutes; ask for a new one."));
    }
    let person = Person::of(&mut tx, UserId(row.user_id)).await?;
    tx.commit().await?;
    Ok(person)
}

fn gone(code: &'static str, title: &'static str) -> Error {
    Error::new(StatusCode::GONE, code, title)
}

fn used() -> Error {
    gone("reset.used", "This link has been used; sign in with the new password, or ask for a new link.")
}
