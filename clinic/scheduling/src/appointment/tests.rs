//! Booking, moving, cancelling, as the front desk does it; and many at once.

use futures::future::join_all;
use platform::testing::{Answer, Person};
use serde_json::{Value, json};

use crate::testing::{Clinic, at, id, local, made, put};

fn status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status.as_u16() == status).count()
}

fn path(of: &Value, what: &str) -> String {
    format!("/api/v1/appointments/{}/{what}", id(of))
}

async fn come(person: &Person, of: &Value, status: &str) -> Answer {
    person.post(&path(of, "status"), &json!({ "version": of["version"], "status": status })).await
}

#[tokio::test]
async fn a_visit_takes_the_doctor_the_chair_and_the_patient() {
    let clinic = Clinic::start().await;
    let patient = clinic.patient().await;
    let visit = clinic.visit(&patient, "09:00");
    let booked = clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
    assert_eq!((local(&booked["start"]), local(&booked["end"])), ("09:00".to_owned(), "09:30".to_owned()));
    assert_eq!(booked["timeZone"], "Asia/Riyadh");
    assert_eq!(booked["roomIds"], json!([clinic.chairs[0]]), "the first chair that is free");
    assert_eq!(booked["status"], "scheduled");

    let other = clinic.patient().await;
    let refused = clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "09:15")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "appointment.provider_busy"));
    assert_eq!(refused.body["current"]["busy"], json!([{ "kind": "provider", "id": clinic.doctor(0) }]));
    let free: Vec<_> = refused.body["current"]["alternatives"]
        .as_array()
        .expect("some")
        .iter()
        .map(|slot| local(&slot["start"]))
        .collect();
    assert_eq!(free, ["08:15", "09:45", "10:00"], "the nearest ones, five minutes after the visit");

    let mut elsewhere = clinic.visit(&patient, "09:15");
    elsewhere["providerIds"] = json!([clinic.doctor(1)]);
    let refused = clinic.owner.post("/api/v1/appointments", &elsewhere).await;
    assert_eq!(refused.code(), "appointment.patient_busy");
    elsewhere["patientId"] = json!(other);
    elsewhere["roomIds"] = json!([clinic.chairs[0]]);
    assert_eq!(clinic.owner.post("/api/v1/appointments", &elsewhere).await.code(), "appointment.room_busy");
    elsewhere.as_object_mut().expect("a visit").remove("roomIds");
    let booked = clinic.owner.post("/api/v1/appointments", &elsewhere).await.expect(201);
    assert_eq!(booked["roomIds"], json!([clinic.chairs[1]]), "the other chair");
}

#[tokio::test]
async fn what_is_kept_free_around_a_visit_is_nobodys() {
    let clinic = Clinic::start().await;
    clinic.booked("09:00").await;
    let other = clinic.patient().await;
    let at_half_past = clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "09:30")).await;
    assert_eq!(at_half_past.code(), "appointment.provider_busy", "five minutes are kept free");
    clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "09:35")).await.expect(201);
}

#[tokio::test]
async fn outside_of_working_hours_and_over_another_only_with_a_reason() {
    let clinic = Clinic::start().await;
    let patient = clinic.patient().await;
    let mut visit = clinic.visit(&patient, "12:15");
    let refused = clinic.owner.post("/api/v1/appointments", &visit).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "appointment.closed"));
    assert_eq!(refused.body["current"]["alternatives"].as_array().map(Vec::len), Some(3));
    visit["overbooking"] = json!("Severe pain");
    let booked = clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
    assert_eq!(booked["overbooking"], "Severe pain");

    let there = clinic.booked("09:00").await;
    let mut over = clinic.visit(&clinic.patient().await, "09:00");
    over["overbooking"] = json!("Emergency");
    let over = clinic.owner.post("/api/v1/appointments", &over).await.expect(201);
    assert_ne!(over["roomIds"], there["roomIds"], "in the other chair, which is free");
    // who comes later must not be put over the one that lies over another
    let later = clinic.owner.post("/api/v1/appointments", &clinic.visit(&clinic.patient().await, "09:10")).await;
    assert_eq!(later.code(), "appointment.provider_busy");

    // a patient is in one place only, whatever the reason
    let mut twice = clinic.visit(&patient, "12:20");
    twice["overbooking"] = json!("Emergency");
    assert_eq!(clinic.owner.post("/api/v1/appointments", &twice).await.code(), "appointment.patient_busy");
    let assistant = clinic.server.colleague_of(&clinic.owner, "assistant").await;
    twice["start"] = json!(at("10:00"));
    assert_eq!(assistant.post("/api/v1/appointments", &twice).await.status, 403, "assistants do not overbook");
}

