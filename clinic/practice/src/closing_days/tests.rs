//! Closing days and holidays as the front end uses them.

use serde_json::{Value, json};

use crate::testing::{column, made, start};

const DAYS: &str = "/api/v1/closing-days";

#[tokio::test]
async fn own_days_once_and_every_year() {
    let (_server, owner) = start().await;
    for (name, date, repeats) in [
        ("Move", "2026-04-05", "none"),
        ("Anniversary", "2026-03-20", "gregorian"),
        ("Eid party", "2026-03-20", "hijri"),
    ] {
        made(&owner, DAYS, &json!({ "name": name, "nameAr": "يوم", "date": date, "repeats": repeats })).await;
    }
    let of = async |year: i32| {
        let page = owner.get(&format!("{DAYS}?year={year}")).await.expect(200);
        let items = page["items"].as_array().expect("items").clone();
        items
            .iter()
            .map(|i| {
                format!(
                    "{} {} {}",
                    i["date"].as_str().expect("a date"),
                    i["name"].as_str().expect("a name"),
                    i["estimated"]
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(of(2026).await, ["2026-03-20 Anniversary false", "2026-03-20 Eid party true", "2026-04-05 Move false"]);
    assert_eq!(of(2027).await, ["2027-03-09 Eid party true", "2027-03-20 Anniversary false"]);
    assert_eq!(of(2025).await, [""; 0], "nothing before the first one");
    let items = owner.get(&format!("{DAYS}?year=2027")).await.expect(200);
    assert_eq!((&items["items"][0]["hijri"], &items["items"][0]["source"]), (&json!("1448-10-01"), &json!("own")));
}

#[tokio::test]
async fn a_closing_day_is_changed_and_removed() {
    let (_server, owner) = start().await;
    let id = made(&owner, DAYS, &json!({ "name": " Move ", "date": "2026-04-05", "repeats": "none" })).await;
    let path = format!("{DAYS}/{id}");
    assert_eq!(owner.get(&path).await.expect(200)["name"], "Move");
    let change = json!({ "version": 1, "date": "2026-04-06", "nameAr": "انتقال", "repeats": "gregorian" });
    let changed = owner.patch(&path, &change).await.expect(200);
    assert_eq!(
        (&changed["date"], &changed["repeats"], &changed["version"]),
        (&json!("2026-04-06"), &json!("gregorian"), &json!(2))
    );
    assert_eq!(owner.patch(&path, &change).await.body["current"], changed);
    assert_eq!(owner.post(&format!("{path}/remove"), &json!({ "version": 2 })).await.status, 204);
    assert_eq!(owner.get(&path).await.status, 404);
}

#[tokio::test]
async fn holidays_are_taken_over_and_moved_when_the_moon_is_seen() {
    let (server, owner) = start().await;
    let suggested = owner.get(&format!("{DAYS}/suggestions?year=2027")).await.expect(200);
    let dates: Vec<_> = suggested["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|i| format!("{} {}", i["date"].as_str().expect("a date"), i["key"].as_str().expect("a key")))
        .collect();
    assert_eq!(
        dates,
        [
            "2027-02-22 founding_day",
            "2027-03-09 eid_al_fitr_1",
            "2027-03-10 eid_al_fitr_2",
            "2027-03-11 eid_al_fitr_3",
            "2027-03-12 eid_al_fitr_4",
            "2027-05-15 arafah_day",
            "2027-05-16 eid_al_adha_1",
            "2027-05-17 eid_al_adha_2",
            "2027-05-18 eid_al_adha_3",
            "2027-09-23 national_day"
        ]
    );
    assert!(suggested["items"][1]["estimated"] == true && suggested["items"][0]["estimated"] == false);
    let none = owner.get(&format!("{DAYS}/suggestions?country=DE&year=2027")).await.expect(200);
    assert_eq!(none["items"], json!([]));

    let keys = json!({ "keys": ["eid_al_fitr_1", "national_day", "eid_al_fitr_1"] });
    owner.post(&format!("{DAYS}/adopt"), &keys).await.expect(200);
    owner.post(&format!("{DAYS}/adopt"), &keys).await.expect(200);
    let in_2027 = format!("{DAYS}?year=2027");
    assert_eq!(column(&owner, &in_2027, "date").await, ["2027-03-09", "2027-09-23"]);
    assert_eq!(column(&owner, &in_2027, "source").await, ["saudi", "saudi"]);
    let adopted = column(&owner, &format!("{DAYS}/suggestions?year=2027"), "adopted").await;
    assert_eq!(adopted.iter().filter(|adopted| **adopted == true).count(), 2);

    let page = owner.get(&in_2027).await.expect(200);
    let path = format!("{DAYS}/{}", page["items"][0]["id"].as_str().expect("an id"));
    let seen = json!({ "version": 1, "moves": [{ "from": "2027-03-09", "to": "2027-03-10" }, { "from": "2028-02-27", "to": null }] });
    let refused = owner.patch(&path, &seen).await;
    assert_eq!(refused.faults(), ["/moves/1/from not_found"], "{}", refused.body);
    let seen = json!({ "version": 1, "moves": [{ "from": "2027-03-09", "to": "2027-03-10" }, { "from": "2028-02-26", "to": null }] });
    owner.patch(&path, &seen).await.expect(200);
    let page = owner.get(&in_2027).await.expect(200);
    let moved = &page["items"][0];
    assert_eq!(
        (&moved["date"], &moved["movedFrom"], &moved["estimated"]),
        (&json!("2027-03-10"), &json!("2027-03-09"), &json!(false))
    );
    assert_eq!(moved["hijri"], "1448-10-01");
    assert_eq!(column(&owner, &format!("{DAYS}?year=2028"), "date").await, ["2028-09-23"]);

    let fixed = owner.patch(&path, &json!({ "version": 2, "date": "2027-01-01" })).await;
    assert_eq!(fixed.faults(), ["/date fixed"]);
    let unknown = owner.post(&format!("{DAYS}/adopt"), &json!({ "keys": ["national_day", "christmas"] })).await;
    assert_eq!(unknown.faults(), ["/keys/1 not_found"]);
    let desk = server.colleague_of(&owner, "receptionist").await;
    assert_eq!(desk.post(&format!("{DAYS}/adopt"), &keys).await.status, 403);
}

#[tokio::test]
async fn every_fault_names_its_field() {
    let (_server, owner) = start().await;
    for (body, fault) in [
        (json!({ "name": "", "date": "2026-04-05", "repeats": "none" }), "/name required"),
        (json!({ "name": "Move", "date": "2026-02-30", "repeats": "none" }), "/date wrong_type"),
        (json!({ "name": "Move", "date": "1999-12-31", "repeats": "none" }), "/date out_of_range"),
        (json!({ "name": "Move", "date": "2026-04-05", "repeats": "weekly" }), "/repeats invalid"),
    ] {
        assert_eq!(owner.post(DAYS, &body).await.faults(), [fault]);
    }
    for query in ["year=1999", "year=2151"] {
        assert_eq!(owner.get(&format!("{DAYS}?{query}")).await.faults(), ["?year out_of_range"]);
    }
    let id = made(&owner, DAYS, &json!({ "name": "Move", "date": "2026-04-05", "repeats": "gregorian" })).await;
    for (moves, fault) in [
        (json!([{ "from": "2026-04-06", "to": null }]), "/moves/0/from not_found"),
        (json!([{ "from": "2025-04-05", "to": null }]), "/moves/0/from not_found"),
        (json!([{ "from": "2027-04-05", "to": "2027-05-06" }]), "/moves/0/to out_of_range"),
        (
            json!([{ "from": "2027-04-05", "to": null }, { "from": "2027-04-05", "to": "2027-04-06" }]),
            "/moves/1/from duplicate",
        ),
    ] {
        let answer = owner.patch(&format!("{DAYS}/{id}"), &json!({ "version": 1, "moves": moves })).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![fault.to_owned()]));
    }
}

#[tokio::test]
async fn two_hundred_are_enough() {
    let (server, owner) = start().await;
    let mut conn = server.database.conn().await;
    sqlx::query("set session_replication_role = replica").execute(&mut conn).await.expect("no triggers for a fixture");
    sqlx::query(
        "insert into practice.closing_day (practice_id, id, date, name, repeats, created_at, updated_at)
         select $1, gen_random_uuid(), date '2026-01-01' + i, 'x', 'none', now(), now() from generate_series(1, 200) i",
    )
    .bind(owner.practice())
    .execute(&mut conn)
    .await
    .expect("rows");
    let answer = owner.post(DAYS, &json!({ "name": "Move", "date": "2026-04-05", "repeats": "none" })).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (409, "closing_day.too_many"));
    let shown = column(&owner, &format!("{DAYS}?year=2026"), "date").await;
    assert_eq!(shown.len(), 200);
    assert_ne!(shown[0], Value::Null);
}
