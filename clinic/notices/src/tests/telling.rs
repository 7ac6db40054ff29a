//! Who is told what.

use automation::block::{Call, Run};
use platform::db::Caller;
use platform::id::PracticeId;
use platform::testing::Person;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{column, engine, id, notices, patient, start, texts, unread};

const TELL: &str = "staff.notify";

#[tokio::test]
async fn everybody_who_has_the_role_now_is_told_and_nobody_else() {
    let (server, owner) = start().await;
    let [first, second] =
        [server.colleague_of(&owner, "receptionist").await, server.colleague_of(&owner, "receptionist").await];
    let other = server.colleague_of(&owner, "provider").await;
    let (gone, _) = server.member_of(&owner, "receptionist").await;
    let staff = owner.get("/api/v1/staff?limit=200").await.expect(200);
    let found = staff["items"].as_array().expect("items").iter().find(|one| one["id"] == json!(gone)).expect("them");
    owner.post(&format!("/api/v1/staff/{gone}/suspend"), &json!({ "version": found["version"] })).await.expect(200);
    let sara = patient(&owner, "Sara").await;
    let input = json!({ "text": "Sara is here", "role": "receptionist" });
    let did = engine(&server, &owner).run(TELL, Some(id(&sara)), input).await.expect("told");
    assert_eq!(did["told"], 2);
    for person in [&first, &second] {
        let items = notices(person, "").await;
        assert_eq!((texts(&items), unread(person).await), (vec!["Sara is here"], 1));
        assert_eq!((&items[0]["source"], &items[0]["id"]), (&json!("workflow"), &did["noticeId"]));
        assert_eq!((&items[0]["patient"]["id"], &items[0]["patient"]["givenName"]), (&sara["id"], &json!("Sara")));
    }
    for person in [&owner, &other] {
        assert_eq!((notices(person, "").await.len(), unread(person).await), (0, 0));
    }
    let told = "select user_id::text from notices.notice where practice_id = $1 order by 1";
    assert!(!column(&server, &owner, told).await.contains(&gone.to_string()), "they cannot come in");
    let audited =
        "select action from audit.entry where practice_id = $1 and resource_type = 'notice' and actor_kind = 'system'";
    assert_eq!(column(&server, &owner, audited).await, ["create"]);
    let events = "select name || ' ' || (select string_agg(f, ' ' order by f) from jsonb_array_elements_text(payload -> 'fields') f)
                    from outbox.event where practice_id = $1 and subject_type = 'notice'";
    assert_eq!(column(&server, &owner, events).await, ["notice.created patient text"]);
}

#[tokio::test]
async fn whoever_has_a_role_of_the_practices_own_is_told_what_the_role_below_it_is() {
    let (server, owner) = start().await;
    let role = json!({ "name": "Night desk", "basedOn": "receptionist", "permissions": ["staff.read"] });
    let role = owner.post("/api/v1/roles", &role).await.expect(201);
    let (member, email) = server.member_of(&owner, "receptionist").await;
    let change = json!({ "version": 1, "customRoleId": role["id"] });
    owner.patch(&format!("/api/v1/staff/{member}"), &change).await.expect(200);
    let mut person = server.stranger();
    let credentials = json!({ "email": email, "password": "a long test password" });
    person.sign("/api/v1/auth/login", &credentials).await.expect(200);
    let sara = patient(&owner, "Sara").await;
    let input = json!({ "text": "Lock up", "role": "receptionist" });
    engine(&server, &owner).run(TELL, Some(id(&sara)), input).await.expect("told");
    let items = notices(&person, "").await;
    assert_eq!((texts(&items), &items[0]["patient"]), (vec!["Lock up"], &Value::Null), "they may not see patients");
}

#[tokio::test]
async fn one_person_is_told_with_the_visit_that_it_is_about() {
    let (server, owner) = start().await;
    let desk = server.colleague_of(&owner, "receptionist").await;
    let engine = engine(&server, &owner);
    let both = json!({ "text": "For you", "memberId": desk.user(), "role": "owner" });
    engine.run(TELL, None, both).await.expect("told");
    assert_eq!((unread(&desk).await, unread(&owner).await), (1, 0), "the person, not the role");

    let visit = visit(&owner).await;
    let about = json!({ "text": "They are late", "memberId": desk.user(), "appointmentId": visit["id"] });
    engine.run(TELL, None, about).await.expect("told");
    let items = notices(&desk, "limit=1").await;
    assert_eq!((&items[0]["appointmentId"], &items[0]["patient"]["id"]), (&visit["id"], &visit["patientId"]));
}

