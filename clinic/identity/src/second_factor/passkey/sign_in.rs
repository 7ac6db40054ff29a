//! Signing in with a passkey: as the second factor behind a password, or alone.

use garde::Validate;
use platform::app::App;
use platform::db::{AuthTx, Caller, Origin};
use platform::error::{Error, Result};
use platform::extract::Body;
use platform::guard::Anybody;
use platform::id::{PracticeId, UserId};
use platform::limit::{SharedBucket, network_of};
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PasskeyAuthentication, PublicKeyCredential};

use super::super::Factor;
use super::super::challenge::{self, Question};
use super::{of, open, read, relying_party, seal, used, wrong};
use crate::session::{self, Session, Signed};

/// The routes of signing in with a passkey.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(second_factor_passkey_options))
        .route(route!(second_factor_passkey))
        .route(route!(passkey_options))
        .route(route!(passkey))
}

/// A question for the second factor.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyFactor {
    #[garde(custom(challenge::fits))]
    challenge: Phi<String>,
}

/// What the browser needs to use a passkey.
#[derive(Debug, Serialize, ToSchema)]
struct PasskeyUse {
    /// `PublicKeyCredentialRequestOptionsJSON`.
    #[schema(value_type = Object)]
    options: Value,
}

/// What the browser gave for the second factor.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyFactorAnswer {
    #[garde(custom(challenge::fits))]
    challenge: Phi<String>,
    /// `AuthenticationResponseJSON`.
    #[garde(skip)]
    #[schema(value_type = Object)]
    credential: Value,
}

/// Nothing is asked: the passkey says who it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeySignIn {}

/// A question for a passkey, and what the browser needs to answer it.
#[derive(Debug, Serialize, ToSchema)]
struct PasskeyQuestion {
    /// To be sent back with what the browser gives, within five minutes.
    challenge: Phi<String>,
    /// `PublicKeyCredentialRequestOptionsJSON`.
    #[schema(value_type = Object)]
    options: Value,
}

/// What the browser gave.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PasskeyAnswer {
    #[garde(custom(challenge::fits))]
    challenge: Phi<String>,
    /// `AuthenticationResponseJSON`.
    #[garde(skip)]
    #[schema(value_type = Object)]
    credential: Value,
    /// Which practice, for somebody who works in several; without it the one joined first.
    #[garde(inner(length(max = 40)))]
    practice_slug: Option<String>,
}

/// Ask for a passkey as the second factor.
#[utoipa::path(post, path = "/api/v1/auth/second-factor/passkey/options", tag = "identity", request_body = PasskeyFactor,
    responses((status = 200, body = PasskeyUse)))]
async fn second_factor_passkey_options(who: Anybody, Body(asked): Body<PasskeyFactor>) -> Result<Json<PasskeyUse>> {
    let app = who.app;
    let mut tx = app.db().auth().await?;
    let question = Question::find(&mut tx, "second_factor", &asked.challenge).await?;
    let user = question.user.ok_or_else(wrong)?;
    let (request, state) =
        relying_party(&app)?.start_passkey_authentication(&of(&mut tx, user).await?).map_err(|_| wrong())?;
    question.keep(&mut tx, &seal(&app, Some(user), &state)?).await?;
    tx.commit().await?;
    Ok(Json(PasskeyUse { options: serde_json::to_value(&request.public_key).map_err(Error::internal)? }))
}

/// Answer the question for the second factor with a passkey.
#[utoipa::path(post, path = "/api/v1/auth/second-factor/passkey", tag = "identity", request_body = PasskeyFactorAnswer,
    responses((status = 200, body = Session)))]
async fn second_factor_passkey(who: Anybody, Body(asked): Body<PasskeyFactorAnswer>) -> Result<Signed> {
    let Anybody { app, origin } = who;
    let credential: PublicKeyCredential = read(asked.credential)?;
    let mut tx = app.db().auth().await?;
    let question = Question::find(&mut tx, "second_factor", &asked.challenge).await?;
    let (Some(user), Some(practice)) = (question.user, question.practice) else { return Err(wrong()) };
    let state: PasskeyAuthentication = open(&app, Some(user), question.state.as_ref())?;
    let known =
        of(&mut tx, user).await?.into_iter().find(|key| key.cred_id().as_slice() == credential.get_credential_id());
    let outcome = relying_party(&app)?.finish_passkey_authentication(&credential, &state);
    let (Some(passkey), Ok(result)) = (known, outcome) else {
        question.missed(&mut tx).await?;
        tx.commit().await?;
        refused(&app, origin, user, practice).await?;
        return Err(wrong());
    };
    used(&mut tx, user, passkey, &result).await?;
    question.answered(&mut tx).await?;
    tx.commit().await?;
    session::open(&app, &origin, user, practice, Factor::Passkey).await
}

