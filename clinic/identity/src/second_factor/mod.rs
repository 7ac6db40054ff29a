//! Second factors: codes of an authenticator app, passkeys, and recovery codes for the day when the telephone is gone.
//! What a practice demands, what an account has, and the question that sign-in asks.

mod answer;
pub mod challenge;
mod codes;
#[cfg(feature = "passkeys")]
mod passkey;
mod totp;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use platform::app::App;
use platform::db::AuthTx;
use platform::error::Result;
use platform::guard::Can;
use platform::id::{PracticeId, UserId};
use platform::permission::{Permission as _, Rights, account as may, patients};
use platform::phi::Phi;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use totp::reseal;

/// How long somebody who has just joined may go without.
const GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The routes of second factors.
pub fn routes() -> Routes {
    let routes = Routes::new()
        .route(route!(second_factors))
        .merge(answer::routes())
        .merge(totp::routes())
        .merge(codes::routes());
    #[cfg(feature = "passkeys")]
    let routes = routes.merge(passkey::routes());
    routes
}

/// With which second factor a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// With none.
    None,
    /// A code of an authenticator app, or a recovery code in its place.
    Totp,
    /// A passkey.
    Passkey,
}

impl Factor {
    /// The word for it in the database.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Totp => Some("totp"),
            Self::Passkey => Some("passkey"),
        }
    }

    /// The factor of that word.
    #[must_use]
    pub fn from_name(name: Option<&str>) -> Self {
        match name {
            Some("totp") => Self::Totp,
            Some("passkey") => Self::Passkey,
            _ => Self::None,
        }
    }
}

/// Of whom a practice demands a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Of nobody.
    Nobody,
    /// Of whoever may see patients.
    Patients,
    /// Of everybody.
    Everybody,
}

impl Demand {
    /// The demand of that word; of one that this version does not know, the strictest.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "nobody" => Self::Nobody,
            "patients" => Self::Patients,
            _ => Self::Everybody,
        }
    }

    /// The word for it in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Patients => "patients",
            Self::Everybody => "everybody",
        }
    }

    /// Until when somebody with these rights, who joined then, must have set one up.
    #[must_use]
    pub fn until(self, rights: &Rights, joined: Timestamp) -> Option<Timestamp> {
        let demanded = match self {
            Self::Nobody => false,
            Self::Patients => rights.may(patients::Read::NAME),
            Self::Everybody => true,
        };
        demanded.then(|| joined + GRACE)
    }
}

/// A way to give the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A code of an authenticator app.
    Totp,
    /// A passkey.
    Passkey,
    /// A recovery code.
    RecoveryCode,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// The question that sign-in goes on with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SecondFactorNeeded {
    /// To be sent back with the answer, within five minutes.
    pub challenge: Phi<String>,
    /// What would do.
    pub methods: Vec<Method>,
}

impl SecondFactorNeeded {
    /// As the fragment of an address, for a page that somebody is sent to: `challenge=…&methods=totp,passkey`.
    #[must_use]
    pub fn in_address(&self) -> String {
        let methods: Vec<_> = self.methods.iter().map(|method| method.name()).collect();
        format!("challenge={}&methods={}", self.challenge.expose(), methods.join(","))
    }
}

impl IntoResponse for SecondFactorNeeded {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self)).into_response()
    }
}

