//! Weekly hours as the front end uses them.

use platform::testing::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{location, provider, put, start};

const HOURS: &str = "/api/v1/hours";

fn week(days: &[(i32, &[(&str, &str)])]) -> Value {
    let interval = |(from, to): &(&str, &str)| json!({ "from": from, "to": to });
    days.iter()
        .map(|(weekday, intervals)| json!({ "weekday": weekday, "intervals": intervals.iter().map(interval).collect::<Value>() }))
        .collect()
}

async fn set(person: &Person, owner: &str, version: i32, week: &Value) -> Answer {
    put(person, HOURS, &json!({ "owner": owner, "version": version, "week": week })).await
}

async fn of(person: &Person, owner: &str) -> Value {
    person.get(&format!("{HOURS}?owner={owner}")).await.expect(200)
}

#[tokio::test]
async fn a_week_goes_down_from_the_practice_to_its_people() {
    let (server, owner) = start().await;
    let never = of(&owner, "practice").await;
    assert_eq!((&never["version"], &never["inherited"], &never["from"]), (&json!(0), &json!(false), &Value::Null));
    assert_eq!(never["week"].as_array().expect("days").len(), 7);
    let place = format!("location:{}", location(&owner, "Olaya").await);
    let doctor = server.colleague_of(&owner, "provider").await;
    let person = format!("provider:{}", doctor.user());

    let split = week(&[(7, &[("16:00", "21:00"), ("08:00", "12:00")]), (4, &[("20:00", "02:00")])]);
    let practice = set(&owner, "practice", 0, &split).await.expect(200);
    assert_eq!((&practice["version"], &practice["timeZone"]), (&json!(1), &json!("Asia/Riyadh")));
    assert_eq!(
        practice["week"][6]["intervals"],
        json!([{ "from": "08:00", "to": "12:00" }, { "from": "16:00", "to": "21:00" }])
    );
    assert_eq!(practice["week"][3]["intervals"], json!([{ "from": "20:00", "to": "02:00" }]));
    for below in [&place, &person] {
        let inherited = of(&owner, below).await;
        assert_eq!((&inherited["week"], &inherited["from"]), (&practice["week"], &json!("practice")));
        assert_eq!((&inherited["inherited"], &inherited["version"]), (&json!(true), &json!(0)));
    }

    let own = set(&owner, &place, 0, &week(&[(1, &[("09:00", "24:00")])])).await.expect(200);
    assert_eq!((&own["inherited"], &own["from"], &own["version"]), (&json!(false), &Value::Null, &json!(1)));
    provider(&owner, doctor.user(), &json!({ "version": 0, "locationIds": [place.trim_start_matches("location:")] }))
        .await;
    let of_place = of(&doctor, &person).await;
    assert_eq!((&of_place["from"], &of_place["week"]), (&json!(place), &own["week"]));

    let closed = set(&owner, &place, 1, &week(&[])).await.expect(200);
    assert_eq!((&closed["inherited"], &closed["version"]), (&json!(false), &json!(2)), "never open is a week, too");
    let reset = owner.post("/api/v1/hours/reset", &json!({ "owner": place, "version": 2 })).await.expect(200);
    assert_eq!((&reset["inherited"], &reset["version"], &reset["week"]), (&json!(true), &json!(3), &practice["week"]));
}

