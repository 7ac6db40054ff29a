//! A patient's link: how somebody without an account comes to the one thing that it was sent for.
//!
//! The token is the link's id and what a key of the practice makes of it, so nothing of it is kept, and the same link has
//! the same address whenever it is shown. It opens nothing alone: whoever has it must answer a question about the patient,
//! and gets an access token for this link. Each transaction then asks the database whether the link still serves. A link
//! that is unknown, forged, revoked or over answers the same, and so does that of a suspended practice.

use std::marker::PhantomData;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::crypto::equal;
use crate::db::{Actor, Caller, Origin, TenantTx};
use crate::error::{Error, Result, link_refused};
use crate::guard::{self, Anybody, Guard};
use crate::id::{PatientId, PatientLinkId, PracticeId};
use crate::limit::{SharedBucket, network_of};
use crate::phi::Phi;
use crate::record::Change;
use crate::token::{self, LinkHolder};

/// What every token begins with.
pub const PREFIX: &str = "vl_";
/// Of the 32 bytes of HMAC-SHA256 so many are in the token (RFC 2104 §5: at least half).
const MAC: usize = 16;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[schema(as = PatientLinkPurpose)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Purpose {
    /// A visit, to be confirmed, moved, cancelled.
    Appointment,
    /// A time that became free, to be taken.
    Offer,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Appointment => "appointment",
            Self::Offer => "offer",
        }
    }
}

/// What an operation wants a link to be for: `ByLink<ToAppointment>`.
pub trait Opens: Send + Sync + 'static {
    /// The purpose.
    const PURPOSE: Purpose;
    /// How the document calls the right to the operation.
    const PERMISSION: &'static str;
}

/// Links to appointments.
#[derive(Debug)]
pub struct ToAppointment;

/// Links to offers.
#[derive(Debug)]
pub struct ToOffer;

impl Opens for ToAppointment {
    const PURPOSE: Purpose = Purpose::Appointment;
    const PERMISSION: &'static str = "patient_link.appointment";
}

impl Opens for ToOffer {
    const PURPOSE: Purpose = Purpose::Offer;
    const PERMISSION: &'static str = "patient_link.offer";
}

/// A link that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct NewLink {
    /// What it is for.
    pub purpose: Purpose,
    /// Which one: the appointment, the offer.
    pub subject: Uuid,
    /// Whom it is sent to.
    pub patient: PatientId,
    /// When it ends.
    pub expires: Timestamp,
}

impl TenantTx {
    /// The whole address of a link, which is made where there is none. Made again it is the same one, until it is revoked,
    /// and ends when it was last said to.
    ///
    /// # Errors
    /// 500 when there is one for this purpose and subject that was another patient's.
    pub async fn patient_link(&mut self, new: &NewLink) -> Result<Phi<String>> {
        let fresh = Uuid::now_v7();
        let id = sqlx::query_scalar!(
            "select auth.make_patient_link($1, $2, $3, $4, $5)",
            fresh,
            new.patient.uuid(),
            new.purpose.name(),
            new.subject,
            jiff_sqlx::Timestamp::from(new.expires) as _,
        )
        .fetch_one(self.conn())
        .await?
        .ok_or_else(|| Error::internal("the link is another patient's"))?;
        let action = if id == fresh { "create" } else { "show" };
        let detail = json!({ "purpose": new.purpose, "subject": new.subject });
        self.record(Change::done(action, "patient_link", id).for_patient(new.patient).with(detail)).await?;
        let mac = self.link_mac(id).await?;
        let token = URL_SAFE_NO_PAD.encode([id.as_bytes().as_slice(), &mac].concat());
        Ok(Phi::new(format!("{}/v#{PREFIX}{token}", self.public_origin())))
    }

    /// What a link looks like, of the same length as each of them, for whoever writes of one before it is made. It opens
    /// nothing.
    #[must_use]
    pub fn sample_patient_link(&self) -> String {
        let token = URL_SAFE_NO_PAD.encode([0u8; 16 + MAC]);
        format!("{}/v#{PREFIX}{token}", self.public_origin())
    }

    /// Has a link end at another time, where there is one.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn extend_patient_link(&mut self, purpose: Purpose, subject: Uuid, expires: Timestamp) -> Result<()> {
        let expires = jiff_sqlx::Timestamp::from(expires);
        sqlx::query!("select auth.extend_patient_link($1, $2, $3)", purpose.name(), subject, expires as _)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Ends a link at once, with whatever was opened by it. Answers whether there was one.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn revoke_patient_link(&mut self, purpose: Purpose, subject: Uuid, patient: PatientId) -> Result<bool> {
        let id = sqlx::query_scalar!("select auth.revoke_patient_link($1, $2)", purpose.name(), subject)
            .fetch_one(self.conn())
            .await?;
        let Some(id) = id else { return Ok(false) };
        let detail = json!({ "purpose": purpose, "subject": subject });
        self.record(Change::done("revoke", "patient_link", id).for_patient(patient).with(detail)).await?;
        Ok(true)
    }

