//! Accepting an invitation: with a new account, or with the one that its e-mail has already, which is not changed.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use platform::app::App;
use platform::crypto::sha256;
use platform::db::{Actor, Caller, Origin};
use platform::error::{Error, OnConstraint as _, Result, practice_suspended};
use platform::extract::Body;
use platform::guard::{Anybody, Visitor};
use platform::id::{PracticeId, UserId};
use platform::language::Language;
use platform::limit::{SharedBucket, network_of};
use platform::permission::Role;
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::password;
use crate::second_factor::SecondFactorNeeded;
use crate::session::sign_in::{Arrived, arrive};
use crate::session::{CustomRole, Session};
use crate::signup::person_name;
use crate::staff::custom_role;

/// The routes of whoever was invited.
pub fn routes() -> Routes {
    Routes::new().route(route!(look)).route(route!(accept))
}

/// The token of the link.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Look {
    #[garde(skip)]
    token: Phi<String>,
}

/// What the page of acceptance wants to know.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Invitation {
    practice_name: String,
    role: Role,
    /// The role of the practice's own.
    #[schema(required)]
    custom_role: Option<CustomRole>,
    /// Of the address only as much as its owner needs to know it by.
    email: Phi<String>,
    /// What the inviting side thinks the person is called.
    #[schema(required)]
    name: Option<Phi<String>>,
    needs: Needs,
    language: Language,
}

/// What accepting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Needs {
    /// A name and a password: the account is made on the way.
    Account,
    /// The e-mail has an account: being signed in to it, or its password.
    SignIn,
}

/// Yes to an invitation.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Accept {
    /// The token of the link.
    #[garde(skip)]
    pub token: Phi<String>,
    /// Name of a new account.
    #[garde(inner(custom(person_name)))]
    pub name: Option<Phi<String>>,
    /// Password of a new account, or that of the one that exists.
    #[garde(inner(custom(password::fits)))]
    pub password: Option<Phi<String>>,
    /// Language of a new account; that of the invitation, when nothing else is said.
    #[garde(skip)]
    pub language: Option<Language>,
}

/// See what one was invited to.
#[utoipa::path(post, path = "/api/v1/auth/invite/look", tag = "identity", request_body = Look, responses((status = 200, body = Invitation)))]
async fn look(who: Anybody, Body(asked): Body<Look>) -> Result<Json<Invitation>> {
    let Anybody { app, origin } = who;
    throttle(&app, &origin).await?;
    let invite = find(&app, &asked.token).await?;
    invite.check_open()?;
    Ok(Json(Invitation {
        role: Role::from_name(&invite.role).ok_or_else(|| Error::internal("a role that nobody knows"))?,
        needs: if invite.account.is_some() { Needs::SignIn } else { Needs::Account },
        email: Phi::new(masked(&invite.email)),
        practice_name: invite.practice_name,
        custom_role: invite.custom_role,
        name: invite.name.map(Phi::new),
        language: invite.language,
    }))
}

/// Accept an invitation, and be signed in. An account with a second factor is asked for it next.
#[utoipa::path(post, path = "/api/v1/auth/invite/accept", tag = "identity", request_body = Accept,
    responses((status = 200, body = Session), (status = 202, body = SecondFactorNeeded, description = "Accepted; the second factor is needed to sign in")))]
async fn accept(who: Anybody, visitor: Visitor, Body(asked): Body<Accept>) -> Result<Arrived> {
    let Anybody { app, origin } = who;
    let (practice, user) = accept_invite(&app, &origin, visitor, asked).await?;
    arrive(&app, &origin, user, practice).await
}

/// Makes whoever was invited a member.
///
/// # Errors
/// 404 `invite.unknown`; 410 `invite.expired`, `invite.used` or `invite.revoked`; 401 `invite.sign_in` when the e-mail
/// has an account and nothing shows that this is its owner; 422 for the fields of a new account.
pub async fn accept_invite(
    app: &App,
    origin: &Origin,
    visitor: Visitor,
    asked: Accept,
) -> Result<(PracticeId, UserId)> {
    throttle(app, origin).await?;
    let invite = find(app, &asked.token).await?;
    invite.check_open()?;
    let (user, new) = match &invite.account {
        Some(account) => (prove(app, account, visitor, asked.password).await?, None),
        None => (UserId::new(), Some(NewAccount::of(asked, &invite).await?)),
    };
    join(app, origin, &invite, user, new).await?;
    Ok((invite.practice, user))
}

/// Per network; the token itself is beyond guessing, but each try takes work.
async fn throttle(app: &App, origin: &Origin) -> Result<()> {
    let (per_minute, network) = (app.config.sign_ins_per_minute, network_of(origin.ip.as_deref()));
    let per_second = f64::from(per_minute) / 60.0;
    let bucket = SharedBucket { name: "invite.address", key: &network, burst: per_minute, per_second };
    let mut tx = app.db().auth().await?;
    let taken = bucket.take(&mut tx).await;
    tx.commit().await?;
    taken
}

/// The account that an e-mail has already.
struct Account {
    user: UserId,
    password_hash: Option<String>,
}

struct Found {
    practice: PracticeId,
    practice_name: String,
    suspended: bool,
    id: Uuid,
    hash: Vec<u8>,
    email: String,
    name: Option<String>,
    role: String,
    custom_role: Option<CustomRole>,
    language: Language,
    status: String,
    account: Option<Account>,
}

