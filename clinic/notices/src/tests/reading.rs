//! One's own notices and nobody else's.

use jiff::SignedDuration;
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};

use super::{column, engine, notices, patient, read, start, texts, unread};

/// Tells the owner something, a minute after what was told before.
async fn tell(server: &TestServer, owner: &Person, text: &str) -> Value {
    server.clock.advance(SignedDuration::from_secs(60));
    let input = json!({ "text": text, "role": "owner" });
    engine(server, owner).run("staff.notify", None, input).await.expect("told")
}

#[tokio::test]
async fn the_newest_come_first_page_by_page_and_are_read_some_or_all() {
    let (server, owner) = start().await;
    let mut told = Vec::new();
    for text in ["a", "b", "c", "d", "e"] {
        told.push(tell(&server, &owner, text).await["noticeId"].clone());
    }
    let first = owner.get("/api/v1/notices?limit=2").await.expect(200);
    assert_eq!((texts(first["items"].as_array().expect("items")), &first["unread"]), (vec!["e", "d"], &json!(5)));
    let next = format!("limit=10&cursor={}", first["nextCursor"].as_str().expect("more"));
    assert_eq!(texts(&notices(&owner, &next).await), ["c", "b", "a"]);

    assert_eq!(read(&owner, json!({ "ids": [told[1], told[4]] })).await, 3);
    assert_eq!(texts(&notices(&owner, "unread=true").await), ["d", "c", "a"]);
    let seen = notices(&owner, "").await;
    assert!(seen[0]["readAt"].is_string() && seen[1]["readAt"].is_null());
    // what came after the list was shown stays unread
    tell(&server, &owner, "f").await;
    assert_eq!(read(&owner, json!({ "until": seen[0]["createdAt"] })).await, 1);
    assert_eq!(texts(&notices(&owner, "unread=true").await), ["f"]);
    assert_eq!((read(&owner, json!({})).await, unread(&owner).await), (0, 0));
    read(&owner, json!({})).await;
    let done =
        "select detail -> 'ids' ->> 0 from audit.entry where practice_id = $1 and action = 'mark_read' order by at";
    assert_eq!(column(&server, &owner, done).await.len(), 3, "what changes nothing is no entry");
}

#[tokio::test]
async fn nobody_reads_or_marks_what_was_told_to_somebody_else() {
    let (server, owner) = start().await;
    let [desk, neighbour] = [server.colleague_of(&owner, "receptionist").await, server.owner_of("beta").await];
    let told = tell(&server, &owner, "For owners").await;
    for other in [&desk, &neighbour] {
        assert_eq!(notices(other, "").await, Vec::<Value>::new());
        assert_eq!(read(other, json!({ "ids": [told["noticeId"]] })).await, 0);
        assert_eq!(read(other, json!({})).await, 0);
    }
    assert_eq!(unread(&owner).await, 1);
    assert_eq!(server.stranger().get("/api/v1/notices").await.status, 401);
    let bad = owner.post("/api/v1/notices/read", &json!({ "ids": vec![told["noticeId"].clone(); 201] })).await;
    assert_eq!(bad.status, 422);
}

#[tokio::test]
async fn every_look_is_in_the_ledger_and_who_may_not_see_patients_sees_none() {
    let (server, owner) = start().await;
    let money = server.colleague_of(&owner, "accountant").await;
    let sara = patient(&owner, "Sara").await;
    let input = json!({ "text": "Send the invoice", "role": "accountant", "patientId": sara["id"] });
    engine(&server, &owner).run("staff.notify", None, input.clone()).await.expect("told");
    let items = notices(&money, "").await;
    assert_eq!((&items[0]["patient"], &items[0]["appointmentId"]), (&Value::Null, &Value::Null));
    assert!(!items[0].to_string().contains(sara["id"].as_str().expect("an id")));
    let input = json!({ "text": "Look", "role": "owner", "patientId": sara["id"] });
    engine(&server, &owner).run("staff.notify", None, input).await.expect("told");
    notices(&owner, "unread=true").await;
    unread(&owner).await;
    let looks = "select detail::text from audit.entry where practice_id = $1 and resource_type = 'notice'
                  and action = 'read' order by at, id";
    let looks: Vec<Value> =
        column(&server, &owner, looks).await.iter().map(|detail| serde_json::from_str(detail).expect("json")).collect();
    assert_eq!(looks.len(), 2, "counting is no look");
    assert_eq!((&looks[0]["patients"], &looks[0]["filter"]), (&json!([]), &json!([])));
    assert_eq!((&looks[1]["patients"], &looks[1]["filter"]), (&json!([sara["id"]]), &json!(["unread"])));
    let sealed = "select private::text from notices.notice where practice_id = $1";
    let text = column(&server, &owner, sealed).await;
    let plain: String = "invoice".bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(text.iter().all(|row| !row.contains(&plain)), "it is not sealed");
}

#[tokio::test]
async fn what_was_read_goes_after_ninety_days_and_the_rest_after_a_year() {
    let (server, owner) = start().await;
    let old = tell(&server, &owner, "old").await;
    read(&owner, json!({ "ids": [old["noticeId"]] })).await;
    tell(&server, &owner, "unread").await;
    let left = async || {
        crate::sweep::sweep(server.app.clone()).await.expect("sweeps");
        column(&server, &owner, "select id::text from notices.notice where practice_id = $1").await.len()
    };
    server.clock.advance(SignedDuration::from_hours(24 * 89));
    assert_eq!(left().await, 2);
    server.clock.advance(SignedDuration::from_hours(24 * 2));
    assert_eq!(left().await, 1);
    server.clock.advance(SignedDuration::from_hours(24 * 275));
    assert_eq!(left().await, 0);
}