#[tokio::test]
async fn somebody_at_several_locations_inherits_from_the_practice() {
    let (_server, owner) = start().await;
    let (olaya, malaz) = (location(&owner, "Olaya").await, location(&owner, "Malaz").await);
    set(&owner, &format!("location:{olaya}"), 0, &week(&[(1, &[("09:00", "10:00")])])).await.expect(200);
    let person = format!("provider:{}", owner.user());
    provider(&owner, owner.user(), &json!({ "version": 0, "locationIds": [olaya, malaz] })).await;
    assert_eq!(of(&owner, &person).await["from"], "practice");
    // an archived location is none
    owner.post(&format!("/api/v1/locations/{malaz}/archive"), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(of(&owner, &person).await["from"], format!("location:{olaya}"));
}

#[tokio::test]
async fn the_second_of_two_is_told_what_is_there_now() {
    let (_server, owner) = start().await;
    let (one, other) = (week(&[(1, &[("08:00", "12:00")])]), week(&[(1, &[("09:00", "12:00")])]));
    let (one, other) =
        futures::future::join(set(&owner, "practice", 0, &one), set(&owner, "practice", 0, &other)).await;
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    let won = won.expect(200);
    assert_eq!((lost.status.as_u16(), lost.code()), (409, "version.stale"));
    assert_eq!(lost.body["current"], won);
}

#[tokio::test]
async fn providers_change_their_own_hours_and_nobody_elses() {
    let (server, owner) = start().await;
    let (doctor, other) =
        (server.colleague_of(&owner, "provider").await, server.colleague_of(&owner, "hygienist").await);
    let mornings = week(&[(1, &[("08:00", "12:00")])]);
    let own = format!("provider:{}", doctor.user());
    set(&doctor, &own, 0, &mornings).await.expect(200);
    doctor.post("/api/v1/hours/reset", &json!({ "owner": own, "version": 1 })).await.expect(200);
    set(&owner, &own, 2, &mornings).await.expect(200);
    for owner in [format!("provider:{}", other.user()), "practice".to_owned()] {
        let refused = set(&doctor, &owner, 0, &mornings).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "auth.forbidden"));
        let refused = doctor.post("/api/v1/hours/reset", &json!({ "owner": owner, "version": 0 })).await;
        assert_eq!(refused.status, 403);
    }
    let desk = server.colleague_of(&owner, "receptionist").await;
    assert_eq!(set(&desk, &format!("provider:{}", desk.user()), 0, &mornings).await.status, 403);
    let denied: i64 =
        sqlx::query_scalar("select count(*) from audit.entry where outcome = 'denied' and resource_type = 'hours'")
            .fetch_one(&mut server.database.conn().await)
            .await
            .expect("a count");
    assert_eq!(denied, 5, "every refusal is in the ledger");
}

#[tokio::test]
async fn every_fault_names_its_place() {
    let (server, owner) = start().await;
    let beta = server.owner_of("beta").await;
    for (week, fault) in [
        (week(&[(1, &[]), (2, &[("08:00", "12:00"), ("11:00", "13:00")])]), "/week/1/intervals/0/to overlap"),
        (week(&[(7, &[("22:00", "03:00")]), (1, &[("02:00", "05:00")])]), "/week/0/intervals/0/to overlap"),
        (week(&[(2, &[("08:00", "8:00")])]), "/week/0/intervals/0/to invalid_time"),
        (week(&[(8, &[])]), "/week/0/weekday out_of_range"),
        (week(&[(1, &[]), (1, &[])]), "/week/1/weekday duplicate"),
        (json!([{ "weekday": 1, "intervals": [{ "from": "08:00" }] }]), "/week/0/intervals/0/to required"),
        (json!([{ "weekday": 1, "intervals": [], "note": "x" }]), "/week/0/note unknown_field"),
    ] {
        let answer = set(&owner, "practice", 0, &week).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![fault.to_owned()]), "{week}");
    }
    for strange in [format!("location:{}", location(&beta, "Olaya").await), format!("provider:{}", beta.user())] {
        assert_eq!(owner.get(&format!("{HOURS}?owner={strange}")).await.status, 404, "{strange}");
        assert_eq!(set(&owner, &strange, 0, &week(&[])).await.status, 404, "{strange}");
    }
    assert_eq!(owner.get(&format!("{HOURS}?owner=nobody")).await.faults(), ["?owner wrong_type"]);
    let reset = owner.post("/api/v1/hours/reset", &json!({ "owner": "practice", "version": 0 })).await;
    assert_eq!(reset.faults(), ["/owner invalid"]);
    let unsent = Person::send(owner.request(Method::PUT, HOURS)).await;
    assert_eq!(unsent.status, 415);
}
