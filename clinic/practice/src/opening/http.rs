//! Opening hours as the front end asks for them: everything that decides about them put together.

use platform::testing::Person;
use serde_json::json;

use crate::testing::{location, made, provider, put, start};

async fn open(person: &Person, owner: &str, from: &str, to: &str) -> Vec<String> {
    let answer = person.get(&format!("/api/v1/opening?owner={owner}&from={from}&to={to}")).await.expect(200);
    let text = |span: &serde_json::Value, side: &str| span[side].as_str().expect("an instant").to_owned();
    let spans = answer["open"].as_array().expect("spans");
    spans.iter().map(|span| format!("{} {}", text(span, "start"), text(span, "end"))).collect()
}

#[tokio::test]
async fn everything_that_decides_is_put_together() {
    let (server, owner) = start().await;
    let london = made(&owner, "/api/v1/locations", &json!({ "name": "London", "timeZone": "Europe/London" })).await;
    let (doctor, other) =
        (server.colleague_of(&owner, "provider").await, server.colleague_of(&owner, "provider").await);
    let person = format!("provider:{}", doctor.user());
    provider(&owner, doctor.user(), &json!({ "version": 0, "locationIds": [london] })).await;
    let days: Vec<_> =
        (1..=7).map(|day| json!({ "weekday": day, "intervals": [{ "from": "08:00", "to": "12:00" }] })).collect();
    let hours = json!({ "owner": "practice", "version": 0, "week": days });
    put(&owner, "/api/v1/hours", &hours).await.expect(200);

    let day = "2026-12-21";
    let morning = "2026-12-21T08:00:00Z 2026-12-21T12:00:00Z";
    assert_eq!(open(&owner, "practice", day, day).await, ["2026-12-21T05:00:00Z 2026-12-21T09:00:00Z"]);
    assert_eq!(open(&owner, &format!("location:{london}"), day, day).await, [morning], "in the location's own zone");
    assert_eq!(open(&doctor, &person, day, day).await, [morning]);

    let absence = async |owner_of: &str, kind: &str, from: &str, to: &str| {
        let body = json!({ "owner": owner_of, "kind": kind, "from": format!("{day}T{from}:00"), "to": format!("{day}T{to}:00") });
        made(&owner, "/api/v1/absences", &body).await
    };
    absence("practice", "extra", "14:00", "15:00").await;
    assert_eq!(open(&doctor, &person, day, day).await, [morning, "2026-12-21T14:00:00Z 2026-12-21T15:00:00Z"]);
    absence(&person, "vacation", "11:00", "14:30").await;
    assert_eq!(
        open(&doctor, &person, day, day).await,
        ["2026-12-21T08:00:00Z 2026-12-21T11:00:00Z", "2026-12-21T14:30:00Z 2026-12-21T15:00:00Z"]
    );
    // with hours of one's own, an extra opening of the practice is not one's own
    let own = json!({ "owner": person, "version": 0, "week": days });
    put(&doctor, "/api/v1/hours", &own).await.expect(200);
    assert_eq!(open(&doctor, &person, day, day).await, ["2026-12-21T08:00:00Z 2026-12-21T11:00:00Z"]);

    made(&owner, "/api/v1/closing-days", &json!({ "name": "Move", "date": day, "repeats": "none" })).await;
    assert_eq!(open(&doctor, &person, day, day).await, [""; 0]);
    absence(&person, "extra", "09:00", "10:00").await;
    assert_eq!(open(&doctor, &person, day, day).await, ["2026-12-21T09:00:00Z 2026-12-21T10:00:00Z"], "called in");
    assert_eq!(
        open(&other, &format!("provider:{}", other.user()), day, day).await,
        ["2026-12-21T11:00:00Z 2026-12-21T12:00:00Z"]
    );
}

#[tokio::test]
async fn two_months_at_most() {
    let (server, owner) = start().await;
    let ask = async |query: &str| owner.get(&format!("/api/v1/opening?owner=practice&{query}")).await;
    ask("from=2026-12-01&to=2027-01-31").await.expect(200);
    for query in ["from=2026-12-01&to=2027-02-01", "from=2026-12-02&to=2026-12-01"] {
        assert_eq!(ask(query).await.faults(), ["?to out_of_range"], "{query}");
    }
    assert_eq!(ask("from=1999-12-31&to=2000-01-01").await.faults(), ["?from out_of_range"]);
    assert_eq!(ask("from=2026-12-01").await.faults(), ["?to required"]);
    let beta = server.owner_of("beta").await;
    let strange = location(&beta, "Olaya").await;
    let answer = owner.get(&format!("/api/v1/opening?owner=location:{strange}&from=2026-12-01&to=2026-12-01")).await;
    assert_eq!(answer.status, 404);
}