#[tokio::test]
async fn what_does_not_exist_is_named() {
    let clinic = Clinic::start().await;
    let visit = clinic.visit(&clinic.patient().await, "09:00");
    let nobody = uuid::Uuid::now_v7();
    for (field, value, pointer) in [
        ("patientId", json!(nobody), "/patientId not_found"),
        ("serviceId", json!(nobody), "/serviceId not_found"),
        ("locationId", json!(nobody), "/locationId not_found"),
        ("roomIds", json!([nobody]), "/roomIds not_found"),
        ("roomIds", json!([clinic.chairs[0], clinic.chairs[0]]), "/roomIds duplicate"),
        ("providerIds", json!([]), "/providerIds too_short"),
        ("start", json!("1999-01-01T09:00:00Z"), "/start out_of_range"),
        ("durationMinutes", json!(1), "/durationMinutes out_of_range"),
    ] {
        let mut wrong = visit.clone();
        wrong[field] = value;
        let answer = clinic.owner.post("/api/v1/appointments", &wrong).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![pointer.to_owned()]), "{field}");
    }
    let beta = clinic.server.owner_of("beta").await;
    let house = made(&clinic.owner, "/api/v1/locations", &json!({ "name": "Malqa" })).await;
    let mut elsewhere = visit.clone();
    elsewhere["roomIds"] = json!([clinic.chairs[0]]);
    elsewhere["locationId"] = json!(house);
    let answer = clinic.owner.post("/api/v1/appointments", &elsewhere).await;
    assert_eq!(answer.faults(), ["/roomIds not_found"], "a chair stands in one place");
    let profile = json!({ "version": 1, "locationIds": [house] });
    put(&clinic.owner, &format!("/api/v1/providers/{}", clinic.doctor(0)), &profile).await.expect(200);
    assert_eq!(clinic.owner.post("/api/v1/appointments", &visit).await.faults(), ["/providerIds unfit"]);
    let profile = json!({ "version": 2, "bookable": false });
    put(&clinic.owner, &format!("/api/v1/providers/{}", clinic.doctor(0)), &profile).await.expect(200);
    assert_eq!(clinic.owner.post("/api/v1/appointments", &visit).await.faults(), ["/providerIds not_found"]);
    let mut stranger = visit;
    stranger["providerIds"] = json!([beta.user()]);
    assert_eq!(clinic.owner.post("/api/v1/appointments", &stranger).await.faults(), ["/providerIds not_found"]);
    stranger["providerIds"] = json!([nobody]);
    stranger["overbooking"] = json!("Emergency");
    assert_eq!(clinic.owner.post("/api/v1/appointments", &stranger).await.faults(), ["/providerIds not_found"]);
}

/// Fifty want the same: one gets it, the others hear what is free instead, and nothing breaks.
#[tokio::test]
async fn fifty_at_once() {
    let clinic = Clinic::start().await;
    let mut patients = Vec::new();
    for _ in 0..50 {
        patients.push(clinic.patient().await);
    }
    for round in 0..20 {
        let time = format!("{:02}:{:02}", 8 + round / 5, round % 5 * 12);
        let visits: Vec<_> = patients
            .iter()
            .map(|patient| {
                let mut visit = clinic.visit(patient, &time);
                visit["durationMinutes"] = json!(5);
                visit
            })
            .collect();
        let answers = join_all(visits.iter().map(|visit| clinic.owner.post("/api/v1/appointments", visit))).await;
        assert_eq!((status(&answers, 201), status(&answers, 409)), (1, 49), "round {round}");
        let told =
            |answer: &&Answer| answer.body["current"]["alternatives"].as_array().is_some_and(|free| free.len() == 3);
        assert_eq!(answers.iter().filter(told).count(), 49, "round {round}");
    }
}