    async fn link_mac(&mut self, id: Uuid) -> Result<Vec<u8>> {
        let mut mac = self.mac("auth.patient_link", "token", &id.to_string()).await?;
        mac.truncate(MAC);
        Ok(mac)
    }
}

/// Somebody with the token of a link that serves, who has not shown yet that they are the patient.
#[derive(Debug)]
pub struct Knock {
    app: App,
    caller: Caller,
    holder: LinkHolder,
}

/// How an answer was judged and counted. [`Knock::open`] takes it.
#[derive(Debug)]
#[must_use = "an answer opens the link, or says why not"]
pub struct Verdict(Outcome);

#[derive(Debug)]
enum Outcome {
    Right,
    Wrong,
    Locked(Timestamp),
    Revoked,
}

/// What opening a link gives.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenedLink {
    /// Sent as bearer with the operations of this link; kept nowhere.
    #[schema(value_type = String)]
    pub access_token: Phi<String>,
    /// Until when it serves. Afterwards the link is opened again.
    pub expires_at: Timestamp,
    /// What the link is for.
    pub purpose: Purpose,
}

impl Knock {
    /// Finds the link of a token, for anybody: so often per network and minute.
    ///
    /// # Errors
    /// 401 `patient_link.refused`; 429 when there were too many from this network, and `patient_link.locked` after too
    /// many wrong answers.
    pub async fn with(who: &Anybody, token: &Phi<String>) -> Result<Self> {
        let Anybody { app, origin } = who;
        let parts = token.expose().strip_prefix(PREFIX).and_then(|token| URL_SAFE_NO_PAD.decode(token).ok());
        let (id, mac) = match &parts {
            Some(bytes) if bytes.len() == 16 + MAC => bytes.split_at(16),
            _ => (&[][..], &[][..]),
        };
        let id = Uuid::from_slice(id).unwrap_or_default();
        let Some((holder, locked)) = find(app, origin, id).await? else { return Err(link_refused()) };
        let actor = Actor::Patient { patient: holder.patient, link: holder.link };
        let caller = Caller { practice: holder.practice, actor, origin: origin.clone() };
        let right = app.door.read(&caller, async move |tx| tx.link_mac(id).await).await?;
        if !equal(&right, mac) {
            return Err(link_refused());
        }
        match locked {
            Some(until) => Err(locked_until(app.now(), until)),
            None => Ok(Self { app: app.clone(), caller, holder }),
        }
    }

    /// Whom the link was sent to.
    #[must_use]
    pub fn patient(&self) -> PatientId {
        self.holder.patient
    }

    /// Looks up what is asked.
    ///
    /// # Errors
    /// As [`crate::db::tenant::Door::read`].
    pub async fn read<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.read(&self.caller, work).await
    }

    /// Judges an answer, between [`TenantTx::await_link_answer`] and [`TenantTx::note_link_answer`].
    ///
    /// # Errors
    /// As [`crate::db::tenant::Door::write`].
    pub async fn judge(&self, work: impl AsyncFn(&mut TenantTx) -> Result<Verdict>) -> Result<Verdict> {
        self.app.door.write_regardless(&self.caller, work).await
    }

    /// Opens the link.
    ///
    /// # Errors
    /// 422 `patient_link.wrong_answer`; 429 `patient_link.locked` when that was one too many, and 401 when it was the last.
    pub fn open(self, verdict: Verdict) -> Result<OpenedLink> {
        match verdict.0 {
            Outcome::Right => {
                let (token, expires_at) = self.app.tokens.issue_for_link(self.holder)?;
                Ok(OpenedLink { access_token: Phi::new(token), expires_at, purpose: self.holder.purpose })
            }
            Outcome::Wrong => Err(Error::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "patient_link.wrong_answer",
                "This is not what the practice has; look again.",
            )),
            Outcome::Locked(until) => Err(locked_until(self.app.now(), until)),
            Outcome::Revoked => Err(link_refused()),
        }
    }
}

impl TenantTx {
    /// Whether an answer is taken now; others who answer at the same moment wait for their turn, so that nobody tries more
    /// of them than are counted.
    ///
    /// # Errors
    /// 429 while the link is locked.
    pub async fn await_link_answer(&mut self) -> Result<()> {
        let (link, _) = self.own_link()?;
        let until =
            sqlx::query_scalar!(r#"select auth.await_link_answer($1) as "until: jiff_sqlx::Timestamp""#, link.uuid())
                .fetch_one(self.conn())
                .await?;
        until.map_or(Ok(()), |until| Err(locked_until(self.now(), until.to_jiff())))
    }

    /// Counts an answer, with an entry in the ledger.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn note_link_answer(&mut self, is_right: bool) -> Result<Verdict> {
        let (link, patient) = self.own_link()?;
        let noted = sqlx::query!(
            r#"select wrong as "wrong!", locked_until as "locked_until?: jiff_sqlx::Timestamp"
                 from auth.note_link_answer($1, $2)"#,
            link.uuid(),
            is_right,
        )
        .fetch_one(self.conn())
        .await?;
        let outcome = match (is_right, noted.locked_until) {
            (true, _) => Outcome::Right,
            (false, _) if noted.wrong >= MOST_WRONG => Outcome::Revoked,
            (false, Some(until)) => Outcome::Locked(until.to_jiff()),
            (false, None) => Outcome::Wrong,
        };
        let change = Change::done("open", "patient_link", link.uuid()).for_patient(patient);
        let detail = match outcome {
            Outcome::Right => json!({}),
            Outcome::Wrong => json!({ "wrong": noted.wrong }),
            Outcome::Locked(until) => json!({ "wrong": noted.wrong, "lockedUntil": until }),
            Outcome::Revoked => json!({ "wrong": noted.wrong, "revoked": true }),
        };
        self.record(if is_right { change } else { change.refused() }.with(detail)).await?;
        Ok(Verdict(outcome))
    }

