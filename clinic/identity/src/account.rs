//! One's own account: name, language, password; and the proof of the password that every change of how one comes in
//! asks for.

use axum::http::StatusCode;
use garde::Validate;
use platform::db::tenant::check_version;
use platform::error::{Error, Result};
use platform::extract::Body;
use platform::guard::Can;
use platform::id::UserId;
use platform::language::Language;
use platform::limit::{SharedBucket, network_of};
use platform::mail::Letter;
use platform::permission::account as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::person::Person;
use crate::signup::person_name;
use crate::{password, reset};

/// The routes of one's own account.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(change)).route(route!(change_password))
}

/// One's own account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    name: Phi<String>,
    email: Phi<String>,
    language: Language,
    version: i32,
}

/// What to change of it; what is absent stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(custom(person_name)))]
    #[serde(default)]
    name: Option<Phi<String>>,
    #[garde(skip)]
    #[serde(default)]
    language: Option<Language>,
}

/// The password that is, and the one that is to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    #[garde(custom(password::fits))]
    current: Phi<String>,
    /// At least ten characters.
    #[garde(custom(password::check))]
    new: Phi<String>,
}

/// One's own password, to show that it is still oneself.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    #[garde(custom(password::fits))]
    pub password: Phi<String>,
}

/// One's own account.
#[utoipa::path(get, path = "/api/v1/account", tag = "identity", responses((status = 200, body = Account)))]
async fn read(who: Can<may::Read>) -> Result<Json<Account>> {
    let (user, _) = who.person()?;
    // the signature alone does not say that the session lives
    who.read(async |_| Ok(())).await?;
    find(&who, user).await.map(Json)
}

/// Change one's own name or language.
#[utoipa::path(patch, path = "/api/v1/account", tag = "identity", request_body = AccountChange, responses((status = 200, body = Account)))]
async fn change(who: Can<may::Write>, Body(change): Body<AccountChange>) -> Result<Json<Account>> {
    let (user, session) = who.person()?;
    let before = find(&who, user).await?;
    check_version(change.version, before.version, &before)?;
    let name = change.name.map_or_else(|| before.name.clone(), |name| Phi::new(name.expose().trim().to_owned()));
    let after = Account { name, language: change.language.unwrap_or(before.language), ..before.clone() };
    let (old, new) = (before.clone(), after.clone());
    let version = who
        .write(async move |tx| {
            let version = sqlx::query_scalar!(
                "select auth.change_profile($1, $2, $3, $4)",
                session.uuid(),
                new.name.expose(),
                new.language as Language,
                old.version,
            )
            .fetch_one(tx.conn())
            .await?;
            if version.is_some() {
                tx.record(Change::updated("user", user.uuid(), &old, &new)).await?;
            }
            Ok(version)
        })
        .await?;
    match version {
        Some(version) => Ok(Json(Account { version, ..after })),
        // somebody else was faster: oneself in another window
        None => Err(Error::stale(&find(&who, user).await?)),
    }
}

/// Change one's own password. Other sessions end.
#[utoipa::path(post, path = "/api/v1/account/password", tag = "identity", request_body = PasswordChange, responses((status = 204)))]
async fn change_password(who: Can<may::Write>, Body(asked): Body<PasswordChange>) -> Result<StatusCode> {
    let (user, session) = who.person()?;
    prove_at(&who, asked.current, "/current").await?;
    let person = person(&who).await?;
    password::refuse_common("/new", &asked.new, &person.about())?;
    let hash = password::hash(asked.new).await?;
    let letter = tell(&who, "password_changed").await?;
    who.write(async move |tx| {
        sqlx::query!("select auth.change_password($1, $2)", session.uuid(), hash).execute(tx.conn()).await?;
        sqlx::query!("select auth.end_other_sessions($1, 'password_changed')", session.uuid())
            .execute(tx.conn())
            .await?;
        tx.queue_mail(&letter).await?;
        tx.record(Change::done("password_change", "user", user.uuid())).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes sure that whoever sits here knows the password of the account, and answers its e-mail.
///
/// # Errors
/// 422 `password.wrong`, 409 `password.none` for somebody who comes in by other ways only, 429 after ten attempts.
pub async fn prove<P>(who: &Can<P>, password: Phi<String>) -> Result<Phi<String>> {
    prove_at(who, password, "/password").await
}

async fn prove_at<P>(who: &Can<P>, password: Phi<String>, pointer: &'static str) -> Result<Phi<String>> {
    let (user, _) = who.person()?;
    slow_down(who).await?;
    let mut tx = who.app().db().auth().await?;
    let row = sqlx::query!("select email, password_hash from auth.user where id = $1", user.uuid())
        .fetch_one(tx.conn())
        .await?;
    tx.commit().await?;
    let hash = row.password_hash.ok_or_else(|| {
        Error::conflict("password.none", "This account has no password yet; choose one by \"forgot password\" first.")
    })?;
    if password::verify(password, Some(hash)).await? {
        return Ok(Phi::new(row.email));
    }
    who.app()
        .door
        .write_regardless(who.caller(), async move |tx| {
            tx.record(Change::done("password_proof", "user", user.uuid()).refused()).await
        })
        .await?;
    let wrong = Error::new(StatusCode::UNPROCESSABLE_ENTITY, "password.wrong", "This is not your password.");
    Err(wrong.at(pointer, "wrong", "Give the password that you sign in with."))
}

/// Ten attempts at once and six a minute, of whoever sits at a session that lives: at a place left open somebody else.
pub async fn slow_down<P>(who: &Can<P>) -> Result<()> {
    let (user, _) = who.person()?;
    // the signature alone does not say that the session lives
    who.read(async |_| Ok(())).await?;
    let key = format!("{user}|{}", network_of(who.caller().origin.ip.as_deref()));
    let mut tx = who.app().db().auth().await?;
    let taken = SharedBucket { name: "proof", key: &key, burst: 10, per_second: 0.1 }.take(&mut tx).await;
    tx.commit().await?;
    taken
}

/// A letter about a change to one's own account, which says when it was.
pub async fn tell<P>(who: &Can<P>, kind: &'static str) -> Result<Letter> {
    let person = person(who).await?;
    let time = person.reads(who.app().now());
    Ok(person.letter(kind).with("time", time).link(reset::forgotten(who.app())))
}

async fn person<P>(who: &Can<P>) -> Result<Person> {
    let (user, _) = who.person()?;
    let mut tx = who.app().db().auth().await?;
    let person = Person::of(&mut tx, user).await?;
    tx.commit().await?;
    Ok(person)
}

async fn find<P>(who: &Can<P>, user: UserId) -> Result<Account> {
    let mut tx = who.app().db().auth().await?;
    let row = sqlx::query!(
        r#"select name, email, language as "language: Language", version from auth.user where id = $1"#,
        user.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    tx.commit().await?;
    let (name, email) = (Phi::new(row.name), Phi::new(row.email));
    Ok(Account { name, email, language: row.language, version: row.version })
}
