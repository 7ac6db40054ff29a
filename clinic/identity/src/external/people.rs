//! Who somebody that a provider vouches for is here.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use platform::crypto::sha256;
use platform::db::{AuthTx, TenantTx};
use platform::error::{Error, Result, session_ended};
use platform::id::{PracticeId, SessionId, UserId};
use platform::phi::Phi;
use platform::record::Change;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A person, and the practice that they sign in to: the one asked for, or the one joined first.
pub struct Member {
    pub user: UserId,
    pub practice: PracticeId,
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

/// The member whom a provider's person is, while they have an active membership.
pub async fn find(tx: &mut AuthTx, issuer: &str, subject: &str, practice: Option<&str>) -> Result<Option<Member>> {
    let row = sqlx::query!(
        r#"with person as (
             update auth.external_identity set last_used_at = now() where issuer = $1 and subject = $2 returning user_id
           )
           select m.user_id, m.practice_id
             from person
             join auth.membership m on m.user_id = person.user_id and m.status = 'active'
             join platform.practice p on p.practice_id = m.practice_id and p.status = 'active'
            where $3::text is null or p.slug = $3 order by m.created_at limit 1"#,
        issuer,
        subject,
        practice,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Member { user: UserId(row.user_id), practice: PracticeId(row.practice_id) }))
}

/// Whether a provider's person is linked to anybody, whatever that one may still do.
pub async fn is_linked(tx: &mut AuthTx, issuer: &str, subject: &str) -> Result<bool> {
    let row = sqlx::query_scalar!(
        r#"select exists (select from auth.external_identity where issuer = $1 and subject = $2) as "linked!""#,
        issuer,
        subject,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(row)
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
