//! The answer to the question for the second factor: six digits of the app, or a recovery code.

use garde::Validate;
use platform::app::App;
use platform::db::{AuthTx, Caller, Origin};
use platform::error::Result;
use platform::extract::Body;
use platform::guard::Anybody;
use platform::id::{PracticeId, UserId};
use platform::limit::{SharedBucket, network_of};
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::Routes;
use platform::{mail, route};
use serde::Deserialize;
use utoipa::ToSchema;

use super::challenge::{self, Question, wrong};
use super::{Factor, codes, totp};
use crate::device;
use crate::person::Person;
use crate::reset;
use crate::session::{self, Session, Signed};

/// The route of the answer.
pub fn routes() -> Routes {
    Routes::new().route(route!(second_factor))
}

/// The answer to a question for the second factor.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondFactorAnswer {
    /// The question's.
    #[garde(custom(challenge::fits))]
    challenge: Phi<String>,
    /// Six digits of the app, or a recovery code.
    #[garde(custom(fits))]
    code: Phi<String>,
}

/// A code as people type it.
pub fn fits(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().len() <= 60 { Ok(()) } else { Err(garde::Error::new("too_long: This is not a code.")) }
}

/// Answer the question for the second factor. A wrong code may be followed by another, up to five times.
#[utoipa::path(post, path = "/api/v1/auth/second-factor", tag = "identity", request_body = SecondFactorAnswer,
    responses((status = 200, body = Session)))]
async fn second_factor(who: Anybody, Body(asked): Body<SecondFactorAnswer>) -> Result<Signed> {
    let Anybody { app, origin } = who;
    let mut tx = app.db().auth().await?;
    let question = Question::find(&mut tx, "second_factor", &asked.challenge).await?;
    let (Some(user), Some(practice)) = (question.user, question.practice) else { return Err(wrong()) };
    let code: String = asked.code.expose().chars().filter(|c| !c.is_whitespace()).collect();
    let is_totp = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    if let Err(slow) = slow_down(&mut tx, &origin, user, is_totp).await {
        tx.commit().await?;
        return Err(slow);
    }
    let outcome = if is_totp {
        totp::use_up(&app, &mut tx, user, &code).await
    } else {
        use_recovery_code(&app, &mut tx, user, &code).await
    };
    match outcome {
        Ok(()) => {
            question.answered(&mut tx).await?;
            tx.commit().await?;
            mail::wake(&app);
            session::open(&app, &origin, user, practice, Factor::Totp).await
        }
        Err(error) if error.code() == wrong().code() => {
            question.missed(&mut tx).await?;
            tx.commit().await?;
            refused(&app, origin, user, practice).await?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// Who guesses codes is slowed down. They know the password already, so that here a limit over all networks is needed:
/// with a thousand networks and no such limit, one of a million codes, three of which are right, is found in an hour.
///
/// Such a limit must not keep the owner out. So it counts six-digit codes from *unfamiliar* places only: twenty at once
/// and one in five minutes, some 300 guesses a day. Familiar is a browser in which this account has signed in before,
/// or a network from which it has within 30 days; there only that network's own attempts count. An owner in a new place
/// during such an attack has a recovery code or a passkey, which no limit over networks touches (a recovery code has 80
/// bits; guessing is hopeless), and can end the attack with a new password.
async fn slow_down(tx: &mut AuthTx, origin: &Origin, user: UserId, is_totp: bool) -> Result<()> {
    let account = user.to_string();
    let here = format!("{account}|{}", network_of(origin.ip.as_deref()));
    SharedBucket { name: "second_factor.network", key: &here, burst: 10, per_second: 0.05 }.take(tx).await?;
    if is_totp && !is_familiar(tx, origin, user).await? {
        let everywhere =
            SharedBucket { name: "second_factor.account", key: &account, burst: 20, per_second: 1.0 / 300.0 };
        everywhere.take(tx).await?;
    }
    Ok(())
}

async fn is_familiar(tx: &mut AuthTx, origin: &Origin, user: UserId) -> Result<bool> {
    let familiar = sqlx::query_scalar!(
        r#"select exists (select from auth.device where user_id = $1 and hash = $2)
               or exists (select from auth.session where user_id = $1 and ip = $3
                             and created_at > now() - interval '30 days') as "familiar!""#,
        user.uuid(),
        device::hash_of(origin),
        origin.ip,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(familiar)
}

/// The person is told that one was used, as it may have been somebody else.
async fn use_recovery_code(app: &App, tx: &mut AuthTx, user: UserId, code: &str) -> Result<()> {
    let left = codes::use_up(tx, user, code).await?.ok_or_else(wrong)?;
    let person = Person::of(tx, user).await?;
    let letter = person
        .letter("recovery_code_used")
        .with("time", person.reads(app.now()))
        .with("left", Phi::new(left.to_string()))
        .link(reset::forgotten(app));
    mail::queue(app, tx, &letter).await?;
    Ok(())
}

async fn refused(app: &App, origin: Origin, user: UserId, practice: PracticeId) -> Result<()> {
    let caller = Caller { origin, ..Caller::system(practice) };
    app.door
        .write_regardless(&caller, async move |tx| {
            tx.record(Change::done("second_factor", "user", user.uuid()).refused()).await
        })
        .await
}