async fn find(app: &App, token: &Phi<String>) -> Result<Found> {
    let token = URL_SAFE_NO_PAD.decode(token.expose()).map_err(|_| unknown())?;
    let hash = sha256(&token);
    let mut tx = app.db().auth().await?;
    let row = sqlx::query!(
        r#"select i.practice_id, i.id, i.email, i.name, i.role, i.role_id, r.name as "role_name?",
                  i.language as "language: Language", p.name as practice_name, p.status = 'suspended' as "suspended!",
                  case when i.status = 'open' and i.expires_at <= now() then 'expired' else i.status end as "status!",
                  u.id as "user_id?", u.password_hash
             from auth.invite i
             join platform.practice p on p.practice_id = i.practice_id
             left join auth.role r on r.practice_id = i.practice_id and r.id = i.role_id
             left join auth.user u on u.email = i.email
            where i.hash = $1"#,
        hash,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(unknown)?;
    tx.commit().await?;
    Ok(Found {
        practice: PracticeId(row.practice_id),
        practice_name: row.practice_name,
        suspended: row.suspended,
        id: row.id,
        hash,
        email: row.email,
        name: row.name,
        role: row.role,
        custom_role: custom_role(row.role_id, row.role_name),
        language: row.language,
        status: row.status,
        account: row.user_id.map(|user| Account { user: UserId(user), password_hash: row.password_hash }),
    })
}

impl Found {
    fn check_open(&self) -> Result<()> {
        check(&self.status)?;
        if self.suspended { Err(practice_suspended()) } else { Ok(()) }
    }
}

/// Nothing for an invitation that is open, and otherwise what to do about it.
fn check(status: &str) -> Result<()> {
    let gone = |code, title| Err(Error::new(StatusCode::GONE, code, title));
    match status {
        "open" => Ok(()),
        "expired" => gone("invite.expired", "This invitation has expired; ask whoever invited you to send it again."),
        "accepted" => gone("invite.used", "This invitation was accepted already; sign in instead."),
        "revoked" => gone("invite.revoked", "This invitation was taken back; ask the practice for a new one."),
        "member" => Err(Error::conflict("invite.already_member", "You belong to this practice already; sign in.")),
        _ => Err(unknown()),
    }
}

fn unknown() -> Error {
    let title = "This link is not right, or a newer one has taken its place; look for a later mail.";
    Error::new(StatusCode::NOT_FOUND, "invite.unknown", title)
}

/// That whoever accepts is the one whose account it is: by a living session, or by the password.
async fn prove(app: &App, account: &Account, visitor: Visitor, password: Option<Phi<String>>) -> Result<UserId> {
    let right = match password {
        Some(password) => password::verify(password, account.password_hash.clone()).await?,
        None => match visitor.person()? {
            Some(caller) if caller.actor.user() == Some(account.user) => {
                // the door says whether the session lives
                app.door.read(&caller, async |_| Ok(())).await?;
                true
            }
            _ => false,
        },
    };
    if right {
        return Ok(account.user);
    }
    Err(Error::unauthorized("invite.sign_in", "This e-mail has an account: sign in to it, or give its password."))
}

struct NewAccount {
    name: String,
    password_hash: String,
    language: Language,
}

impl NewAccount {
    async fn of(asked: Accept, invite: &Found) -> Result<Self> {
        let missing = |pointer| Error::invalid(Vec::new()).at(pointer, "required", "A new account needs this.");
        let name = asked.name.ok_or_else(|| missing("/name"))?;
        let password = asked.password.ok_or_else(|| missing("/password"))?;
        password::check(&password, &()).map_err(|fault| {
            let (code, text) = fault.message().split_once(": ").unwrap_or(("invalid", fault.message()));
            Error::invalid(Vec::new()).at("/password", code, text)
        })?;
        password::refuse_common(
            "/password",
            &password,
            &[invite.email.as_str(), name.expose(), &invite.practice_name],
        )?;
        let password_hash = password::hash(password).await?;
        Ok(Self {
            name: name.expose().trim().to_owned(),
            password_hash,
            language: asked.language.unwrap_or(invite.language),
        })
    }
}

async fn join(app: &App, origin: &Origin, invite: &Found, user: UserId, new: Option<NewAccount>) -> Result<()> {
    let caller = Caller { practice: invite.practice, actor: Actor::Invited(user), origin: origin.clone() };
    let (id, hash) = (invite.id, invite.hash.clone());
    app.door
        .write(&caller, async move |tx| {
            // as whoever changes roles and staff
            tx.one_by_one().await?;
            let found = sqlx::query_scalar!(
                r#"select auth.accept_invite($1, $2, $3, $4, $5, $6) as "found!""#,
                hash,
                user.uuid(),
                new.is_some(),
                new.as_ref().map(|new| new.name.as_str()),
                new.as_ref().map(|new| new.language) as Option<Language>,
                new.as_ref().map(|new| new.password_hash.as_str()),
            )
            .fetch_one(tx.conn())
            .await
            .on_constraint("user_email_key", || {
                Error::conflict("invite.account_exists", "This e-mail has an account by now; open the link again.")
            })?;
            check(&found)?;
            tx.record(Change::done("accept", "invite", id).event("invite.accepted", 1)).await?;
            tx.record(Change::done("join", "staff", user.uuid()).event("staff.joined", 1)).await
        })
        .await
}

/// `n•••@clinic.example`.
fn masked(email: &str) -> String {
    let (local, host) = email.split_once('@').unwrap_or((email, ""));
    format!("{}•••@{host}", local.chars().take(1).collect::<String>())
}
