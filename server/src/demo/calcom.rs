//! The demo's Cal.com: the sandbox, with a service mapped, a booking that both have, and one on which they cannot agree.

use jiff::{SignedDuration, Timestamp};
use platform::error::Result;
use serde_json::{Value, json};

use super::desk::Desk;

/// Connects the sandbox and makes something to look at.
pub async fn connect(owner: &Desk, now: Timestamp) -> Result<()> {
    let new = json!({ "version": 0, "provider": "sandbox", "enabled": true });
    let connected = owner.put("/api/v1/calcom", new).await?;
    owner.post("/api/v1/calcom/test", Value::Null).await?;
    let types = owner.get("/api/v1/calcom/event-types").await?;
    let services = owner.get("/api/v1/services?limit=200").await?;
    let place = owner.get("/api/v1/locations?limit=200").await?["items"][0]["id"].clone();
    let all = |list: &Value| list["items"].as_array().cloned().unwrap_or_default();
    // the shortest one: of that there are many times to choose from
    let Some(service) = all(&services).into_iter().min_by_key(|one| one["durationMinutes"].as_i64()) else {
        return Ok(());
    };
    let Some(found) = all(&types).into_iter().find(|one| one["title"] == service["nameEn"]) else { return Ok(()) };
    let item = json!({ "serviceId": service["id"], "providerId": null, "locationId": place, "eventTypeId": found["id"],
        "slug": found["slug"], "title": found["title"], "lengthMinutes": found["lengthMinutes"] });
    owner.put("/api/v1/calcom/mappings", json!({ "version": connected["version"], "items": [item] })).await?;

    let (from, to) = (day(now, 1), day(now, 14));
    let id = |of: &Value| of.as_str().unwrap_or_default().to_owned();
    let path = format!("/api/v1/slots?serviceId={}&locationId={}&from={from}&to={to}", id(&service["id"]), id(&place));
    let slots = all(&owner.get(&path).await?);
    let patients = owner.post("/api/v1/patients/query", json!({ "limit": 200 })).await?;
    let reachable: Vec<_> =
        all(&patients).into_iter().filter(|one| !one["phone"].is_null()).map(|one| one["id"].clone()).collect();
    let [first, .., last] = slots.as_slice() else { return Ok(()) };
    let [one, other, ..] = reachable.as_slice() else { return Ok(()) };
    // taken there by something of which the practice has not heard
    let taken = json!({ "serviceId": service["id"], "start": last["start"], "person": null });
    owner.post("/api/v1/calcom/sandbox-bookings", taken).await?;
    for (slot, patient) in [(first, one), (last, other)] {
        let visit = json!({ "patientId": patient, "serviceId": service["id"], "locationId": place,
            "providerIds": [slot["providerIds"][0]], "start": slot["start"] });
        owner.post("/api/v1/appointments", visit).await?;
    }
    Ok(())
}

fn day(now: Timestamp, days: i64) -> String {
    (now + SignedDuration::from_hours(24 * days)).strftime("%F").to_string()
}
