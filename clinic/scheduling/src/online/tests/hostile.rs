//! What does not mean well.

use serde_json::{Value, json};

use super::Open;

#[tokio::test]
async fn forms_that_cannot_be_are_refused_at_the_field() {
    let open = Open::start().await;
    let long = "x".repeat(81);
    for (field, value, fault) in [
        ("givenName", json!(""), "/givenName required"),
        ("givenName", json!("   "), "/givenName required"),
        ("givenName", json!(long), "/givenName too_long"),
        ("givenName", json!("No\u{0}ura"), "/givenName invalid"),
        ("familyName", json!("Al\nQahtani"), "/familyName invalid"),
        ("birthDate", json!("1849-12-31"), "/birthDate out_of_range"),
        ("birthDate", json!(open.day), "/birthDate out_of_range"),
        ("birthDate", json!("1990-02-30"), "/birthDate wrong_type"),
        ("birthDate", json!("17.05.1990"), "/birthDate wrong_type"),
        ("phone", json!("123"), "/phone invalid_phone"),
        ("phone", json!("<script>"), "/phone invalid_phone"),
        ("phone", json!("0".repeat(41)), "/phone too_long"),
        ("email", json!("noura"), "/email invalid_email"),
        ("email", json!("a@b.example\nBcc: c@d.example"), "/email invalid_email"),
        ("reason", json!("x".repeat(501)), "/reason too_long"),
        ("reason", json!("a\u{7}b"), "/reason invalid"),
        ("language", json!("de"), "/language invalid"),
        ("website", json!("https://spam.example"), "/website invalid"),
        ("start", json!("2030-06-02T09:00"), "/start wrong_type"),
        ("start", json!("2030-06-02T09:00:00[Mars/Olympus]"), "/start wrong_type"),
        ("hold", json!({ "id": "x", "key": "y" }), "/hold/id wrong_type"),
        ("locationId", json!("' or 1=1 --"), "/locationId wrong_type"),
        ("patientId", json!("x"), "/patientId unknown_field"),
        ("notes", json!("x"), "/notes unknown_field"),
        ("overbooking", json!("x"), "/overbooking unknown_field"),
    ] {
        let mut form = open.form("09:00");
        form[field] = value.clone();
        let answer = open.book(&form).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![fault.to_owned()]), "{field} {value}");
    }
    open.decide(1, &json!({ "email": "required", "reason": "no" })).await.expect(200);
    let mut form = open.form("09:00");
    form["reason"] = json!("Pain");
    assert_eq!(open.book(&form).await.faults(), ["/email required", "/reason unknown_field"]);
    assert!(open.appointments().await.is_empty());
    for query in ["&from=2030-06-02&to=2030-07-03", "&from=2030-06-02&to=2030-06-01", "&from=0001-01-01&to=0001-01-02"]
    {
        assert_eq!(open.times(query).await.faults(), ["?to out_of_range"], "{query}");
    }
    assert_eq!(open.times("&from=yesterday&to=2030-06-02").await.status, 422);
    for instant in ["1969-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-30T00:00:00Z"] {
        let mut slot = open.slot("09:00");
        slot["start"] = json!(instant);
        let code = open.hold(&slot).await.code().to_owned();
        assert!(["booking.too_soon", "booking.too_far"].contains(&code.as_str()), "{instant}: {code}");
    }
}

/// Markup is a text like any other: it is kept as it was written, and the mail shows it as text.
#[tokio::test]
async fn markup_stays_a_text() {
    let open = Open::start().await;
    let mut form = open.form("09:00");
    let name = "<img src=x onerror=alert(1)>";
    (form["givenName"], form["email"]) = (json!(name), json!("a@b.example"));
    open.book(&form).await.expect(201);
    let visit = &open.appointments().await[0];
    let patient = format!("/api/v1/patients/{}", visit["patientId"].as_str().expect("an id"));
    assert_eq!(open.clinic.owner.get(&patient).await.expect(200)["givenName"], name);
    open.clinic.server.settle().await;
    let mails = platform::mail::list(&open.clinic.server.app, Some("sandbox"), None, 10).await.expect("mails");
    let mail = mails
        .iter()
        .find(|mail| mail.kind == "visit_booked_online")
        .and_then(|mail| mail.mail.as_ref())
        .expect("a mail");
    assert!(!mail.html.expose().contains("<img"));
}

