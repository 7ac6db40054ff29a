//! Signing in: e-mail and password, then the second factor where the account has one.
//!
//! Nothing tells an account that exists from one that does not: each attempt takes one Argon2id, what a refusal leaves
//! in the ledger is written behind the answer, and a wrong practice reads like a wrong password.

use axum::response::{IntoResponse, Response};
use garde::Validate;
use platform::app::App;
use platform::db::{Actor, Caller, Origin};
use platform::error::{Error, Result};
use platform::extract::Body;
use platform::guard::Anybody;
use platform::id::{PracticeId, SessionId, UserId};
use platform::limit::{SharedBucket, network_of};
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::Routes;
use platform::{mail, route};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Session, Signed, refresh, sign};
use crate::second_factor::{self, Factor, SecondFactorNeeded};
use crate::signup::email_address;
use crate::{device, password};

/// The route of signing in.
pub fn routes() -> Routes {
    Routes::new().route(route!(login))
}

/// E-mail and password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Login {
    #[garde(custom(email_address))]
    pub email: Phi<String>,
    #[garde(custom(password::fits))]
    pub password: Phi<String>,
    /// Which practice, for somebody who works in several; without it the one joined first. At a practice's own address
    /// it is always that one.
    #[garde(inner(length(max = 40)))]
    pub practice_slug: Option<String>,
}

/// What comes of a first factor that was right.
pub(crate) enum Arrived {
    /// A session.
    Signed(Box<Signed>),
    /// A question for the second factor.
    Needed(SecondFactorNeeded),
}

impl IntoResponse for Arrived {
    fn into_response(self) -> Response {
        match self {
            Self::Signed(signed) => signed.into_response(),
            Self::Needed(needed) => needed.into_response(),
        }
    }
}

/// Sign in. An account with a second factor is asked for it next.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "identity", request_body = Login,
    responses((status = 200, body = Session), (status = 202, body = SecondFactorNeeded, description = "The password is right; the second factor is needed")))]
async fn login(who: Anybody, Body(asked): Body<Login>) -> Result<Arrived> {
    sign_in(&who.app, &who.origin, asked).await
}

/// What comes of an e-mail and a password.
pub(crate) async fn sign_in(app: &App, origin: &Origin, asked: Login) -> Result<Arrived> {
    throttle(app, origin, asked.email.expose()).await?;
    let account =
        find_account(app, asked.email.expose(), origin.practice_wanted(asked.practice_slug.as_deref())).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = password::verify(asked.password, hash).await?;
    match account {
        Some(Account { user, practice: Some(practice), is_asked: true, .. }) if right => {
            arrive(app, origin, user, practice).await
        }
        Some(Account { user, practice: Some(practice), .. }) => {
            app.behind(refused(app.clone(), origin.clone(), user, practice));
            Err(wrong_credentials())
        }
        _ => Err(wrong_credentials()),
    }
}

/// 401 for whatever was wrong.
pub(crate) fn wrong_credentials() -> Error {
    Error::unauthorized("auth.invalid_credentials", "E-mail, password or practice is not right.")
}

/// Who tries passwords is slowed down, and nobody else.
///
/// From a network where nobody is known: so many attempts a minute from the network, and ten at once and six a minute
/// on each account *from that network*. No limit counts an account's attempts over all networks: such a limit would let
/// anybody lock its owner out. From a browser in which this account has signed in before, only that browser's attempts
/// on that account count, so that even a neighbour on the same network, who uses its limits up, keeps nobody out.
async fn throttle(app: &App, origin: &Origin, email: &str) -> Result<()> {
    let (per_minute, network) = (app.config.sign_ins_per_minute, network_of(origin.ip.as_deref()));
    let email = email.trim().to_lowercase();
    let mut tx = app.db().auth().await?;
    let account = |place: &str| format!("{email}|{place}");
    let slow = |name, key| SharedBucket { name, key, burst: per_minute.min(10), per_second: 0.1 };
    let mut taken = Ok(());
    if device::is_known(&mut tx, origin, &email).await? {
        let browser: String = device::hash_of(origin).iter().flatten().map(|byte| format!("{byte:02x}")).collect();
        taken = slow("sign_in.device", &account(&browser)).take(&mut tx).await;
    } else {
        let per_second = f64::from(per_minute) / 60.0;
        let address = SharedBucket { name: "sign_in.address", key: &network, burst: per_minute, per_second };
        for bucket in [address, slow("sign_in.account", &account(&network))] {
            taken = taken.and(bucket.take(&mut tx).await);
        }
    }
    tx.commit().await?;
    taken
}