#[tokio::test]
async fn back_to_back_and_swapped_at_once() {
    let clinic = Clinic::start().await;
    let patients = join_all((0..8).map(|_| clinic.patient())).await;
    let visits: Vec<_> = patients
        .iter()
        .enumerate()
        .map(|(i, patient)| clinic.visit(patient, &format!("{:02}:{:02}", 8 + i * 35 / 60, i * 35 % 60)))
        .collect();
    let booked = join_all(visits.iter().take(6).map(|visit| clinic.owner.post("/api/v1/appointments", visit))).await;
    assert_eq!(status(&booked, 201), 6, "neighbours are in nobody's way");

    // two want each other's time: at most one order of events would let both, and none books anybody twice
    let [one, other] = [&booked[0].body, &booked[1].body];
    let to = |of: &Value, time: &Value| json!({ "version": of["version"], "start": time });
    let (there, here) = (to(one, &other["start"]), to(other, &one["start"]));
    let (one_path, other_path) = (path(one, "move"), path(other, "move"));
    let (first, second) = tokio::join!(clinic.owner.post(&one_path, &there), clinic.owner.post(&other_path, &here));
    assert_eq!([first.code(), second.code()], ["appointment.provider_busy"; 2], "each is still in the other's way");
}

#[tokio::test]
async fn a_series_is_booked_whole_or_not_at_all() {
    let clinic = Clinic::start().await;
    let patient = clinic.patient().await;
    let series = |time: &str, times: i32| json!({ "first": clinic.visit(&patient, time), "every": 1, "unit": "week", "times": times });
    let booked = clinic.owner.post("/api/v1/appointment-series", &series("10:00", 4)).await.expect(201);
    let items = booked["items"].as_array().expect("visits");
    let starts: Vec<_> = items.iter().map(|item| item["start"].as_str().expect("a start")[..10].to_owned()).collect();
    assert_eq!(starts, ["2030-06-02", "2030-06-09", "2030-06-16", "2030-06-23"]);
    assert_eq!(items[2]["series"], json!({ "id": booked["id"], "number": 3, "length": 4 }));

    // the third of these meets the third of those
    let mut other = series("10:15", 4);
    other["first"]["start"] = json!("2030-05-19T10:15:00+03:00");
    other["first"]["patientId"] = json!(clinic.patient().await);
    let refused = clinic.owner.post("/api/v1/appointment-series", &other).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "appointment.provider_busy"));
    assert_eq!(refused.body["current"]["number"], 3);
    let near = refused.body["current"]["alternatives"].as_array().expect("alternatives");
    assert_eq!(near.len(), 3);
    assert!(near.iter().all(|slot| slot["start"].as_str().is_some_and(|start| start >= "2030-06-01")), "{near:?}");
    let all = clinic.owner.get("/api/v1/appointments").await.expect(200);
    assert_eq!(all["items"].as_array().map(Vec::len), Some(4), "nothing of the other one is left");

    let why = json!({ "version": items[1]["version"], "by": "patient", "reason": "patient_busy", "following": true });
    clinic.owner.post(&path(&items[1], "cancel"), &why).await.expect(200);
    let left = clinic.owner.get("/api/v1/appointments?status=scheduled").await.expect(200);
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1), "the second and all after it");
    let of_two: Vec<_> = (0..2).map(|_| series("15:00", 3)).collect();
    let answers = join_all(of_two.iter().map(|one| clinic.owner.post("/api/v1/appointment-series", one))).await;
    assert_eq!((status(&answers, 201), status(&answers, 409)), (1, 1));
}