/// A name that folds to nothing is nobody's, also where a patient has none in the other script.
#[tokio::test]
async fn a_name_without_letters_is_nobody() {
    let open = Open::start().await;
    let known = json!({ "givenName": "Noura", "birthDate": "1990-05-17", "phones": [{ "number": "0501234567" }] });
    let known = open.patient(&known).await;
    let mut form = open.form("09:00");
    (form["givenName"], form["familyName"]) = (json!("!!!"), Value::Null);
    open.book(&form).await.expect(201);
    assert_ne!(open.appointments().await[0]["patientId"], json!(known));
}

#[tokio::test]
async fn a_flood_is_told_when_to_come_back() {
    let open = Open::start().await;
    let mut form = open.form("03:00");
    let mut limited = 0;
    for n in 0..25 {
        form["phone"] = json!(format!("05012345{n:02}"));
        let answer = open.from("198.51.100.7", "/api/v1/booking/appointments", &form).await;
        if answer.status == 429 {
            let after: u64 = answer.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
            assert!((1..=60).contains(&after), "{after}");
            limited += 1;
        }
    }
    assert!((4..=6).contains(&limited), "twenty at once, then one by one: {limited}");
    let elsewhere = open.from("198.51.100.8", "/api/v1/booking/appointments", &open.form("09:00")).await;
    assert_eq!(elsewhere.status, 201, "others are not affected");
    // held at once from one network: a few people who share it, and no more
    let mut held = Vec::new();
    let times =
        ["08:00", "08:45", "09:30", "10:15", "11:00", "13:00", "13:45", "14:30", "15:15", "16:00", "08:00", "08:45"];
    for time in times {
        held.push(open.from("192.0.2.1", "/api/v1/booking/holds", &open.slot(time)).await);
    }
    assert_eq!(held.iter().filter(|answer| answer.status == 201).count(), 10);
    assert!(held.iter().skip(10).all(|answer| answer.status == 429 && answer.headers.contains_key("retry-after")));
}

#[tokio::test]
async fn nobody_finds_out_who_is_known_by_trying() {
    let open = Open::start().await;
    let known = json!({ "givenName": "Noura", "familyName": "Al-Qahtani", "birthDate": "1990-05-17", "phones": [{ "number": "0501234567" }] });
    open.patient(&known).await;
    let service = json!([{ "serviceId": open.clinic.service, "slug": "consultation", "textEn": null, "textAr": null,
        "newPatients": false, "deposit": false }]);
    open.decide(1, &json!({ "services": service })).await.expect(200);
    open.clinic
        .owner
        .post(
            "/api/v1/appointments",
            &json!({ "patientId": open.clinic.patient().await,
        "serviceId": open.clinic.service, "locationId": open.clinic.location,
        "providerIds": [open.clinic.doctor(0), open.clinic.doctor(1)], "start": open.at("09:00") }),
        )
        .await
        .expect(201);
    let mut codes = Vec::new();
    for date in ["1990-05-17", "1990-05-18"] {
        let mut form = open.form("09:00");
        form["birthDate"] = json!(date);
        codes.push(open.book(&form).await.code().to_owned());
    }
    assert_eq!(codes, ["booking.taken", "booking.taken"], "where nothing can be booked, nothing is told");

    let mut last = open.form("10:00");
    for day in 1..=9 {
        last["birthDate"] = json!(format!("1991-01-{day:02}"));
        let network = format!("198.51.100.{day}");
        let answer = open.from(&network, "/api/v1/booking/appointments", &last).await;
        let expected = if day < 9 { (409, "booking.known_only") } else { (429, "rate.limited") };
        assert_eq!((answer.status.as_u16(), answer.code()), expected, "{day}");
    }
    let mut conn = open.clinic.server.database.conn().await;
    let denied: i64 = sqlx::query_scalar(
        "select count(*) from audit.entry where actor_kind = 'visitor' and outcome = 'denied' and resource_type = 'booking'",
    )
    .fetch_one(&mut conn)
    .await
    .expect("a count");
    assert_eq!(denied, 8, "each attempt is in the ledger");
}

#[tokio::test]
async fn what_visitors_keep_is_theirs() {
    let open = Open::start().await;
    let kept = open.hold(&open.slot("09:00")).await.expect(201);
    let release = format!("/api/v1/holds/{}/release", crate::testing::id(&kept));
    assert_eq!(open.clinic.owner.post(&release, &Value::Null).await.status, 404);
    let visit = json!({ "patientId": open.clinic.patient().await, "serviceId": open.clinic.service,
        "locationId": open.clinic.location, "providerIds": [open.clinic.doctor(0)], "start": open.at("09:00"),
        "holdId": kept["id"] });
    let refused = open.clinic.owner.post("/api/v1/appointments", &visit).await;
    assert_eq!((refused.status.as_u16(), refused.faults()), (422, vec!["/holdId not_found".to_owned()]));
}