/// Ask for a passkey, of whoever has one.
#[utoipa::path(post, path = "/api/v1/auth/passkey/options", tag = "identity", request_body = PasskeySignIn,
    responses((status = 200, body = PasskeyQuestion)))]
async fn passkey_options(who: Anybody, Body(PasskeySignIn {}): Body<PasskeySignIn>) -> Result<Json<PasskeyQuestion>> {
    let Anybody { app, origin } = who;
    throttle(&app, &origin).await?;
    let (request, state) = relying_party(&app)?.start_discoverable_authentication().map_err(Error::internal)?;
    let mut tx = app.db().auth().await?;
    let challenge = Question::passkey(seal(&app, None, &state)?).put(&mut tx).await?;
    tx.commit().await?;
    let options = serde_json::to_value(&request.public_key).map_err(Error::internal)?;
    Ok(Json(PasskeyQuestion { challenge, options }))
}

/// Sign in with a passkey alone. It proves the device and, by its finger or PIN, the person: both factors.
#[utoipa::path(post, path = "/api/v1/auth/passkey", tag = "identity", request_body = PasskeyAnswer,
    responses((status = 200, body = Session)))]
async fn passkey(who: Anybody, Body(asked): Body<PasskeyAnswer>) -> Result<Signed> {
    let Anybody { app, origin } = who;
    throttle(&app, &origin).await?;
    let credential: PublicKeyCredential = read(asked.credential)?;
    let party = relying_party(&app)?;
    let mut tx = app.db().auth().await?;
    let question = Question::find(&mut tx, "passkey", &asked.challenge).await?;
    let state: DiscoverableAuthentication = open(&app, None, question.state.as_ref())?;
    // whatever comes of it, the question was answered
    question.answered(&mut tx).await?;
    let found = match party.identify_discoverable_authentication(&credential) {
        Ok((user, id)) => {
            find(&mut tx, UserId(user), id, origin.practice_wanted(asked.practice_slug.as_deref())).await?
        }
        Err(_) => None,
    };
    let Some(Found { user, practice, passkey }) = found else {
        tx.commit().await?;
        return Err(wrong());
    };
    match party.finish_discoverable_authentication_v2(&credential, state, &passkey) {
        Ok(result) => {
            used(&mut tx, user, passkey, &result).await?;
            tx.commit().await?;
            session::open(&app, &origin, user, practice, Factor::Passkey).await
        }
        Err(_) => {
            tx.commit().await?;
            refused(&app, origin, user, practice).await?;
            Err(wrong())
        }
    }
}

/// Nothing can be guessed here; the limit only keeps questions from piling up.
async fn throttle(app: &App, origin: &Origin) -> Result<()> {
    let (per_minute, network) = (app.config.sign_ins_per_minute, network_of(origin.ip.as_deref()));
    let per_second = f64::from(per_minute) / 30.0;
    let bucket =
        SharedBucket { name: "passkey.address", key: &network, burst: per_minute.saturating_mul(2), per_second };
    let mut tx = app.db().auth().await?;
    let taken = bucket.take(&mut tx).await;
    tx.commit().await?;
    taken
}

/// Whose passkey answered, and where it leads.
struct Found {
    user: UserId,
    practice: PracticeId,
    passkey: Passkey,
}

async fn find(tx: &mut AuthTx, user: UserId, credential_id: &[u8], slug: Option<&str>) -> Result<Option<Found>> {
    let row = sqlx::query!(
        "select k.credential, p.practice_id
           from auth.passkey k
           join auth.membership m on m.user_id = k.user_id and m.status = 'active'
           join platform.practice p on p.practice_id = m.practice_id and p.status = 'active'
          where k.user_id = $1 and k.credential_id = $2 and ($3::text is null or p.slug = $3)
          order by m.created_at limit 1",
        user.uuid(),
        credential_id,
        slug,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let passkey = serde_json::from_value(row.credential).map_err(Error::internal)?;
    Ok(Some(Found { user, practice: PracticeId(row.practice_id), passkey }))
}

async fn refused(app: &App, origin: Origin, user: UserId, practice: PracticeId) -> Result<()> {
    let caller = Caller { origin, ..Caller::system(practice) };
    app.door
        .write_regardless(&caller, async move |tx| {
            tx.record(Change::done("passkey", "user", user.uuid()).refused()).await
        })
        .await
}
