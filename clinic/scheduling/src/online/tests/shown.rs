//! What the page shows and what it does not.

use jiff::civil::{Date, Weekday};
use platform::testing::Answer;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Open;
use crate::testing::{id, local, made, put};

fn starts(times: &Value) -> Vec<String> {
    times["items"].as_array().expect("times").iter().map(|time| local(&time["start"])).collect()
}

fn keys(of: &Value) -> Vec<&str> {
    of.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_practice_shows_what_is_public_and_nothing_else() {
    let open = Open::start().await;
    let day = open.day;
    let shown = open.visitor.get("/api/v1/booking/practice?practice=alpha").await.expect(200);
    let mut all = keys(&shown);
    all.sort_unstable();
    assert_eq!(
        all,
        [
            "country",
            "email",
            "hasLogo",
            "holdMinutes",
            "language",
            "locations",
            "name",
            "origins",
            "phone",
            "providers",
            "reason",
            "services",
            "slug"
        ]
    );
    let service = &shown["services"][0];
    assert_eq!((&service["slug"], &service["durationMinutes"]), (&json!("consultation"), &json!(30)));
    assert_eq!(service["price"], json!({ "amountMinor": 10_000, "currency": "SAR" }));
    assert_eq!(service["locationIds"], json!([open.clinic.location]));
    assert_eq!(shown["locations"][0]["timeZone"], "Asia/Riyadh");
    let mut provider = keys(&shown["providers"][0]);
    provider.sort_unstable();
    assert_eq!(provider, ["id", "locationIds", "name", "services", "specialty", "title", "titleAr"]);

    open.decide(1, &json!({ "chooseProvider": false })).await.expect(200);
    let shown = open.visitor.get("/api/v1/booking/practice?practice=alpha").await.expect(200);
    assert_eq!(shown["providers"], json!([]), "nobody is named where nobody can be chosen");
    let chosen = open.times(&format!("&from={day}&to={day}&providerId={}", open.clinic.doctor(0))).await;
    assert_eq!(chosen.faults(), ["?providerId not_found"]);
}

/// Unknown, switched off, and suspended are one thing: byte for byte, whatever is asked.
#[tokio::test]
async fn what_is_closed_answers_like_what_does_not_exist() {
    let open = Open::start().await;
    let day = open.day;
    let ask = async |practice: &str| -> Vec<(u16, Value)> {
        let slug = format!("practice={practice}");
        let (mut slot, mut form) = (open.slot("09:00"), open.form("09:00"));
        (slot["practice"], form["practice"]) = (json!(practice), json!(practice));
        let released = json!({ "practice": practice, "hold": { "id": Uuid::now_v7(), "key": Uuid::now_v7() } });
        let times = format!("service=consultation&locationId={}&from={day}&to={day}", open.clinic.location);
        let answers = [
            open.visitor.get(&format!("/api/v1/booking/practice?{slug}")).await,
            open.visitor.get(&format!("/api/v1/booking/times?{slug}&{times}")).await,
            open.hold(&slot).await,
            open.visitor.post("/api/v1/booking/holds/release", &released).await,
            open.book(&form).await,
        ];
        let bare = |mut answer: Answer| {
            answer.body["requestId"] = Value::Null;
            (answer.status.as_u16(), answer.body)
        };
        answers.into_iter().map(bare).collect()
    };
    let nothing = ask("nobody").await;
    assert!(nothing.iter().all(|(status, body)| *status == 404 && body["code"] == "not_found"), "{nothing:?}");
    assert_eq!(ask("alpha").await.iter().filter(|(status, _)| *status < 300).count(), 4, "it is open");

    open.decide(1, &json!({ "enabled": false })).await.expect(200);
    assert_eq!(ask("alpha").await, nothing, "switched off");
    let beta = open.clinic.server.owner_of("beta").await;
    assert_eq!(ask("beta").await, nothing, "never decided");
    drop(beta);
    open.decide(2, &json!({})).await.expect(200);
    let mut conn = open.clinic.server.database.conn().await;
    sqlx::raw_sql("set session_replication_role = replica; update platform.practice set status = 'suspended' where slug = 'alpha'")
        .execute(&mut conn)
        .await
        .expect("suspended");
    assert_eq!(ask("alpha").await, nothing, "suspended");
}

#[tokio::test]
async fn notice_and_horizon_are_kept() {
    let open = Open::start().await;
    let day = open.day;
    let rules = open.clinic.owner.get("/api/v1/scheduling-settings").await.expect(200);
    let mut rules = rules.as_object().cloned().expect("rules");
    rules.retain(|field, _| field != "version" && field != "updatedAt");
    // it is 20:00 on the evening before: thirteen hours and a half are until 09:30
    (rules["noticeMinutes"], rules["horizonDays"]) = (json!(13 * 60 + 30), json!(3));
    let settings = json!({ "version": 0, "rules": rules });
    put(&open.clinic.owner, "/api/v1/scheduling-settings", &settings).await.expect(200);

    let times = open.times(&format!("&from={day}&to={day}")).await.expect(200);
    assert_eq!(starts(&times)[0], "09:30");
    assert_eq!((&times["firstDay"], &times["lastDay"]), (&json!(open.day), &json!(open.in_days(3))));
    let week = open.times(&format!("&from={}&to={}", open.eve, open.in_days(9))).await.expect(200);
    let last = week["items"].as_array().expect("times").last().expect("one");
    assert_eq!(local(&last["start"]), "16:30");
    assert!(last["start"].as_str().expect("an instant").starts_with(&open.in_days(3).to_string()), "{last}");

    let early = open.hold(&open.slot("09:15")).await;
    assert_eq!((early.status.as_u16(), early.code()), (409, "booking.too_soon"));
    assert_eq!(local(&early.body["current"]["alternatives"][0]["start"]), "09:30");
    assert_eq!(open.book(&open.form("09:15")).await.code(), "booking.too_soon");
    let mut late = open.form("09:00");
    late["start"] = json!(format!("{}T09:00:00+03:00", open.in_days(4)));
    assert_eq!(open.book(&late).await.code(), "booking.too_far");
    open.hold(&open.slot("09:30")).await.expect(201);
    // not on the practice's rhythm, and outside of its hours
    assert_eq!(open.book(&open.form("10:07")).await.code(), "booking.taken");
    assert_eq!(open.book(&open.form("12:00")).await.code(), "booking.taken");
    assert!(open.appointments().await.is_empty());
}

#[tokio::test]
async fn what_is_the_neighbours_or_not_online_cannot_be_chosen() {
    let open = Open::start().await;
    let day = open.day;
    let beta = open.clinic.server.owner_of("beta").await;
    let theirs = made(&beta, "/api/v1/locations", &json!({ "name": "Jeddah" })).await;
    let house = made(&open.clinic.owner, "/api/v1/locations", &json!({ "name": "Malqa" })).await;
    let hidden = json!({ "locationIds": [open.clinic.location], "providerIds": [open.clinic.doctor(0)] });
    open.decide(1, &hidden).await.expect(200);
    for (field, value) in [
        ("locationId", json!(theirs)),
        ("locationId", json!(house)),
        ("locationId", json!(Uuid::now_v7())),
        ("providerId", json!(beta.user())),
        ("providerId", json!(open.clinic.doctor(1))),
        ("service", json!("cleaning")),
        ("service", json!(open.clinic.service)),
    ] {
        let (mut slot, mut form) = (open.slot("09:00"), open.form("09:00"));
        (slot[field], form[field]) = (value.clone(), value.clone());
        let fault = format!("/{field} not_found");
        assert_eq!(open.hold(&slot).await.faults(), std::slice::from_ref(&fault), "{value}");
        assert_eq!(open.book(&form).await.faults(), [fault], "{value}");
    }
    let path = format!("/api/v1/booking/times?practice=alpha&service=consultation&from={day}&to={day}&locationId=");
    assert_eq!(open.visitor.get(&format!("{path}{theirs}")).await.faults(), ["?locationId not_found"]);
    let shown = open.visitor.get("/api/v1/booking/practice?practice=alpha").await.expect(200);
    assert_eq!(shown["locations"].as_array().map(Vec::len), Some(1));
    assert_eq!(id(&shown["providers"][0]), open.clinic.doctor(0).to_string());
    assert_eq!(shown["providers"].as_array().map(Vec::len), Some(1));
    let archive = format!("/api/v1/services/{}/archive", open.clinic.service);
    open.clinic.owner.post(&archive, &json!({ "version": 1 })).await.expect(200);
    assert_eq!(open.book(&open.form("09:00")).await.faults(), ["/service not_found"], "no longer offered");
    let shown = open.visitor.get("/api/v1/booking/practice?practice=alpha").await.expect(200);
    assert_eq!(shown["services"], json!([]));
}

/// On the day on which clocks jump, an hour is missing; the instants are those that the zone's table has, which is
/// written out here.
#[tokio::test]
async fn on_the_day_on_which_clocks_jump() {
    let open = Open::start().await;
    let owner = &open.clinic.owner;
    let path = format!("/api/v1/locations/{}", open.clinic.location);
    owner.patch(&path, &json!({ "version": 1, "timeZone": "America/New_York" })).await.expect(200);
    let night = json!([{ "from": "00:00", "to": "04:00" }]);
    let week: Vec<_> = (1..=7).map(|day| json!({ "weekday": day, "intervals": night })).collect();
    put(owner, "/api/v1/hours", &json!({ "owner": "practice", "version": 1, "week": week })).await.expect(200);
    let rules = json!({ "slotMinutes": 30, "noticeMinutes": 0, "horizonDays": 730, "cancelCutoffMinutes": 0,
        "moveCutoffMinutes": 0, "mostMoves": 3, "holdMinutes": 10,
        "reasons": owner.get("/api/v1/scheduling-settings").await.expect(200)["reasons"] });
    put(owner, "/api/v1/scheduling-settings", &json!({ "version": 0, "rules": rules })).await.expect(200);
    let day = second_sunday_of_march(open.day);
    let times = open.times(&format!("&from={day}&to={day}")).await.expect(200);
    let starts: Vec<_> = times["items"].as_array().expect("times").iter().map(|time| time["start"].clone()).collect();
    // five hours behind until 02:00, then four: 00:00, 00:30, 01:00, 01:30, 03:00, 03:30
    let right = ["05:00", "05:30", "06:00", "06:30", "07:00", "07:30"].map(|time| json!(format!("{day}T{time}:00Z")));
    assert_eq!(starts, right);
    let mut form = open.form("09:00");
    form["start"] = right[4].clone();
    let booked = open.book(&form).await.expect(201);
    assert_eq!((&booked["start"], &booked["timeZone"]), (&right[4], &json!("America/New_York")));
}

/// The next one: since 2007 clocks jump on it in New York (Energy Policy Act of 2005, section 110).
fn second_sunday_of_march(after: Date) -> Date {
    let of = |year| Date::new(year, 3, 1).and_then(|first| first.nth_weekday_of_month(2, Weekday::Sunday));
    let all = [of(after.year()), of(after.year() + 1)];
    all.into_iter().flatten().find(|day| *day > after).expect("one of two")
}