#[tokio::test]
async fn a_visit_is_moved_and_made_longer() {
    let clinic = Clinic::start().await;
    let visit = clinic.booked("09:00").await;
    clinic.booked("11:00").await;
    let confirmed = come(&clinic.owner, &visit, "confirmed").await.expect(200);
    let to = |of: &Value, time: &str, minutes: i32| json!({ "version": of["version"], "start": at(time), "durationMinutes": minutes });
    let longer = clinic.owner.post(&path(&visit, "move"), &to(&confirmed, "09:00", 60)).await.expect(200);
    assert_eq!((local(&longer["end"]), &longer["status"]), ("10:00".to_owned(), &json!("confirmed")));
    assert_eq!(longer["moves"], 0, "it is where it was");
    let refused = clinic.owner.post(&path(&visit, "move"), &to(&longer, "10:30", 30)).await;
    assert_eq!(refused.code(), "appointment.provider_busy");
    let over_itself = clinic.owner.post(&path(&visit, "move"), &to(&longer, "09:30", 60)).await.expect(200);
    assert_eq!((&over_itself["status"], &over_itself["moves"]), (&json!("scheduled"), &json!(1)), "asked again");
    assert_eq!(over_itself["confirmedAt"], Value::Null);
    let stale = clinic.owner.post(&path(&visit, "move"), &to(&longer, "15:00", 30)).await;
    assert_eq!((stale.status.as_u16(), &stale.body["current"]["version"]), (409, &over_itself["version"]));
    assert_eq!(
        clinic.free("").await.iter().filter(|time| *time < &"12:00".to_owned()).cloned().collect::<Vec<_>>(),
        [
            "08:00", "08:15", "08:30", "08:45", "09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "10:45",
            "11:00", "11:15", "11:30"
        ],
        "the other doctor is free"
    );
}

#[tokio::test]
async fn a_cancelled_visit_frees_its_time_at_once() {
    let clinic = Clinic::start().await;
    let visit = clinic.booked("09:00").await;
    let cancel =
        |reason: &str, by: &str| json!({ "version": visit["version"], "by": by, "reason": reason, "note": "called" });
    let cancelled = path(&visit, "cancel");
    assert_eq!(clinic.owner.post(&cancelled, &cancel("nothing", "patient")).await.faults(), ["/reason not_found"]);
    assert_eq!(clinic.owner.post(&cancelled, &cancel("patient_ill", "clinic")).await.faults(), ["/reason not_found"]);
    let cancelled = clinic.owner.post(&cancelled, &cancel("patient_ill", "patient")).await.expect(200);
    assert_eq!((&cancelled["status"], &cancelled["cancellation"]["note"]), (&json!("cancelled"), &json!("called")));
    assert_eq!(cancelled["providerIds"], visit["providerIds"], "with whom it was is still known");
    let other = clinic.booked("09:00").await;
    let again = come(&clinic.owner, &cancelled, "scheduled").await;
    assert_eq!(again.code(), "appointment.provider_busy", "somebody else has it now");
    let why = json!({ "version": other["version"], "by": "clinic", "reason": "clinic_mistake" });
    clinic.owner.post(&path(&other, "cancel"), &why).await.expect(200);
    let again = come(&clinic.owner, &cancelled, "scheduled").await.expect(200);
    assert_eq!((&again["status"], &again["cancellation"]), (&json!("scheduled"), &Value::Null));
}

#[tokio::test]
async fn a_visit_goes_its_way_and_back() {
    let clinic = Clinic::start().await;
    let mut visit = clinic.booked("09:00").await;
    assert_eq!(come(&clinic.owner, &visit, "no_show").await.code(), "appointment.not_yet");
    assert_eq!(come(&clinic.owner, &visit, "cancelled").await.faults(), ["/status invalid"]);
    for (status, time) in
        [("confirmed", "confirmedAt"), ("arrived", "arrivedAt"), ("in_chair", "seatedAt"), ("completed", "completedAt")]
    {
        visit = come(&clinic.owner, &visit, status).await.expect(200);
        assert!(visit[time].is_string(), "{status} has its time");
    }
    let out = clinic.owner.post(&path(&visit, "check-out"), &json!({ "version": visit["version"] })).await.expect(200);
    assert!(out["checkedOutAt"].is_string());
    let to = json!({ "version": out["version"], "start": at("15:00") });
    assert_eq!(clinic.owner.post(&path(&visit, "move"), &to).await.code(), "appointment.over");
    let back = come(&clinic.owner, &out, "arrived").await.expect(200);
    let known = |time: &str| back[time].is_string();
    assert_eq!(
        ["confirmedAt", "arrivedAt", "seatedAt", "completedAt", "checkedOutAt"].map(known),
        [true, true, false, false, false],
        "what was said since is taken back"
    );
    let out = clinic.owner.post(&path(&visit, "check-out"), &json!({ "version": back["version"] })).await.expect(200);
    assert_eq!(out["status"], "completed", "who leaves has been treated");
    let other = clinic.booked("15:00").await;
    let why = json!({ "version": 1, "by": "clinic", "reason": "clinic_mistake" });
    let cancelled = clinic.owner.post(&path(&other, "cancel"), &why).await.expect(200);
    let gone = clinic.owner.post(&path(&other, "check-out"), &json!({ "version": cancelled["version"] })).await;
    assert_eq!(gone.code(), "appointment.over");
}

