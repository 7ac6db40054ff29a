//! Absences as the front end uses them.

use serde_json::{Value, json};

use crate::testing::{column, location, made, start};

const ABSENCES: &str = "/api/v1/absences";

fn absence(owner: &str, kind: &str, from: &str, to: &str) -> Value {
    json!({ "owner": owner, "kind": kind, "from": from, "to": to })
}

#[tokio::test]
async fn a_vacation_from_beginning_to_end() {
    let (server, owner) = start().await;
    let doctor = server.colleague_of(&owner, "provider").await;
    let own = format!("provider:{}", doctor.user());
    let mut new = absence(&own, "vacation", "2026-12-20T00:00:00", "2026-12-27T00:00:00");
    new["note"] = json!("Umrah with the family");
    let created = doctor.post(ABSENCES, &new).await.expect(201);
    assert_eq!((&created["from"], &created["note"]), (&json!("2026-12-20T00:00:00"), &new["note"]));
    let path = format!("{ABSENCES}/{}", created["id"].as_str().expect("an id"));
    assert_eq!(doctor.get(&path).await.expect(200), created);

    let change = json!({ "version": 1, "to": "2026-12-28T00:00:00", "kind": "sick" });
    let changed = doctor.patch(&path, &change).await.expect(200);
    assert_eq!(
        (&changed["to"], &changed["kind"], &changed["version"]),
        (&json!("2026-12-28T00:00:00"), &json!("sick"), &json!(2))
    );
    assert_eq!(owner.patch(&path, &change).await.body["current"], changed);
    assert_eq!(owner.post(&format!("{path}/remove"), &json!({ "version": 1 })).await.code(), "version.stale");
    assert_eq!(owner.post(&format!("{path}/remove"), &json!({ "version": 2 })).await.status, 204);
    assert_eq!(owner.get(&path).await.status, 404);
    let mut conn = server.database.conn().await;
    let left: i64 =
        sqlx::query_scalar("select count(*) from audit.entry where resource_type = 'absence' and action = 'delete'")
            .fetch_one(&mut conn)
            .await
            .expect("a count");
    assert_eq!(left, 1, "the ledger keeps what is gone");
}

#[tokio::test]
async fn why_somebody_is_away_is_their_own_business() {
    let (server, owner) = start().await;
    let (doctor, desk) =
        (server.colleague_of(&owner, "provider").await, server.colleague_of(&owner, "receptionist").await);
    let mut new = absence(&format!("provider:{}", doctor.user()), "sick", "2026-12-20T00:00:00", "2026-12-21T00:00:00");
    new["note"] = json!("surgery");
    let path = format!("{ABSENCES}/{}", made(&doctor, ABSENCES, &new).await);
    for (person, note) in [(&owner, json!("surgery")), (&doctor, json!("surgery")), (&desk, Value::Null)] {
        assert_eq!(person.get(&path).await.expect(200)["note"], note);
        assert_eq!(column(person, ABSENCES, "note").await, [note]);
    }
    let other = server.colleague_of(&owner, "provider").await;
    assert_eq!(other.patch(&path, &json!({ "version": 1, "kind": "vacation" })).await.code(), "auth.forbidden");
    assert_eq!(other.post(&format!("{path}/remove"), &json!({ "version": 1 })).await.code(), "auth.forbidden");
    assert_eq!(other.post(ABSENCES, &new).await.code(), "auth.forbidden");
    assert_eq!(
        other.post(ABSENCES, &absence("practice", "closed", "2026-12-20T00:00:00", "2026-12-21T00:00:00")).await.status,
        403
    );
}

#[tokio::test]
async fn every_fault_names_its_field() {
    let (server, owner) = start().await;
    let beta = server.owner_of("beta").await;
    let (day, next) = ("2026-12-20T00:00:00", "2026-12-21T00:00:00");
    for (body, fault) in [
        (absence("practice", "vacation", day, next), "/kind invalid"),
        (absence("practice", "sick", day, next), "/kind invalid"),
        (absence("practice", "closed", day, day), "/to out_of_range"),
        (absence("practice", "closed", next, day), "/to out_of_range"),
        (absence("practice", "closed", day, "2028-12-20T00:00:00"), "/to out_of_range"),
        (absence("practice", "closed", "1999-12-31T00:00:00", next), "/from out_of_range"),
        (absence("practice", "closed", "yesterday", next), "/from wrong_type"),
        (absence("practice", "party", day, next), "/kind invalid"),
        (absence("room:1", "closed", day, next), "/owner wrong_type"),
    ] {
        let answer = owner.post(ABSENCES, &body).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![fault.to_owned()]), "{body}");
    }
    let mut long = absence("practice", "closed", day, next);
    long["note"] = json!("x".repeat(501));
    assert_eq!(owner.post(ABSENCES, &long).await.faults(), ["/note too_long"]);
    for strange in [format!("location:{}", location(&beta, "Olaya").await), format!("provider:{}", beta.user())] {
        assert_eq!(owner.post(ABSENCES, &absence(&strange, "closed", day, next)).await.status, 404);
    }
}

#[tokio::test]
async fn lists_are_cut_by_owner_and_days() {
    let (_server, owner) = start().await;
    let place = format!("location:{}", location(&owner, "Olaya").await);
    for (whose, from, to) in [
        ("practice", "2026-12-01T00:00:00", "2026-12-03T00:00:00"),
        (place.as_str(), "2026-12-02T08:00:00", "2026-12-02T12:00:00"),
        ("practice", "2026-12-10T00:00:00", "2027-03-01T00:00:00"),
    ] {
        made(&owner, ABSENCES, &absence(whose, "closed", from, to)).await;
    }
    let days = async |query: &str| {
        let all = column(&owner, &format!("{ABSENCES}?{query}"), "from").await;
        all.iter().map(|from| from.as_str().expect("a time")[8..10].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(days("").await, ["01", "02", "10"]);
    assert_eq!(days("sort=-from").await, ["10", "02", "01"]);
    assert_eq!(days(&format!("owner={place}")).await, ["02"]);
    assert_eq!(days("owner=practice").await, ["01", "10"]);
    assert_eq!(days("from=2026-12-03").await, ["10"], "what ended at midnight is over");
    assert_eq!(days("from=2026-12-02&to=2026-12-02").await, ["01", "02"]);
    assert_eq!(days("from=2027-02-28").await, ["10"]);
    assert_eq!(days("from=2027-03-01").await, [""; 0]);
    let first = owner.get(&format!("{ABSENCES}?limit=2")).await.expect(200);
    let next = first["nextCursor"].as_str().expect("a next page");
    assert_eq!(days(&format!("limit=2&cursor={next}")).await, ["10"]);
}
