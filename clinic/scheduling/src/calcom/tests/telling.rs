//! What Cal.com tells.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Connected;
use crate::testing::at;

/// A message about a booking, a little later than the one before.
pub fn message(now: Timestamp, trigger: &str, uid: &str, fields: Value) -> Value {
    static SECONDS: AtomicI64 = AtomicI64::new(0);
    let at = now - SignedDuration::from_hours(1) + SignedDuration::from_secs(SECONDS.fetch_add(1, Ordering::Relaxed));
    let mut payload = json!({ "uid": uid, "eventTypeId": 7, "metadata": { "videoCallUrl": "https://example.com/v" },
        "organizer": { "email": "dr@example.com" },
        "attendees": [{ "name": "Test Testson", "firstName": "Test", "lastName": "Testson", "email": "test@example.com",
                        "phoneNumber": "+966501234567", "timeZone": "Asia/Riyadh", "language": { "locale": "ar" } }] });
    payload.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
    json!({ "triggerEvent": trigger, "createdAt": at, "payload": payload })
}

fn times(start: &str) -> Value {
    let start: Timestamp = at(start).parse().expect("an instant");
    json!({ "startTime": start, "endTime": start + SignedDuration::from_mins(30) })
}

impl Connected {
    /// The time of the test.
    pub fn now(&self) -> Timestamp {
        self.clinic.server.clock.now()
    }

    /// Somebody booked there.
    pub fn created(&self, uid: &str, start: &str) -> Value {
        message(self.now(), "BOOKING_CREATED", uid, times(start))
    }

    /// Somebody moved a booking there, which has another name since.
    pub fn rescheduled(&self, uid: &str, from: &str, start: &str) -> Value {
        let mut fields = times(start);
        fields["rescheduleUid"] = json!(from);
        message(self.now(), "BOOKING_RESCHEDULED", uid, fields)
    }

    /// Whoever booked there cancelled.
    pub fn cancelled(&self, uid: &str) -> Value {
        let fields = json!({ "cancelledBy": "test@example.com", "cancellationReason": "cannot attend" });
        message(self.now(), "BOOKING_CANCELLED", uid, fields)
    }

    /// Tells these, one after the other, and works off what follows from each.
    pub async fn told(&self, messages: &[Value]) {
        for message in messages {
            assert_eq!(self.tell(message).await.expect(200)["new"], true);
            self.work().await;
        }
    }

    /// What both have, and what takes place: what must be the same in the end, in whatever order messages came.
    pub async fn end(&self) -> (Vec<(String, Option<String>)>, Vec<String>) {
        let bookings = sqlx::query_as("select state, uid from scheduling.calcom_booking order by uid")
            .fetch_all(&mut self.clinic.server.database.conn().await)
            .await
            .expect("bookings");
        (bookings, self.visits().await)
    }

    /// How many patients there are.
    pub async fn patients(&self) -> usize {
        let page = self.clinic.owner.post("/api/v1/patients/query", &json!({ "limit": 200 })).await.expect(200);
        page["items"].as_array().expect("patients").len()
    }
}

/// The same about a booking that is one of ours.
pub fn ours(visit: &Value, mut message: Value) -> Value {
    message["payload"]["metadata"] = json!({ calcom::OUR_ID: visit["id"] });
    message
}
