//! Passkeys (WebAuthn level 3): set up and removed in one's account (`own.rs`), used to sign in (`sign_in.rs`), as the
//! second factor or alone.
//!
//! The relying party is the host of the public address; its sub-domains, where practices live, are origins of it as
//! well. Verification of the person (a finger, a PIN) is always asked for, so that a passkey alone is two factors. What
//! an answer is checked against stays on this side, sealed, for five minutes.

mod own;
mod sign_in;

use axum::http::StatusCode;
use platform::app::App;
use platform::crypto::Place;
use platform::db::AuthTx;
use platform::error::{Error, Result};
use platform::id::UserId;
use platform::routes::Routes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{AuthenticationResult, Passkey, Url, Webauthn, WebauthnBuilder};

/// The routes of passkeys.
pub fn routes() -> Routes {
    Routes::new().merge(own::routes()).merge(sign_in::routes())
}

/// What browsers are told that we are.
///
/// # Errors
/// 409 when the public address has no host name: passkeys belong to names.
pub fn relying_party(app: &App) -> Result<Webauthn> {
    let origin = Url::parse(&app.config.public_origin()).map_err(Error::internal)?;
    let host = origin.domain().ok_or_else(unavailable)?.to_owned();
    WebauthnBuilder::new(&host, &origin)
        .and_then(|builder| builder.rp_name("Vantage").allow_subdomains(true).build())
        .map_err(|_| unavailable())
}

fn unavailable() -> Error {
    Error::conflict("passkey.unavailable", "Passkeys need a public address with a host name; see public_url.")
}

/// 401 for a passkey that is not right, or not known.
fn wrong() -> Error {
    Error::new(StatusCode::UNAUTHORIZED, "auth.invalid_passkey", "This passkey is not right or not known here.")
}

/// What an answer is checked against, bound to whom it was asked of.
fn seal(app: &App, user: Option<UserId>, state: &impl Serialize) -> Result<Vec<u8>> {
    app.root().seal(place(user), &serde_json::to_vec(state).map_err(Error::internal)?)
}

fn open<T: DeserializeOwned>(app: &App, user: Option<UserId>, state: Option<&Vec<u8>>) -> Result<T> {
    let state = app.root().open(place(user), state.ok_or_else(wrong)?)?;
    serde_json::from_slice(&state).map_err(Error::internal)
}

fn place(user: Option<UserId>) -> Place<'static> {
    Place { table: "auth.challenge", column: "state", row: user.map_or(Uuid::nil(), UserId::uuid) }
}

/// What the browser gave, as the library reads it.
fn read<T: DeserializeOwned>(credential: Value) -> Result<T> {
    serde_json::from_value(credential).map_err(|_| {
        Error::invalid(Vec::new()).at(
            "/credential",
            "invalid",
            "Send what the browser gave, as PublicKeyCredential.toJSON says it.",
        )
    })
}

/// The passkeys of an account.
async fn of(tx: &mut AuthTx, user: UserId) -> Result<Vec<Passkey>> {
    let rows = sqlx::query_scalar!("select credential from auth.passkey where user_id = $1 order by id", user.uuid())
        .fetch_all(tx.conn())
        .await?;
    rows.into_iter().map(|row| serde_json::from_value(row).map_err(Error::internal)).collect()
}

/// A passkey has answered rightly: its counter is kept, by which a copy is known.
async fn used(tx: &mut AuthTx, user: UserId, mut passkey: Passkey, result: &AuthenticationResult) -> Result<()> {
    passkey.update_credential(result);
    sqlx::query!(
        "update auth.passkey set credential = $3, last_used_at = now() where user_id = $1 and credential_id = $2",
        user.uuid(),
        passkey.cred_id().as_slice(),
        serde_json::to_value(&passkey).map_err(Error::internal)?,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