#[tokio::test]
async fn some_change_only_their_own() {
    let clinic = Clinic::start().await;
    let [doctor, other] = &clinic.doctors;
    let patient = clinic.patient().await;
    let visit = clinic.visit(&patient, "09:00");
    assert_eq!(other.post("/api/v1/appointments", &visit).await.status, 403);
    let booked = doctor.post("/api/v1/appointments", &visit).await.expect(201);
    assert_eq!(come(other, &booked, "confirmed").await.status, 403);
    let confirmed = come(doctor, &booked, "confirmed").await.expect(200);
    let over = json!({ "version": confirmed["version"], "providerIds": [other.user()] });
    assert_eq!(doctor.post(&path(&booked, "move"), &over).await.status, 403, "nor into somebody else's");
    let accountant = clinic.server.colleague_of(&clinic.owner, "accountant").await;
    assert_eq!(accountant.get("/api/v1/appointments").await.status, 403);
    let change = json!({ "version": confirmed["version"], "notes": " Prefers the window ", "reason": null });
    let changed = Person::send(
        doctor.request(reqwest::Method::PATCH, &path(&booked, "")[..path(&booked, "").len() - 1]).json(&change),
    )
    .await
    .expect(200);
    assert_eq!((&changed["notes"], &changed["reason"]), (&json!("Prefers the window"), &Value::Null));
}

#[tokio::test]
async fn what_is_said_about_a_visit_is_sealed() {
    let clinic = Clinic::start().await;
    let mut visit = clinic.visit(&clinic.patient().await, "09:00");
    visit["reason"] = json!("a very secret reason");
    clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
    for table in ["scheduling.appointment", "scheduling.booked", "timeline.entry", "audit.entry", "outbox.event"] {
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select coalesce(string_agg(encode(convert_to(t::text, 'UTF8'), 'escape'), ' '), '') from {table} t"
        )))
        .fetch_one(&mut clinic.server.database.conn().await)
        .await
        .expect("rows");
        assert!(!rows.is_empty() && !rows.contains("secret"), "{table}");
    }
}

/// Whatever the server forgets, the database does not.
#[tokio::test]
async fn the_database_itself_refuses() {
    let clinic = Clinic::start().await;
    clinic.booked("09:00").await;
    let mut conn = clinic.server.database.conn().await;
    let twice = sqlx::query(
        "insert into scheduling.booked (practice_id, holder_id, appointment_id, kind, resource_id, position, starts_at,
                ends_at, active, over_another)
         select practice_id, holder_id, appointment_id, kind, gen_random_uuid(), 2, starts_at, ends_at, active, over_another
           from scheduling.booked where false
         union all
         select b.practice_id, a.id, a.id, b.kind, b.resource_id, 1, b.starts_at + interval '10 minutes',
                b.ends_at + interval '10 minutes', true, false
           from scheduling.booked b, (select gen_random_uuid() as id) a where b.kind = 'provider'",
    )
    .execute(&mut conn)
    .await
    .expect_err("refused");
    let constraint = twice.as_database_error().and_then(|error| error.constraint()).map(str::to_owned);
    assert_eq!(constraint.as_deref(), Some("booked_once"));
}

