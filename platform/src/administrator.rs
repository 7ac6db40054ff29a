//! Administrators of the platform: the guard of their operations, and the ledger of what they do. They have sessions
//! of their own, in a cookie of their own, that open nothing of a practice.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use uuid::Uuid;

use crate::app::App;
use crate::crypto::sha256;
use crate::db::{Actor, Caller, Origin, PlatformTx, TenantTx};
use crate::error::{Error, Result, session_ended};
use crate::guard::Guard;
use crate::id::{AdministratorId, PracticeId, SessionId};
use crate::phi::Phi;
use crate::token;

/// The cookie of an administrator's session.
pub const COOKIE: &str = "__Host-vantage_admin";

/// Minutes without a touch after which a session ends.
pub const IDLE_MINUTES: i32 = 15;

/// A signed-in administrator, with a second factor. Sees what the platform knows of practices; to change something
/// about one, opens a transaction there, whose ledger sees it too.
#[derive(Clone, Debug)]
pub struct Admin {
    app: App,
    /// Who.
    pub id: AdministratorId,
    /// Name of the person.
    pub name: Phi<String>,
    /// E-mail of the person.
    pub email: Phi<String>,
    /// On which sign-in.
    pub session: SessionId,
    /// When the session ends, however busy it is.
    pub expires_at: Timestamp,
    origin: Origin,
}

/// A line of the platform's ledger.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// Who; nobody for what is done on the server itself.
    pub administrator: Option<AdministratorId>,
    /// What, `noun.verb`.
    pub action: &'a str,
    /// To which practice.
    pub practice: Option<PracticeId>,
    /// Why, in the person's words, or what it was part of.
    pub reason: &'a str,
    /// Whether it was refused.
    pub denied: bool,
}

/// What an administrator does to a practice. The door of its transaction writes it into the platform's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Who.
    pub administrator: AdministratorId,
    /// On which sign-in.
    pub session: SessionId,
    /// What, `noun.verb`.
    pub action: &'static str,
    /// Why.
    pub reason: String,
    /// Whether the practice comes into being in this transaction.
    pub founding: bool,
}

impl Guard for Admin {
    const PERMISSION: Option<&'static str> = Some("vantage_admin");
}

impl FromRequestParts<App> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = cookie_of(parts).ok_or_else(token::required)?;
        let token = URL_SAFE_NO_PAD.decode(token).map_err(|_| token::required())?;
        let mut tx = app.db().platform_unrecorded().await?;
        let row = sqlx::query!(
            "select s.id, s.administrator, s.expires_at, a.name, a.email
               from administration.session s join administration.administrator a on a.id = s.administrator
              where s.hash = $1 and s.ended_at is null and s.expires_at > now()
                and s.last_active_at > now() - interval '15 minutes' and a.removed_at is null",
            sha256(&token),
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(session_ended)?;
        tx.commit().await?;
        let id = AdministratorId(row.administrator);
        app.limits.check_administrator(id.uuid())?;
        Ok(Self {
            app: app.clone(),
            id,
            name: Phi::new(row.name),
            email: Phi::new(row.email),
            session: SessionId(row.id),
            expires_at: row.expires_at.to_jiff(),
            origin: parts.extensions.get::<Origin>().cloned().unwrap_or_default(),
        })
    }
}

fn cookie_of(parts: &Parts) -> Option<String> {
    CookieJar::from_headers(&parts.headers).get(COOKIE).map(|cookie| cookie.value().to_owned())
}

/// Whether somebody comes as an administrator, rightly or not.
pub(crate) fn is_claimed(parts: &Parts) -> bool {
    cookie_of(parts).is_some()
}

impl Admin {
    /// The server.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Where the request came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// A transaction across practices: what the platform knows of them, and no patients. Leaves a line in the ledger.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn open(&self, action: &str) -> Result<PlatformTx> {
        self.open_about(action, None).await
    }

    /// The same about one practice.
    ///
    /// # Errors
    /// As [`Admin::open`].
    pub async fn open_about(&self, action: &str, practice: Option<PracticeId>) -> Result<PlatformTx> {
        let mut tx = self.app.db().platform_unrecorded().await?;
        let access = Access { administrator: Some(self.id), action, practice, reason: "console", denied: false };
        access.write(&mut tx, &self.origin).await?;
        Ok(tx)
    }

    /// Writes a refusal down.
    ///
    /// # Errors
    /// As [`Admin::open`].
    pub async fn deny(&self, action: &str, practice: Option<PracticeId>, reason: &str) -> Result<()> {
        let mut tx = self.app.db().platform_unrecorded().await?;
        let access = Access { administrator: Some(self.id), action, practice, reason, denied: true };
        access.write(&mut tx, &self.origin).await?;
        tx.commit().await
    }

    /// Changes something about a practice. The transaction is the practice's own, so its ledger must have an entry;
    /// the platform's ledger gets its line in the same commit.
    ///
    /// # Errors
    /// 401 when the session has ended, 404 when there is no such practice; as [`crate::db::tenant::Door::write`].
    pub async fn write<T>(
        &self,
        practice: PracticeId,
        action: &'static str,
        reason: &str,
        work: impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        self.run(practice, action, reason, false, work).await
    }

    /// The same in a practice that comes into being in this transaction.
    ///
    /// # Errors
    /// As [`Admin::write`]; 404 when there is such a practice already.
    pub async fn found<T>(
        &self,
        practice: PracticeId,
        action: &'static str,
        work: impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        self.run(practice, action, "console", true, work).await
    }

    async fn run<T>(
        &self,
        practice: PracticeId,
        action: &'static str,
        reason: &str,
        founding: bool,
        work: impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        let errand =
            Errand { administrator: self.id, session: self.session, action, reason: reason.to_owned(), founding };
        let caller = Caller { practice, actor: Actor::Platform(errand), origin: self.origin.clone() };
        self.app.door.write(&caller, work).await
    }
}

impl Access<'_> {
    /// Writes the line.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn write(&self, tx: &mut PlatformTx, origin: &Origin) -> Result<()> {
        sqlx::query!(
            "insert into platform.access (id, administrator, action, practice, reason, outcome, request_id, ip, user_agent)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            Uuid::now_v7(),
            self.administrator.map(AdministratorId::uuid),
            self.action,
            self.practice.map(PracticeId::uuid),
            self.reason,
            if self.denied { "denied" } else { "ok" },
            origin.request_id,
            origin.ip,
            origin.user_agent,
        )
        .execute(tx.conn())
        .await?;
        Ok(())
    }
}

impl TenantTx {
    /// The line of the platform's ledger for what an administrator does in this transaction, committed with it.
    pub(crate) async fn record_errand(&mut self, errand: &Errand) -> Result<()> {
        let origin = self.caller().origin.clone();
        sqlx::query!(
            "select administration.record($1, $2, $3, $4, $5, $6, $7)",
            Uuid::now_v7(),
            errand.administrator.uuid(),
            errand.action,
            errand.reason,
            origin.request_id,
            origin.ip,
            origin.user_agent,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