/// A visit with the owner, who is made somebody that patients can be booked with.
async fn visit(owner: &Person) -> Value {
    let profile = json!({ "colour": "teal", "bookable": true, "version": 0 });
    owner.put(&format!("/api/v1/providers/{}", owner.user()), &profile).await.expect(200);
    let service = json!({ "nameEn": "Cleaning", "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" },
                          "vatCategory": "standard", "colour": "teal" });
    let service = owner.post("/api/v1/services", &service).await.expect(201);
    let place = owner.post("/api/v1/locations", &json!({ "name": "Olaya" })).await.expect(201);
    let sara = patient(owner, "Sara").await;
    let visit = json!({ "patientId": sara["id"], "serviceId": service["id"], "locationId": place["id"],
        "providerIds": [owner.user()], "start": "2031-01-06T09:00:00Z", "overbooking": "A test" });
    owner.post("/api/v1/appointments", &visit).await.expect(201)
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_and_leaves_nothing() {
    let (server, owner) = start().await;
    let neighbour = server.owner_of("beta").await;
    let theirs = patient(&neighbour, "Noura").await;
    let engine = engine(&server, &owner);
    for (input, refusal) in [
        (json!({ "text": "x", "role": "hygienist" }), "notice.nobody"),
        (json!({ "text": "x", "memberId": neighbour.user() }), "notice.nobody"),
        (json!({ "text": "x" }), "/role step.input"),
        (json!({ "role": "owner" }), "/text step.input"),
        (json!({ "text": "x".repeat(2001), "role": "owner" }), "/text too_long"),
        (json!({ "text": "x", "role": "owner", "patientId": theirs["id"] }), "/patientId not_found"),
        (json!({ "text": "x", "role": "owner", "appointmentId": Uuid::now_v7() }), "/appointmentId not_found"),
    ] {
        assert_eq!(engine.refused(TELL, None, input.clone()).await, refusal, "{input}");
    }
    let all = "select id::text from notices.notice where practice_id = $1";
    assert_eq!(column(&server, &owner, all).await, Vec::<String>::new());
    engine.check_declarations();
}

#[tokio::test]
async fn a_test_is_marked_and_a_mail_says_only_that_there_is_something() {
    let (server, owner) = start().await;
    let Run::Inside(run) = crate::blocks().actions[0].run else { panic!("it is done inside") };
    let input = json!({ "text": "Sara Ali is here", "role": "owner", "byEmail": true });
    let call = Call {
        input: input.as_object().expect("an object").clone(),
        key: Uuid::now_v7(),
        workflow: Uuid::now_v7(),
        run: Uuid::now_v7(),
        test: true,
        patient: None,
    };
    let caller = Caller::system(PracticeId(owner.practice()));
    server.app.door.write(&caller, async move |tx| run(tx, &call).await).await.expect("told");
    server.settle().await;
    assert_eq!(texts(&notices(&owner, "").await), ["[Test] Sara Ali is here"]);
    let kept = platform::mail::list(&server.app, Some("sandbox"), None, 10).await.expect("mails");
    let mail = kept.iter().find(|mail| mail.kind == "notice").and_then(|mail| mail.mail.clone()).expect("a mail");
    assert_eq!(mail.to.expose(), "owner@alpha.example");
    assert!(
        mail.text.expose().contains("/home#notices") && !mail.text.expose().contains("Sara"),
        "{:?}",
        mail.text.expose()
    );
}

#[tokio::test]
async fn whoever_a_note_mentions_is_told_by_whom_and_about_whom() {
    let (server, owner) = start().await;
    let desk = server.colleague_of(&owner, "receptionist").await;
    let sara = patient(&owner, "Sara").await;
    let notes = format!("/api/v1/patients/{}/notes", id(&sara));
    owner.post(&notes, &json!({ "text": "Nobody in particular" })).await.expect(201);
    let note = json!({ "text": "Allergic to latex", "mentions": [desk.user(), owner.user()] });
    owner.post(&notes, &note).await.expect(201);
    server.settle().await;
    let items = notices(&desk, "").await;
    assert_eq!(items.len(), 1);
    let of = |field: &str| items[0][field].clone();
    assert_eq!([of("source"), of("by"), of("text")], [json!("mention"), json!("Test Owner"), Value::Null]);
    assert_eq!(items[0]["patient"]["id"], sara["id"]);
    assert_eq!(unread(&owner).await, 0, "nobody tells themselves");
}