/// What the account can be asked for; empty when it has no second factor. A passkey counts also while the server cannot
/// take one (without the feature, or without a host name): what is out of order keeps people out and lets nobody in.
pub async fn methods(tx: &mut AuthTx, user: UserId) -> Result<Vec<Method>> {
    let has = sqlx::query!(
        r#"select exists (select from auth.totp where user_id = $1 and confirmed_at is not null) as "totp!",
                  exists (select from auth.passkey where user_id = $1) as "passkey!",
                  exists (select from auth.recovery_code where user_id = $1 and used_at is null) as "code!""#,
        user.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    // codes alone are no second factor: they come with one
    let codes = has.code && (has.totp || has.passkey);
    let all = [(has.totp, Method::Totp), (has.passkey, Method::Passkey), (codes, Method::RecoveryCode)];
    Ok(all.into_iter().filter(|(has, _)| *has).map(|(_, method)| method).collect())
}

/// The question for an account that has a second factor.
pub async fn ask(app: &App, user: UserId, practice: PracticeId) -> Result<Option<SecondFactorNeeded>> {
    let mut tx = app.db().auth().await?;
    let methods = methods(&mut tx, user).await?;
    if methods.is_empty() {
        return Ok(None);
    }
    let challenge = challenge::Question::second_factor(user, practice).put(&mut tx).await?;
    tx.commit().await?;
    Ok(Some(SecondFactorNeeded { challenge, methods }))
}

/// What an account has beyond its password.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SecondFactors {
    /// The authenticator app.
    #[schema(required)]
    totp: Option<TotpState>,
    /// Recovery codes that were not used yet.
    recovery_codes_left: i64,
    /// Passkeys, the newest first.
    passkeys: Vec<Passkey>,
    /// Whether the practice demands one.
    required: bool,
}

/// An authenticator app that is set up.
#[derive(Debug, Serialize, ToSchema)]
struct TotpState {
    enabled: bool,
    since: Timestamp,
}

/// A passkey, by the name that its person gave it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    id: Uuid,
    name: String,
    created_at: Timestamp,
    #[schema(required)]
    last_used_at: Option<Timestamp>,
}

/// One's own second factors.
#[utoipa::path(get, path = "/api/v1/account/second-factors", tag = "identity", responses((status = 200, body = SecondFactors)))]
async fn second_factors(who: Can<may::Read>) -> Result<Json<SecondFactors>> {
    let (user, _) = who.person()?;
    // the signature alone does not say that the session lives
    who.read(async |_| Ok(())).await?;
    let mut tx = who.app().db().auth().await?;
    let row = sqlx::query!(
        r#"select p.second_factor as demanded, t.confirmed_at,
                  (select count(*) from auth.recovery_code c where c.user_id = $1 and c.used_at is null) as "codes!"
             from platform.practice p left join auth.totp t on t.user_id = $1 where p.practice_id = $2"#,
        user.uuid(),
        who.practice().uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    let passkeys = sqlx::query!(
        "select id, name, created_at, last_used_at from auth.passkey where user_id = $1 order by id desc",
        user.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let passkeys = passkeys.into_iter().map(|row| Passkey {
        id: row.id,
        name: row.name,
        created_at: row.created_at.to_jiff(),
        last_used_at: row.last_used_at.map(|at| at.to_jiff()),
    });
    Ok(Json(SecondFactors {
        totp: row.confirmed_at.map(|since| TotpState { enabled: true, since: since.to_jiff() }),
        recovery_codes_left: row.codes,
        passkeys: passkeys.collect(),
        required: Demand::from_name(&row.demanded).until(who.rights(), Timestamp::UNIX_EPOCH).is_some(),
    }))
}

#[cfg(test)]
mod tests {
    use platform::permission::Role;

    use super::*;

    #[test]
    fn who_may_see_patients_needs_one_after_a_week() {
        let joined: Timestamp = "2026-11-21T08:00:00Z".parse().expect("an instant");
        let until = |demand: Demand, role| demand.until(&Rights::Of(role), joined).map(|at| at.to_string());
        let week = Some("2026-11-28T08:00:00Z".to_owned());
        for role in Role::ALL {
            assert_eq!(until(Demand::Nobody, role), None);
            assert_eq!(until(Demand::Everybody, role), week);
            assert_eq!(until(Demand::Patients, role), week.clone().filter(|_| role != Role::Accountant), "{role:?}");
        }
        for demand in [Demand::Nobody, Demand::Patients, Demand::Everybody] {
            assert_eq!(Demand::from_name(demand.name()), demand);
        }
        assert_eq!(Demand::from_name("what a later version knows"), Demand::Everybody);
    }
}
