//! What staff do about a recall: reach the patient, put it off, end it.

use garde::Validate;
use jiff::civil::Date;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::mail::{Letter, Texts};
use platform::permission::recalls as may;
use platform::phi::Phi;
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::{WholeRecall, whole};
use super::{AttemptKind, AttemptOutcome, DismissedFor, Recall, RecallId, RecallStatus, row, save};

/// What the mails say.
const MAILS: Texts = Texts { en: include_str!("mails/en.json"), ar: include_str!("mails/ar.json") };

/// The routes of what is done about recalls.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(attempt))
        .route(route!(send))
        .route(route!(snooze))
        .route(route!(dismiss))
        .route(route!(reopen))
}

/// That somebody tried to reach the patient.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRecallAttempt {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// How.
    #[garde(skip)]
    kind: AttemptKind,
    /// What came of it.
    #[garde(skip)]
    outcome: AttemptOutcome,
    /// What was said.
    #[garde(inner(length(chars, max = 1000), custom(validate::text)))]
    note: Option<String>,
}

/// Until when a recall is put off.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SnoozeRecall {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// The local day on which it is to be looked at next.
    #[garde(skip)]
    #[schema(format = Date, value_type = String)]
    until: Date,
}

/// Why the patient is not asked any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DismissReason {
    /// They do not want to come.
    Declined,
    /// They go somewhere else.
    Elsewhere,
    /// There is no need.
    NotNeeded,
    /// Nobody reaches them.
    Unreachable,
    /// Anything else.
    Other,
}

impl From<DismissReason> for DismissedFor {
    fn from(reason: DismissReason) -> Self {
        match reason {
            DismissReason::Declined => Self::Declined,
            DismissReason::Elsewhere => Self::Elsewhere,
            DismissReason::NotNeeded => Self::NotNeeded,
            DismissReason::Unreachable => Self::Unreachable,
            DismissReason::Other => Self::Other,
        }
    }
}

/// That the patient is not asked any more.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DismissRecall {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// Why.
    #[garde(skip)]
    reason: DismissReason,
}

undisclosed!(NewRecallAttempt);

/// Note that somebody tried to reach the patient.
#[utoipa::path(post, path = "/api/v1/recalls/{id}/attempts", tag = "scheduling", request_body = NewRecallAttempt,
    params(("id" = Uuid, Path, description = "The recall")), responses((status = 200, body = WholeRecall)))]
async fn attempt(
    who: Can<may::Write>,
    Path(id): Path<RecallId>,
    Body(new): Body<NewRecallAttempt>,
) -> Result<Json<WholeRecall>> {
    who.write(async move |tx| {
        let before = open_at(tx, id, new.version).await?;
        let note = new.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        let after = tried(tx, before, new.kind, new.outcome, note).await?;
        whole(tx, after).await.map(Json)
    })
    .await
}

/// Write to the patient that it is time to come again. That is noted as an attempt.
#[utoipa::path(post, path = "/api/v1/recalls/{id}/send", tag = "scheduling", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The recall")), responses((status = 200, body = WholeRecall)))]
async fn send(who: Can<may::Write>, Path(id): Path<RecallId>, Body(at): Body<AtVersion>) -> Result<Json<WholeRecall>> {
    who.write(async move |tx| {
        let before = open_at(tx, id, at.version).await?;
        queue(tx, &before).await?;
        let after = tried(tx, before, AttemptKind::Email, AttemptOutcome::Sent, None).await?;
        whole(tx, after).await.map(Json)
    })
    .await
}

/// Put a recall off until a day.
#[utoipa::path(post, path = "/api/v1/recalls/{id}/snooze", tag = "scheduling", request_body = SnoozeRecall,
    params(("id" = Uuid, Path, description = "The recall")), responses((status = 200, body = WholeRecall)))]
async fn snooze(
    who: Can<may::Write>,
    Path(id): Path<RecallId>,
    Body(to): Body<SnoozeRecall>,
) -> Result<Json<WholeRecall>> {
    who.write(async move |tx| {
        let before = open_at(tx, id, to.version).await?;
        let zone = practice::practice(tx).await?.time_zone;
        let today = tx.now().in_tz(&zone).map_err(Error::internal)?.date();
        if to.until <= today || to.until.year() > today.year() + 10 {
            let text = "Choose a day that is still to come.";
            return Err(Error::invalid(Vec::new()).at("/until", "out_of_range", text));
        }
        let after = Recall { next_on: to.until, ..before.clone() };
        let after = save(tx, &before, after, "recall.snoozed").await?;
        whole(tx, after).await.map(Json)
    })
    .await
}

