//! The address under which a calendar program reads a provider's schedule. Such programs send no header of ours, so the
//! token stands in the address: 256 random bits, of which only the hash is kept, and which a new one replaces.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use uuid::Uuid;

use crate::crypto::{random_token, sha256};
use crate::db::{Actor, AuthTx, Caller, TenantTx};
use crate::error::{Error, Result};
use crate::guard::Anybody;
use crate::id::{CalendarFeedId, PracticeId, UserId};
use crate::limit::{SharedBucket, network_of};
use crate::phi::Phi;
use crate::record::Change;

/// When there is an address for somebody's calendar, and whether it is used.
#[derive(Clone, Copy, Debug)]
pub struct CalendarFeed {
    /// Since when.
    pub created_at: Timestamp,
    /// When a program last read it, to the hour.
    pub last_read_at: Option<Timestamp>,
}

impl TenantTx {
    /// The address of somebody's calendar, as far as it can be told: not the token.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn calendar_feed(&mut self, provider: UserId) -> Result<Option<CalendarFeed>> {
        let row = sqlx::query!(
            r#"select created_at as "created_at!: jiff_sqlx::Timestamp", last_read_at as "last_read_at: jiff_sqlx::Timestamp"
                 from auth.calendar_feed_of($1)"#,
            provider.uuid(),
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|row| CalendarFeed {
            created_at: row.created_at.to_jiff(),
            last_read_at: row.last_read_at.map(|at| at.to_jiff()),
        }))
    }

    /// A new token for somebody's calendar, in place of the one that there was. It is shown this once.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn make_calendar_feed(&mut self, provider: UserId) -> Result<Phi<String>> {
        let (id, token) = (Uuid::now_v7(), URL_SAFE_NO_PAD.encode(random_token()?));
        sqlx::query_scalar!("select auth.revoke_calendar_feed($1)", provider.uuid()).fetch_one(self.conn()).await?;
        sqlx::query!("select auth.add_calendar_feed($1, $2, $3)", id, provider.uuid(), sha256(token.as_bytes()))
            .execute(self.conn())
            .await?;
        self.record(Change::done("create", "calendar_feed", provider.uuid())).await?;
        Ok(Phi::new(token))
    }

    /// Ends the address of somebody's calendar. Answers whether there was one.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn revoke_calendar_feed(&mut self, provider: UserId) -> Result<bool> {
        let was = sqlx::query_scalar!(r#"select auth.revoke_calendar_feed($1) as "was!""#, provider.uuid())
            .fetch_one(self.conn())
            .await?;
        if was {
            self.record(Change::done("revoke", "calendar_feed", provider.uuid())).await?;
        }
        Ok(was)
    }
}

/// Who reads with that token, so often per network and minute. Whether it still serves is asked again by each transaction.
///
/// # Errors
/// 404 for a token that is none (any more); 429.
pub async fn reader(who: &Anybody, token: &str) -> Result<(Caller, UserId)> {
    let Anybody { app, origin } = who;
    let network = network_of(origin.ip.as_deref());
    let bucket = SharedBucket { name: "calendar_feed.address", key: &network, burst: 60, per_second: 1.0 };
    let mut tx = app.db().auth().await?;
    let taken = bucket.take(&mut tx).await;
    let row = find(&mut tx, token).await?;
    tx.commit().await?;
    taken?;
    let (feed, provider, practice) = row.ok_or_else(Error::not_found)?;
    let actor = Actor::CalendarFeed { feed, provider };
    app.limits.check_caller(feed.uuid(), practice.uuid())?;
    Ok((Caller { practice, actor, origin: origin.clone() }, provider))
}

async fn find(tx: &mut AuthTx, token: &str) -> Result<Option<(CalendarFeedId, UserId, PracticeId)>> {
    let row = sqlx::query!(
        r#"select practice_id, id, user_id, last_read_at is null or last_read_at < now() - interval '1 hour' as "is_new_hour!"
             from auth.calendar_feed where hash = $1 and revoked_at is null"#,
        sha256(token.as_bytes()),
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.is_new_hour {
        sqlx::query!(
            "update auth.calendar_feed set last_read_at = now() where practice_id = $1 and id = $2",
            row.practice_id,
            row.id,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(Some((CalendarFeedId(row.id), UserId(row.user_id), PracticeId(row.practice_id))))
}
