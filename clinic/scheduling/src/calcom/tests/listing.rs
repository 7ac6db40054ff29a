//! Bookings as people see them, and what they decide.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::Connected;

/// Counts what is asked of the database.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl Subscriber for Statements {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        of.target() == "sqlx::query"
    }

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Statements that a page of bookings takes, and the page.
async fn page(it: &Connected) -> (usize, Value) {
    // server and test share one thread
    let statements = Statements::default();
    let counting = tracing::subscriber::set_default(statements.clone());
    let page = it.clinic.owner.get("/api/v1/calcom-bookings").await.expect(200);
    drop(counting);
    (statements.0.load(Ordering::Relaxed), page)
}

#[tokio::test]
async fn a_long_list_takes_as_many_statements_as_a_short_one() {
    let it = Connected::start().await;
    it.told(&[it.created("bk_x", "08:00")]).await;
    it.book("09:00").await;
    it.work().await;
    page(&it).await;
    let (few, short) = page(&it).await;
    for time in ["10:00", "11:00", "14:00", "15:00"] {
        it.book(time).await;
    }
    it.work().await;
    let (many, long) = page(&it).await;
    let count = |page: &Value| page["items"].as_array().expect("bookings").len();
    assert_eq!((count(&short), count(&long)), (2, 6));
    assert!(few > 3, "they are counted: {few}");
    assert_eq!(few, many);
    // each with its own
    for item in long["items"].as_array().expect("bookings") {
        assert_eq!((&item["startHere"], &item["serviceId"]), (&item["startThere"], &json!(it.clinic.service)));
    }
    let starts: Vec<_> =
        long["items"].as_array().expect("bookings").iter().map(|item| item["updatedAt"].as_str()).collect();
    assert!(starts.is_sorted_by(|one, next| one >= next), "the latest change first: {starts:?}");
    assert_eq!(long["items"][5]["givenName"], "Test");
}

#[tokio::test]
async fn booking_over_others_needs_a_reason_and_the_right() {
    let it = Connected::start().await;
    it.everybody_is_busy("09:00").await;
    it.told(&[it.created("bk_x", "09:00")]).await;
    let need = it.needs().await.into_iter().find(|need| need["fromThere"] == true).expect("the one from there");
    let path = format!("/api/v1/calcom-bookings/{}/resolve", need["id"].as_str().expect("an id"));
    let without = json!({ "version": need["version"], "action": "book_over" });
    assert_eq!(it.clinic.owner.post(&path, &without).await.faults(), ["/overbooking required"]);
    assert_eq!(it.visits().await.len(), 2);

    let denied = async || -> Vec<String> {
        sqlx::query_scalar("select detail ->> 'operation' from audit.entry where outcome = 'denied'")
            .fetch_all(&mut it.clinic.server.database.conn().await)
            .await
            .expect("entries")
    };
    let assistant = it.clinic.server.colleague_of(&it.clinic.owner, "assistant").await;
    let over = json!({ "version": need["version"], "action": "book_over", "overbooking": "x" });
    assert_eq!(assistant.post(&path, &over).await.status, 403);
    assert_eq!(denied().await, ["POST /api/v1/calcom-bookings/{id}/resolve"], "which is written to the ledger");
    it.clinic.owner.post(&path, &over).await.expect(200);
    assert_eq!(it.visits().await.len(), 3);
}
