//! One's own passkeys: adding and removing them.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use garde::Validate;
use jiff::Timestamp;
use platform::error::{Error, OnConstraint as _, Result};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::account as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use webauthn_rs::prelude::PasskeyRegistration;
use webauthn_rs_proto::ResidentKeyRequirement;

use super::super::Passkey;
use super::super::challenge::{self, Question};
use super::{of, open, read, relying_party, seal};
use crate::account::{Proof, prove, slow_down, tell};

/// The routes of one's own passkeys.
pub fn routes() -> Routes {
    Routes::new().route(route!(passkey_options)).route(route!(add_passkey)).route(route!(remove_passkey))
}

/// What the browser needs to make a passkey.
#[derive(Debug, Serialize, ToSchema)]
struct PasskeyCreation {
    /// To be sent back with what the browser gives, within five minutes.
    challenge: Phi<String>,
    /// `PublicKeyCredentialCreationOptionsJSON`.
    #[schema(value_type = Object)]
    options: Value,
}

/// A passkey that the browser has made.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskey {
    #[garde(custom(challenge::fits))]
    challenge: Phi<String>,
    /// What its person calls it.
    #[garde(length(chars, max = 80), custom(validate::line))]
    name: String,
    /// `RegistrationResponseJSON`.
    #[garde(skip)]
    #[schema(value_type = Object)]
    credential: Value,
}

/// Begin to add a passkey.
#[utoipa::path(post, path = "/api/v1/account/passkeys/options", tag = "identity", request_body = Proof,
    responses((status = 200, body = PasskeyCreation)))]
async fn passkey_options(who: Can<may::Write>, Body(proof): Body<Proof>) -> Result<Json<PasskeyCreation>> {
    let (user, _) = who.person()?;
    let email = prove(&who, proof.password).await?;
    let mut tx = who.app().db().auth().await?;
    let known = of(&mut tx, user).await?.iter().map(|passkey| passkey.cred_id().clone()).collect();
    let (mut creation, state) = relying_party(who.app())?
        .start_passkey_registration(user.uuid(), email.expose(), email.expose(), Some(known))
        .map_err(Error::internal)?;
    // so that it can be found without an e-mail; where there is no room for that, it serves as second factor
    if let Some(selection) = &mut creation.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Preferred);
    }
    let state = seal(who.app(), Some(user), &state)?;
    let challenge = Question::add_passkey(user, state).put(&mut tx).await?;
    tx.commit().await?;
    let options = serde_json::to_value(&creation.public_key).map_err(Error::internal)?;
    Ok(Json(PasskeyCreation { challenge, options }))
}

/// Add the passkey that the browser has made.
#[utoipa::path(post, path = "/api/v1/account/passkeys", tag = "identity", request_body = NewPasskey,
    responses((status = 201, body = Passkey)))]
async fn add_passkey(who: Can<may::Write>, Body(asked): Body<NewPasskey>) -> Result<Response> {
    let (user, session) = who.person()?;
    slow_down(&who).await?;
    let mut tx = who.app().db().auth().await?;
    let question = Question::find(&mut tx, "add_passkey", &asked.challenge).await?;
    if question.user != Some(user) {
        return Err(Error::not_found());
    }
    let state: PasskeyRegistration = open(who.app(), Some(user), question.state.as_ref())?;
    let credential = read(asked.credential)?;
    question.answered(&mut tx).await?;
    tx.commit().await?;
    let made = relying_party(who.app())?.finish_passkey_registration(&credential, &state).map_err(|error| {
        tracing::info!(%error, "a new passkey was refused");
        Error::invalid(Vec::new()).at("/credential", "refused", "The passkey does not fit; begin again.")
    })?;
    let passkey = Passkey {
        id: Uuid::now_v7(),
        name: asked.name.trim().to_owned(),
        created_at: who.app().now(),
        last_used_at: None::<Timestamp>,
    };
    let (id, name, credential_id) = (passkey.id, passkey.name.clone(), made.cred_id().to_vec());
    let made = serde_json::to_value(&made).map_err(Error::internal)?;
    who.write(async move |tx| {
        sqlx::query!("select auth.add_passkey($1, $2, $3, $4, $5)", session.uuid(), id, credential_id, made, name)
            .execute(tx.conn())
            .await
            .on_constraint("passkey_credential_key", || {
                Error::conflict("passkey.exists", "This passkey is in use already.")
            })?;
        tx.record(Change::done("passkey_add", "passkey", id)).await
    })
    .await?;
    Ok((StatusCode::CREATED, Json(passkey)).into_response())
}

/// Remove one of one's own passkeys.
#[utoipa::path(post, path = "/api/v1/account/passkeys/{id}/remove", tag = "identity", request_body = Proof,
    params(("id" = Uuid, Path, description = "The passkey")), responses((status = 204)))]
async fn remove_passkey(who: Can<may::Write>, Path(id): Path<Uuid>, Body(proof): Body<Proof>) -> Result<StatusCode> {
    let (_, session) = who.person()?;
    prove(&who, proof.password).await?;
    let letter = tell(&who, "second_factor_removed").await?;
    who.write(async move |tx| {
        let removed = sqlx::query_scalar!(r#"select auth.remove_passkey($1, $2) as "removed!""#, session.uuid(), id)
            .fetch_one(tx.conn())
            .await?;
        if !removed {
            return Err(Error::not_found());
        }
        tx.queue_mail(&letter).await?;
        tx.record(Change::done("passkey_remove", "passkey", id)).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
