//! Whoever is mentioned in a note is told so.

use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::outbox::{Event, Subscriber};
use uuid::Uuid;

use crate::tell::{NewNotice, Source, Whom, tell};

/// Hears of notes.
pub const SUBSCRIBER: Subscriber = Subscriber {
    name: "notices",
    wants: |name| name == "note.created",
    handle: |tx, event| Box::pin(async move { hear(tx, event).await }),
};

/// What the note says stays with the patient, where only those read it who may.
async fn hear(tx: &mut TenantTx, event: &Event) -> Result<()> {
    let ids =
        |what: &str| -> Vec<Uuid> { serde_json::from_value(event.payload["ids"][what].clone()).unwrap_or_default() };
    let by = ids("by").first().copied();
    let people: Vec<Uuid> = ids("mentions").into_iter().filter(|person| Some(*person) != by).collect();
    if people.is_empty() {
        return Ok(());
    }
    let new = NewNotice {
        text: None,
        patient: ids("patient").first().copied().map(PatientId),
        appointment: None,
        source: Source::Mention(event.subject_id, by),
        by_email: false,
    };
    tell(tx, Whom::People(people), &new).await.map(drop)
}
