//! Opening an access to a practice: for a reason, with a fresh code, for an hour at most. The practice knows it in the
//! same commit: an entry of its ledger, a live event for its owners' windows, a mail to each of them.

use garde::Validate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::administrator::Admin;
use platform::db::{PlatformTx, TenantTx};
use platform::error::{Error, Result};
use platform::extract::{Body, Path};
use platform::id::{PracticeId, SessionId};
use platform::language::Language;
use platform::mail::{Letter, Texts};
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accounts::use_up;
use crate::queues::NamedPractice;
use crate::sign_in::{count_code, short};
use crate::support_access::{EndedBy, SupportAccessId, close};

/// What the mails of this area say.
pub const MAILS: Texts = Texts { en: include_str!("mails/en.json"), ar: include_str!("mails/ar.json") };
/// Owners who are written to; a practice has one or two.
const MOST_OWNERS: i64 = 20;

/// The routes of the administrator's side.
pub fn routes() -> Routes {
    Routes::new().route(route!(break_glass)).route(route!(end_break_glass))
}

/// Why somebody must look into a practice.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct BreakGlass {
    /// In words that the practice reads, 20 to 500 characters.
    #[garde(length(chars, min = 20, max = 500), custom(validate::line))]
    reason: String,
    /// A code of the authenticator app that was not used before.
    #[garde(custom(short))]
    code: Phi<String>,
    /// For how long.
    #[garde(range(min = 5, max = 60))]
    minutes: i32,
}

/// An access to a practice that is open.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenAccess {
    /// Goes into the header `X-Vantage-Grant` of requests to the practice's API.
    pub id: SupportAccessId,
    pub practice: NamedPractice,
    pub reason: String,
    pub opened_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Open an access to a practice, to read what is on the list of permissions that support may have.
#[utoipa::path(post, path = "/api/v1/admin/practices/{id}/break-glass", tag = "administration",
    params(("id" = Uuid, Path, description = "The practice")), request_body = BreakGlass, responses((status = 200, body = OpenAccess)))]
async fn break_glass(
    who: Admin,
    Path(practice): Path<PracticeId>,
    Body(asked): Body<BreakGlass>,
) -> Result<Json<OpenAccess>> {
    prove(&who, practice, &asked.code).await?;
    let id = SupportAccessId::new();
    let (reason, notice) = (asked.reason.trim().to_owned(), Notice::of(&who));
    let text = reason.clone();
    who.write(practice, "support_access.open", &reason, async move |tx| {
        let expires_at = sqlx::query_scalar!(
            r#"select administration.open_support($1, $2, $3, $4, $5) as "at!""#,
            id.uuid(),
            notice.administrator,
            notice.session,
            text,
            asked.minutes,
        )
        .fetch_one(tx.conn())
        .await?
        .to_jiff();
        let after = json!({ "reason": text, "expiresAt": expires_at });
        tx.record(Change::created("support_access", id.uuid(), &after).event("support_access.opened", 1)).await?;
        notice.send(tx, &text, expires_at).await
    })
    .await?;
    let mut tx = who.app().db().platform_unrecorded().await?;
    let open = open_of(&mut tx, who.session).await?;
    tx.commit().await?;
    open.into_iter().find(|access| access.id == id).map(Json).ok_or_else(Error::not_found)
}

/// End an access before its time.
#[utoipa::path(post, path = "/api/v1/admin/practices/{id}/break-glass/end", tag = "administration",
    params(("id" = Uuid, Path, description = "The practice")), responses((status = 204)))]
async fn end_break_glass(who: Admin, Path(practice): Path<PracticeId>) -> Result<axum::http::StatusCode> {
    let mut tx = who.app().db().platform_unrecorded().await?;
    let mut open = open_of(&mut tx, who.session).await?;
    tx.commit().await?;
    open.retain(|access| access.practice.id == practice);
    if open.is_empty() {
        return Err(Error::not_found());
    }
    who.write(practice, "support_access.end", "console", async move |tx| {
        for access in &open {
            close(tx, access.id, EndedBy::Administrator).await?;
        }
        Ok(())
    })
    .await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// The code must be fresh: the one that opened the session does not serve again.
async fn prove(who: &Admin, practice: PracticeId, code: &Phi<String>) -> Result<()> {
    count_code(who.app(), who.id).await?;
    let mut tx = who.app().db().platform_unrecorded().await?;
    let right = use_up(who.app(), &mut tx, who.id, code).await?;
    tx.commit().await?;
    if right {
        return Ok(());
    }
    who.deny("support_access.open", Some(practice), "the code is not right").await?;
    Err(Error::invalid(Vec::new()).at(
        "/code",
        "wrong",
        "This code is not right, or was used already; try the next one.",
    ))
}

/// The accesses that a session has open, the newest first.
///
/// # Errors
/// 503 when the database is away.
pub async fn open_of(tx: &mut PlatformTx, session: SessionId) -> Result<Vec<OpenAccess>> {
    let rows = sqlx::query!(
        "select s.id, s.reason, s.opened_at, s.expires_at, p.practice_id, p.name, p.slug
           from administration.support_access s join platform.practice p on p.practice_id = s.practice
          where s.session = $1 and s.ended_at is null and s.expires_at > now() order by s.opened_at desc, s.id desc limit 20",
        session.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let access = rows.into_iter().map(|row| OpenAccess {
        id: SupportAccessId(row.id),
        practice: NamedPractice { id: PracticeId(row.practice_id), name: row.name, slug: row.slug },
        reason: row.reason,
        opened_at: row.opened_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
    });
    Ok(access.collect())
}

/// What the practice's owners are told by mail.
struct Notice {
    administrator: Uuid,
    session: Uuid,
    name: Phi<String>,
    link: Phi<String>,
}

impl Notice {
    fn of(who: &Admin) -> Self {
        let link = Phi::new(format!("{}/settings/support-access", who.app().config.public_origin()));
        Self { administrator: who.id.uuid(), session: who.session.uuid(), name: who.name.clone(), link }
    }

    async fn send(&self, tx: &mut TenantTx, reason: &str, until: Timestamp) -> Result<()> {
        let practice = tx.practice();
        let here = sqlx::query!("select name, time_zone from platform.practice where practice_id = $1", practice)
            .fetch_one(tx.conn())
            .await?;
        let owners = sqlx::query!(
            r#"select email as "email!", name as "name!", language as "language!: Language" from administration.owners() limit $1"#,
            MOST_OWNERS,
        )
        .fetch_all(tx.conn())
        .await?;
        let zone = TimeZone::get(&here.time_zone).unwrap_or(TimeZone::UTC);
        let time = until.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string();
        for owner in owners {
            let letter = Letter::new(MAILS, "support_access", Phi::new(owner.email), owner.language)
                .with("name", Phi::new(owner.name))
                .with("practice", Phi::new(here.name.clone()))
                .with("administrator", self.name.clone())
                .with("time", Phi::new(time.clone()))
                .with("reason", Phi::new(reason.to_owned()))
                .link(self.link.clone());
            tx.queue_mail(&letter).await?;
        }
        Ok(())
    }
}