    fn own_link(&self) -> Result<(PatientLinkId, PatientId)> {
        match self.caller().actor {
            Actor::Patient { patient, link } => Ok((link, patient)),
            _ => Err(Error::internal("only a patient who came by a link answers")),
        }
    }
}

/// Wrong answers in a row with which `auth.note_link_answer` ends a link.
const MOST_WRONG: i32 = 20;

fn locked_until(now: Timestamp, until: Timestamp) -> Error {
    let wait = Duration::try_from(until.duration_since(now)).unwrap_or(Duration::from_secs(1));
    Error::new(
        StatusCode::TOO_MANY_REQUESTS,
        "patient_link.locked",
        "There were too many wrong answers; try again later, or call the practice.",
    )
    .retry_after(wait)
}

/// What the link of that id opens, and until when it is locked. Whether it serves, the door of the transaction says.
async fn find(app: &App, origin: &Origin, id: Uuid) -> Result<Option<(LinkHolder, Option<Timestamp>)>> {
    let (per_minute, network) = (app.config.sign_ins_per_minute, network_of(origin.ip.as_deref()));
    let per_second = f64::from(per_minute) / 60.0;
    let bucket = SharedBucket { name: "patient_link.address", key: &network, burst: per_minute, per_second };
    let mut tx = app.db().auth().await?;
    let taken = bucket.take(&mut tx).await;
    let row = sqlx::query!(
        r#"select practice_id, patient_id, purpose as "purpose: Purpose", subject_id,
                  case when locked_until > now() then locked_until end as "locked_until: jiff_sqlx::Timestamp"
             from auth.patient_link where id = $1"#,
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    taken?;
    Ok(row.map(|row| {
        let holder = LinkHolder {
            patient: PatientId(row.patient_id),
            practice: PracticeId(row.practice_id),
            link: PatientLinkId(id),
            purpose: row.purpose,
            subject: row.subject_id,
        };
        (holder, row.locked_until.map(|at| at.to_jiff()))
    }))
}

/// A patient who came by a link for `P` and has shown who they are: for operations on the one thing behind the link.
#[derive(Debug)]
pub struct ByLink<P> {
    app: App,
    caller: Caller,
    patient: PatientId,
    subject: Uuid,
    purpose: PhantomData<P>,
}

impl<P: Opens> Guard for ByLink<P> {
    const PERMISSION: Option<&'static str> = Some(P::PERMISSION);
}

impl<P: Opens> FromRequestParts<App> for ByLink<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = guard::bearer_of(&parts.headers).ok_or_else(token::required)?;
        let claims = app.tokens.read_for_link(&token)?;
        let actor = Actor::Patient { patient: claims.sub, link: claims.lid };
        let caller = Caller { practice: claims.pid, actor, origin: guard::origin(parts) };
        app.limits.check_caller(claims.lid.uuid(), claims.pid.uuid())?;
        if claims.purpose != P::PURPOSE {
            let operation = guard::operation(parts);
            app.door
                .write_regardless(&caller, async move |tx| tx.record_denied(P::PERMISSION, &operation).await)
                .await?;
            return Err(Error::forbidden());
        }
        Ok(Self { app: app.clone(), caller, patient: claims.sub, subject: claims.subject, purpose: PhantomData })
    }
}

impl<P> ByLink<P> {
    /// The server.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Who came.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whom the link was sent to.
    #[must_use]
    pub fn patient(&self) -> PatientId {
        self.patient
    }

    /// The one thing that the link is for.
    #[must_use]
    pub fn subject(&self) -> Uuid {
        self.subject
    }

    /// Reads in the patient's practice.
    ///
    /// # Errors
    /// 401 `patient_link.refused` when the link does not serve any more; as [`crate::db::tenant::Door::read`].
    pub async fn read<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.read(&self.caller, work).await
    }

    /// Reads what every look at must be in the ledger.
    ///
    /// # Errors
    /// As [`ByLink::read`].
    pub async fn read_recorded<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.read_recorded(&self.caller, work).await
    }

    /// Changes things in the patient's practice.
    ///
    /// # Errors
    /// As [`ByLink::read`], and [`crate::db::tenant::Door::write`].
    pub async fn write<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.write(&self.caller, work).await
    }
}
