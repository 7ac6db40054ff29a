//! Who somebody that a provider vouches for is here.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use platform::App;
use platform::crypto::sha256;
use platform::db::{AuthTx, Origin, TenantTx};
use platform::error::{Error, Result, session_ended};
use platform::id::{PracticeId, SessionId, UserId};
use platform::phi::Phi;
use platform::record::Change;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A person, and the practice that they sign in to.
pub struct Member {
    pub user: UserId,
    pub practice: PracticeId,
}

/// Whom a provider's person turns out to be.
pub enum Found {
    /// A member of the practice asked for, or of the one joined first; of several, when none was asked for.
    Member { member: Member, several: bool },
    /// Somebody without an active membership there.
    NoPractice,
    /// Not linked to anybody.
    Nobody,
}

/// A provider's person who is not linked to anybody here yet. Sealed into a cookie until they have signed in.
#[derive(Serialize, Deserialize)]
pub struct Pending {
    pub issuer: String,
    pub subject: String,
    /// Checked by the provider.
    pub email: Phi<String>,
    /// When the provider vouched, by the database's clock.
    pub at: Timestamp,
}

/// The instant of this transaction by the database's clock, which is the one that sessions begin by.
pub async fn now(tx: &mut AuthTx) -> Result<Timestamp> {
    let now = sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(tx.conn()).await?;
    Ok(now.to_jiff())
}

/// Whom a provider's person turns out to be, in the practice with this slug if one is given.
pub async fn find(tx: &mut AuthTx, issuer: &str, subject: &str, slug: Option<&str>) -> Result<Found> {
    let rows = sqlx::query!(
        r#"select i.user_id, p.practice_id as "practice_id?"
             from auth.external_identity i
             left join (auth.membership m join platform.practice p
                        on p.practice_id = m.practice_id and p.status = 'active' and m.status = 'active'
                           and ($3::text is null or p.slug = $3)) on m.user_id = i.user_id
            where i.issuer = $1 and i.subject = $2 order by m.created_at limit 2"#,
        issuer,
        subject,
        slug,
    )
    .fetch_all(tx.conn())
    .await?;
    let several = rows.len() > 1;
    Ok(match rows.into_iter().next() {
        None => Found::Nobody,
        Some(row) => match row.practice_id {
            None => Found::NoPractice,
            Some(practice) => {
                Found::Member { member: Member { user: UserId(row.user_id), practice: PracticeId(practice) }, several }
            }
        },
    })
}

/// The session of ours that stands for one of the provider's in a practice, alive or not.
pub async fn session_for(
    tx: &mut AuthTx,
    issuer: &str,
    external: &str,
    practice: PracticeId,
) -> Result<Option<SessionId>> {
    let session = sqlx::query_scalar!(
        "select session_id from auth.external_session where issuer = $1 and external_id = $2 and practice_id = $3",
        issuer,
        external,
        practice.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(session.map(SessionId))
}

/// Opens a session of ours that stands for the provider's from now on, unless somebody was quicker; and whether nobody
/// was. Forgets the person's of more than a year ago.
pub async fn open_session(
    app: &App,
    tx: &mut AuthTx,
    (issuer, external): (&str, &str),
    member: &Member,
    origin: &Origin,
) -> Result<(SessionId, bool)> {
    let session = SessionId::new();
    let claimed = sqlx::query!(
        "with old as (
             delete from auth.external_session where user_id = $5 and created_at < now() - interval '400 days'
         )
         insert into auth.external_session (issuer, external_id, practice_id, session_id, user_id)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
        issuer,
        external,
        member.practice.uuid(),
        session.uuid(),
        member.user.uuid(),
    )
    .execute(tx.conn())
    .await?;
    if claimed.rows_affected() == 0 {
        let other = session_for(tx, issuer, external, member.practice).await?;
        return Ok((other.ok_or_else(|| Error::internal("a session that was kept is not there"))?, false));
    }
    sqlx::query!(
        "insert into auth.session (id, user_id, practice_id, expires_at, ip, user_agent)
         values ($1, $2, $3, now() + make_interval(days => $4), $5, $6)",
        session.uuid(),
        member.user.uuid(),
        member.practice.uuid(),
        i32::try_from(app.config.session_days).unwrap_or(30),
        origin.ip,
        origin.user_agent,
    )
    .execute(tx.conn())
    .await?;
    Ok((session, true))
}

/// Notes that the provider's person came in.
pub async fn note_use(tx: &mut AuthTx, issuer: &str, subject: &str) -> Result<()> {
    sqlx::query!(
        "update auth.external_identity set last_used_at = now() where issuer = $1 and subject = $2",
        issuer,
        subject,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Links the provider's person to whoever is signed in, if they have signed in since and have that e-mail.
pub async fn link(tx: &mut TenantTx, pending: &Pending, user: UserId, session: SessionId) -> Result<()> {
    let id = Uuid::now_v7();
    let outcome = sqlx::query_scalar!(
        r#"select auth.link_identity($1, $2, $3, $4, $5, $6, $7) as "outcome!""#,
        id,
        pending.issuer,
        pending.subject,
        pending.email.expose(),
        session.uuid(),
        user.uuid(),
        pending.at.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    match outcome.as_str() {
        "linked" => tx.record(Change::done("link", "external_identity", id)).await,
        "known" => Ok(()),
        "stale" => Err(session_ended()),
        "other_email" => Err(Error::conflict(
            "auth.external_other_email",
            "The provider knows you by another e-mail than the account that you signed in to.",
        )),
        _ => Err(Error::conflict("auth.external_taken", "The provider's account is linked to somebody else here.")),
    }
}

/// Compares without telling by the time it takes where two texts begin to differ.
pub fn same(one: &str, other: &str) -> bool {
    sha256(one.as_bytes()) == sha256(other.as_bytes())
}