/// Goes on behind a first factor that was right: to a session, or to the question for the second factor. Whatever
/// proves who somebody is (a password, another provider) comes through here.
pub(crate) async fn arrive(app: &App, origin: &Origin, user: UserId, practice: PracticeId) -> Result<Arrived> {
    match second_factor::ask(app, user, practice).await? {
        Some(needed) => Ok(Arrived::Needed(needed)),
        None => Ok(Arrived::Signed(Box::new(open(app, origin, user, practice, Factor::None).await?))),
    }
}

/// Opens a session and writes the sign-in to the practice's ledger. For whoever has given every factor that the account
/// has; see [`arrive`].
pub(crate) async fn open(
    app: &App,
    origin: &Origin,
    user: UserId,
    practice: PracticeId,
    factor: Factor,
) -> Result<Signed> {
    let session = SessionId::new();
    let mut tx = app.db().auth().await?;
    sqlx::query!(
        "insert into auth.session (id, user_id, practice_id, expires_at, ip, user_agent, second_factor)
         values ($1, $2, $3, now() + make_interval(days => $4), $5, $6, $7)",
        session.uuid(),
        user.uuid(),
        practice.uuid(),
        i32::try_from(app.config.session_days).unwrap_or(30),
        origin.ip,
        origin.user_agent,
        factor.name(),
    )
    .execute(tx.conn())
    .await?;
    let refresh = refresh::add_token(&mut tx, session).await?;
    let device = device::remember(app, &mut tx, origin, user, practice).await?;
    let signed = sign(app, &mut tx, session, refresh).await?;
    tx.commit().await?;
    mail::wake(app);
    let own = signed.own.as_ref().map(|own| (own.id, own.version));
    let actor = Actor::User { user, session, role: signed.session.role, own };
    let caller = Caller { practice, actor, origin: origin.clone() };
    app.door
        .write_regardless(&caller, async move |tx| tx.record(Change::done("login", "session", session.uuid())).await)
        .await?;
    Ok(Signed { device: Some(device), ..signed })
}

/// An attempt that failed, in the ledger of the practice that it would have led to.
async fn refused(app: App, origin: Origin, user: UserId, practice: PracticeId) -> Result<()> {
    let caller = Caller { origin, ..Caller::system(practice) };
    app.door
        .write_regardless(&caller, async move |tx| {
            tx.record(Change::done("login", "user", user.uuid()).refused()).await
        })
        .await
}

struct Account {
    user: UserId,
    /// Nothing for somebody who comes in by other ways only.
    password_hash: Option<String>,
    practice: Option<PracticeId>,
    /// Whether that practice is the one asked for, or none was.
    is_asked: bool,
}

async fn find_account(app: &App, email: &str, slug: Option<&str>) -> Result<Option<Account>> {
    let mut tx = app.db().auth().await?;
    let row = sqlx::query!(
        r#"select u.id, u.password_hash, p.practice_id as "practice_id?",
                  coalesce(p.slug = $2, $2::text is null) as "is_asked!"
             from auth.user u
             left join (auth.membership m join platform.practice p
                        on p.practice_id = m.practice_id and p.status = 'active' and m.status = 'active') on m.user_id = u.id
            where u.email = $1 order by (p.slug = $2) desc nulls last, m.created_at limit 1"#,
        email.trim().to_lowercase(),
        slug,
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(row.map(|row| Account {
        user: UserId(row.id),
        password_hash: row.password_hash,
        practice: row.practice_id.map(PracticeId),
        is_asked: row.is_asked,
    }))
}