#[tokio::test]
async fn a_booking_that_is_repeated_is_one_booking() {
    let clinic = Clinic::start().await;
    let visit = clinic.visit(&clinic.patient().await, "09:00");
    let key = uuid::Uuid::now_v7().to_string();
    let ask = async || {
        let request = clinic.owner.request(reqwest::Method::POST, "/api/v1/appointments");
        Person::send(request.header("idempotency-key", &key).json(&visit)).await
    };
    let (first, second) = (ask().await.expect(201), ask().await);
    assert_eq!(second.headers["idempotency-replayed"], "true");
    assert_eq!(second.body, first);
}

#[tokio::test]
async fn a_hold_keeps_a_slot_for_who_is_deciding() {
    let clinic = Clinic::start().await;
    let hold = json!({ "serviceId": clinic.service, "locationId": clinic.location, "providerIds": [clinic.doctor(0)],
                       "start": at("09:00") });
    let kept = clinic.owner.post("/api/v1/holds", &hold).await.expect(201);
    let (patient, other) = (clinic.patient().await, clinic.patient().await);
    let refused = clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "09:00")).await;
    assert_eq!(refused.code(), "appointment.provider_busy");
    assert_eq!(clinic.owner.post("/api/v1/holds", &hold).await.code(), "appointment.provider_busy");
    let mut visit = clinic.visit(&patient, "09:00");
    visit["holdId"] = kept["id"].clone();
    clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);

    let mut later = hold.clone();
    later["start"] = json!(at("14:00"));
    let released = made(&clinic.owner, "/api/v1/holds", &later).await;
    let release = format!("/api/v1/holds/{released}/release");
    clinic.owner.post(&release, &Value::Null).await.expect(200);
    assert_eq!(clinic.owner.post(&release, &Value::Null).await.status, 404, "it is gone");
    clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "14:00")).await.expect(201);

    let mut settings = clinic.owner.get("/api/v1/scheduling-settings").await.expect(200);
    let rules = settings.as_object_mut().expect("settings");
    rules.retain(|field, _| field != "version" && field != "updatedAt");
    rules.insert("holdMinutes".to_owned(), json!(2));
    let settings = json!({ "version": 0, "rules": rules });
    put(&clinic.owner, "/api/v1/scheduling-settings", &settings).await.expect(200);
    later["start"] = json!(at("15:00"));
    clinic.owner.post("/api/v1/holds", &later).await.expect(201);
    let kept = json!({ "serviceId": clinic.service, "locationId": clinic.location, "providerIds": [clinic.doctor(1)],
                       "start": at("15:00") });
    let kept = made(&clinic.owner, "/api/v1/holds", &kept).await;
    let release = format!("/api/v1/holds/{kept}/release");
    let refused = clinic.doctors[0].post(&release, &Value::Null).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "auth.forbidden"), "what is kept for a colleague");
    clinic.doctors[1].post(&release, &Value::Null).await.expect(200);
    clinic.server.clock.advance(jiff::SignedDuration::from_mins(3));
    let third = clinic.patient().await;
    clinic.owner.post("/api/v1/appointments", &clinic.visit(&third, "15:00")).await.expect(201);
}

#[tokio::test]
async fn who_was_merged_is_not_in_two_places_either() {
    let clinic = Clinic::start().await;
    let (kept, other) = (clinic.patient().await, clinic.patient().await);
    clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "09:00")).await.expect(201);
    let (one, two) = (format!("/api/v1/patients/{kept}"), format!("/api/v1/patients/{other}"));
    let (one, two) = (clinic.owner.get(&one).await.expect(200), clinic.owner.get(&two).await.expect(200));
    let merge = json!({ "version": one["version"], "other": other, "otherVersion": two["version"], "take": [] });
    clinic.owner.post(&format!("/api/v1/patients/{kept}/merge"), &merge).await.expect(201);
    let mut visit = clinic.visit(&kept, "09:00");
    visit["providerIds"] = json!([clinic.doctor(1)]);
    let refused = clinic.owner.post("/api/v1/appointments", &visit).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "appointment.patient_busy"));
    let free = clinic.free(&format!("&patientId={kept}")).await;
    assert!(!free.contains(&"09:00".to_owned()) && !free.contains(&"09:15".to_owned()), "{free:?}");
    visit["start"] = json!(at("09:30"));
    clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
}
