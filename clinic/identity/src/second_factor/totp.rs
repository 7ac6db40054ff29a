//! One's own authenticator app: set up, confirmed, used, removed. Its seed lies sealed, and a code serves once: the step
//! that it belongs to must be newer than the last that was used.

use axum::http::StatusCode;
use garde::Validate;
use platform::app::App;
use platform::crypto::Place;
use platform::db::AuthTx;
use platform::error::{Error, Result};
use platform::extract::Body;
use platform::guard::Can;
use platform::id::UserId;
use platform::permission::account as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::challenge::wrong;
use super::codes::{self, RecoveryCodes};
use crate::account::{Proof, prove, slow_down, tell};
use crate::authenticator::{Authenticator, new_seed};

/// The routes of the authenticator app.
pub fn routes() -> Routes {
    Routes::new().route(route!(begin_totp)).route(route!(confirm_totp)).route(route!(remove_totp))
}

/// A new seed, for the app to take; shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TotpSeed {
    /// To be typed where no picture can be taken: base 32.
    secret: Phi<String>,
    /// The same as an address that apps open.
    uri: Phi<String>,
    /// The same as a picture.
    qr_svg: Phi<String>,
}

/// A code that the app shows.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TotpCode {
    #[garde(custom(super::answer::fits))]
    code: Phi<String>,
}

/// Begin to set an authenticator app up. It counts once a code of it has come.
#[utoipa::path(post, path = "/api/v1/account/totp", tag = "identity", request_body = Proof, responses((status = 200, body = TotpSeed)))]
async fn begin_totp(who: Can<may::Write>, Body(proof): Body<Proof>) -> Result<Json<TotpSeed>> {
    let (user, session) = who.person()?;
    let email = prove(&who, proof.password).await?;
    let seed = new_seed()?;
    let sealed = who.app().root().seal(place(user), &seed)?;
    who.write(async move |tx| {
        let put = sqlx::query_scalar!(r#"select auth.put_totp($1, $2) as "put!""#, session.uuid(), sealed)
            .fetch_one(tx.conn())
            .await?;
        if !put {
            return Err(Error::conflict("totp.exists", "An authenticator app is set up already; remove it first."));
        }
        tx.record(Change::done("totp_begin", "user", user.uuid())).await
    })
    .await?;
    let app = Authenticator::new(seed, email.expose())?;
    Ok(Json(TotpSeed { secret: app.secret(), uri: app.uri()?, qr_svg: app.qr_svg()? }))
}

/// Show that the app is set up, by a code of it. Answers the recovery codes, this once.
#[utoipa::path(post, path = "/api/v1/account/totp/confirm", tag = "identity", request_body = TotpCode,
    responses((status = 200, body = RecoveryCodes)))]
async fn confirm_totp(who: Can<may::Write>, Body(asked): Body<TotpCode>) -> Result<Json<RecoveryCodes>> {
    let (user, session) = who.person()?;
    slow_down(&who).await?;
    let mut tx = who.app().db().auth().await?;
    let step = step_of(who.app(), &mut tx, user, false, asked.code.expose()).await?;
    tx.commit().await?;
    let step = step.ok_or_else(|| {
        Error::invalid(Vec::new()).at(
            "/code",
            "wrong",
            "This code is not right; look whether the telephone's clock is.",
        )
    })?;
    let codes = who
        .write(async move |tx| {
            let confirmed =
                sqlx::query_scalar!(r#"select auth.confirm_totp($1, $2) as "confirmed!""#, session.uuid(), step)
                    .fetch_one(tx.conn())
                    .await?;
            if !confirmed {
                return Err(Error::not_found());
            }
            let codes = codes::put(tx, user, session).await?;
            tx.record(Change::done("totp_add", "user", user.uuid())).await?;
            Ok(codes)
        })
        .await?;
    Ok(Json(codes))
}

/// Remove the authenticator app.
#[utoipa::path(post, path = "/api/v1/account/totp/remove", tag = "identity", request_body = Proof, responses((status = 204)))]
async fn remove_totp(who: Can<may::Write>, Body(proof): Body<Proof>) -> Result<StatusCode> {
    let (user, session) = who.person()?;
    prove(&who, proof.password).await?;
    let letter = tell(&who, "second_factor_removed").await?;
    who.write(async move |tx| {
        let removed = sqlx::query_scalar!(r#"select auth.remove_totp($1) as "removed!""#, session.uuid())
            .fetch_one(tx.conn())
            .await?;
        if !removed {
            return Err(Error::not_found());
        }
        tx.queue_mail(&letter).await?;
        tx.record(Change::done("totp_remove", "user", user.uuid())).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Uses a code of an app that is set up.
///
/// # Errors
/// 401 `auth.invalid_code` when it is wrong or was used.
pub async fn use_up(app: &App, tx: &mut AuthTx, user: UserId, code: &str) -> Result<()> {
    let step = step_of(app, tx, user, true, code).await?.ok_or_else(wrong)?;
    sqlx::query!("update auth.totp set last_step = $2 where user_id = $1", user.uuid(), step)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The step that a code belongs to, if it is right and newer than the last that was used.
async fn step_of(app: &App, tx: &mut AuthTx, user: UserId, confirmed: bool, code: &str) -> Result<Option<i64>> {
    let row = sqlx::query!(
        "select seed, last_step from auth.totp
          where user_id = $1 and (confirmed_at is not null) = $2 for update",
        user.uuid(),
        confirmed,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let authenticator = Authenticator::new(app.root().open(place(user), &row.seed)?, "")?;
    let step = authenticator.step_of(code, app.now());
    Ok(step.filter(|step| *step > row.last_step))
}

fn place(user: UserId) -> Place<'static> {
    Place { table: "auth.totp", column: "seed", row: user.uuid() }
}

/// Seals seeds that lie under an older root key with the current one; answers how many that were.
///
/// # Errors
/// 500 when an older root key is missing.
pub async fn reseal(app: &App) -> Result<u64> {
    let root = app.root();
    let mut tx = app.db().auth().await?;
    let rows = sqlx::query!(
        "select user_id, seed from auth.totp where substring(seed from 1 for octet_length($1::bytea)) <> $1::bytea for update",
        root.mark(),
    )
    .fetch_all(tx.conn())
    .await?;
    for row in &rows {
        let place = place(UserId(row.user_id));
        let seed = root.seal(place, &root.open(place, &row.seed)?)?;
        sqlx::query!("update auth.totp set seed = $2 where user_id = $1", row.user_id, seed).execute(tx.conn()).await?;
    }
    tx.commit().await?;
    Ok(rows.len() as u64)
}