/// Do not ask the patient any more.
#[utoipa::path(post, path = "/api/v1/recalls/{id}/dismiss", tag = "scheduling", request_body = DismissRecall,
    params(("id" = Uuid, Path, description = "The recall")), responses((status = 200, body = WholeRecall)))]
async fn dismiss(
    who: Can<may::Write>,
    Path(id): Path<RecallId>,
    Body(new): Body<DismissRecall>,
) -> Result<Json<WholeRecall>> {
    who.write(async move |tx| {
        let before = open_at(tx, id, new.version).await?;
        let dismissed_for = Some(new.reason.into());
        let after = Recall { status: RecallStatus::Dismissed, dismissed_for, ..before.clone() };
        let after = save(tx, &before, after, "recall.dismissed").await?;
        whole(tx, after).await.map(Json)
    })
    .await
}

/// Ask a patient after all who was not to be asked any more.
#[utoipa::path(post, path = "/api/v1/recalls/{id}/reopen", tag = "scheduling", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The recall")), responses((status = 200, body = WholeRecall)))]
async fn reopen(
    who: Can<may::Write>,
    Path(id): Path<RecallId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<WholeRecall>> {
    who.write(async move |tx| {
        let before = row::lock(tx, id).await?;
        check_version(at.version, before.version, &before)?;
        let after = match before.status {
            RecallStatus::Due | RecallStatus::Contacted => before,
            RecallStatus::Dismissed => save(tx, &before, before.reopened(), "recall.reopened").await?,
            RecallStatus::Booked | RecallStatus::Done => return Err(over(&before)),
        };
        whole(tx, after).await.map(Json)
    })
    .await
}

/// The recall at this version, locked, if the patient is still to be asked.
async fn open_at(tx: &mut TenantTx, id: RecallId, version: i32) -> Result<Recall> {
    let recall = row::lock(tx, id).await?;
    check_version(version, recall.version, &recall)?;
    if recall.is_open() { Ok(recall) } else { Err(over(&recall)) }
}

fn over(recall: &Recall) -> Error {
    Error::conflict("recall.over", "The patient is not to be asked any more.").showing(recall)
}

async fn tried(
    tx: &mut TenantTx,
    before: Recall,
    kind: AttemptKind,
    outcome: AttemptOutcome,
    note: Option<&str>,
) -> Result<Recall> {
    row::add_attempt(tx, before.id, kind, outcome, note).await?;
    let after = Recall {
        status: RecallStatus::Contacted,
        attempts: before.attempts + 1,
        last_attempt_at: Some(tx.now()),
        ..before.clone()
    };
    save(tx, &before, after, "recall.attempted").await
}

/// Queues the mail. What the visit is for is not in it: others may read it.
async fn queue(tx: &mut TenantTx, recall: &Recall) -> Result<()> {
    let reach = patients::reach(tx, recall.patient_id).await?;
    let Some(reach) = reach.filter(|reach| reach.email.is_some()) else {
        return Err(Error::conflict("recall.no_email", "The patient has no e-mail address; enter one first."));
    };
    let Some(to) = reach.writable() else {
        return Err(Error::conflict("recall.no_consent", "The patient does not want to be sent e-mail."));
    };
    let practice = practice::practice(tx).await?;
    let place = practice::location(tx, recall.location_id).await?;
    let contact = place.phone.or(practice.phone).or(practice.email);
    let kind = if contact.is_some() { "recall" } else { "recall_without_contact" };
    let letter = Letter::new(MAILS, kind, to.clone(), reach.language)
        .with("practice", Phi::new(practice.name))
        .with("contact", contact.unwrap_or_else(|| Phi::new(String::new())));
    tx.queue_mail(&letter).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_say_the_same_in_both_languages() {
        assert_eq!(MAILS.faults().expect("reads"), Vec::<String>::new());
    }
}
