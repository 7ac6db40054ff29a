//! Services as the front end uses them.

use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};

async fn start() -> (TestServer, Person) {
    let server = TestServer::start(identity::routes().merge(crate::routes()), Duties::default()).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

fn service(name: &str, minutes: i32, price: i64) -> Value {
    json!({ "nameEn": name, "durationMinutes": minutes, "price": { "amountMinor": price, "currency": "SAR" },
            "vatCategory": "standard", "colour": "teal" })
}

async fn names(person: &Person, query: &str) -> Vec<String> {
    let page = person.get(&format!("/api/v1/services?{query}")).await.expect(200);
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["nameEn"].as_str().expect("a name").to_owned())
        .collect()
}

fn filter(filter: &Value) -> String {
    let text = filter.to_string();
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("filter={escaped}")
}

#[tokio::test]
async fn a_service_from_beginning_to_end() {
    let (_server, owner) = start().await;
    let mut new = service("  Cleaning ", 45, 30_000);
    new["nameAr"] = json!("تنظيف");
    let created = owner.post("/api/v1/services", &new).await.expect(201);
    assert_eq!(
        (&created["nameEn"], &created["nameAr"], &created["version"]),
        (&json!("Cleaning"), &json!("تنظيف"), &json!(1))
    );
    let path = format!("/api/v1/services/{}", created["id"].as_str().expect("an id"));
    assert_eq!(owner.get(&path).await.expect(200), created);

    let change = json!({ "version": 1, "nameAr": null, "price": { "amountMinor": 35_000, "currency": "SAR" } });
    let changed = owner.patch(&path, &change).await.expect(200);
    assert_eq!(
        (&changed["nameAr"], &changed["price"]["amountMinor"], &changed["durationMinutes"]),
        (&Value::Null, &json!(35_000), &json!(45))
    );
    assert_eq!(owner.get(&path).await.expect(200), changed);

    let archived = owner.post(&format!("{path}/archive"), &json!({ "version": 2 })).await.expect(200);
    assert!(archived["archivedAt"].is_string());
    assert!(names(&owner, "").await.is_empty());
    assert_eq!(names(&owner, "status=archived").await, ["Cleaning"]);
    let restored = owner.post(&format!("{path}/restore"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!((&restored["archivedAt"], &restored["version"]), (&Value::Null, &json!(4)));
}

#[tokio::test]
async fn the_second_of_two_who_change_the_same_version_is_told_what_is_there_now() {
    let (_server, owner) = start().await;
    let created = owner.post("/api/v1/services", &service("Cleaning", 45, 0)).await.expect(201);
    let path = format!("/api/v1/services/{}", created["id"].as_str().expect("an id"));
    let (one, other) = (json!({ "version": 1, "durationMinutes": 50 }), json!({ "version": 1, "durationMinutes": 55 }));
    let (one, other) = futures::future::join(owner.patch(&path, &one), owner.patch(&path, &other)).await;
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    let won = won.expect(200);
    assert_eq!((lost.status.as_u16(), lost.code()), (409, "version.stale"));
    assert_eq!(lost.body["current"], won);
}

#[tokio::test]
async fn names_and_codes_are_unique_among_what_is_offered() {
    let (_server, owner) = start().await;
    let mut first = service("Cleaning", 45, 0);
    first["code"] = json!("D1110");
    let first = owner.post("/api/v1/services", &first).await.expect(201);
    let answer = owner.post("/api/v1/services", &service("cleaning", 30, 0)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code(), answer.faults()),
        (409, "service.name_taken", vec!["/nameEn taken".to_owned()])
    );
    let mut second = service("Polishing", 30, 0);
    second["code"] = json!("D1110");
    assert_eq!(owner.post("/api/v1/services", &second).await.code(), "service.code_taken");

    let path = format!("/api/v1/services/{}", first["id"].as_str().expect("an id"));
    owner.post(&format!("{path}/archive"), &json!({ "version": 1 })).await.expect(200);
    owner.post("/api/v1/services", &service("Cleaning", 30, 0)).await.expect(201);
    assert_eq!(owner.post(&format!("{path}/restore"), &json!({ "version": 2 })).await.code(), "service.name_taken");
}

#[tokio::test]
async fn every_fault_names_its_field() {
    let (_server, owner) = start().await;
    let faults = async |change: Value| {
        let mut body = service("Cleaning", 45, 0);
        for (field, value) in change.as_object().expect("an object") {
            body[field] = value.clone();
        }
        let answer = owner.post("/api/v1/services", &body).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        answer.faults()
    };
    assert_eq!(faults(json!({ "nameEn": "" })).await, ["/nameEn required"]);
    assert_eq!(faults(json!({ "nameEn": "x".repeat(121) })).await, ["/nameEn too_long"]);
    assert_eq!(faults(json!({ "nameEn": "a\u{0}b" })).await, ["/nameEn invalid"]);
    assert_eq!(faults(json!({ "nameAr": "س".repeat(121) })).await, ["/nameAr too_long"]);
    assert_eq!(
        faults(json!({ "durationMinutes": 4, "bufferAfterMinutes": 241 })).await,
        ["/bufferAfterMinutes out_of_range", "/durationMinutes out_of_range"]
    );
    assert_eq!(faults(json!({ "durationMinutes": "45" })).await, ["/durationMinutes wrong_type"]);
    assert_eq!(faults(json!({ "price": { "amountMinor": -1, "currency": "SAR" } })).await, ["/price out_of_range"]);
    assert_eq!(
        faults(json!({ "price": { "amountMinor": 1, "currency": "USD" } })).await,
        ["/price/currency invalid_currency"]
    );
    assert_eq!(
        faults(json!({ "price": { "amountMinor": 1.5, "currency": "SAR" } })).await,
        ["/price/amountMinor wrong_type"]
    );
    assert_eq!(faults(json!({ "colour": "puce" })).await, ["/colour invalid"]);
    assert_eq!(faults(json!({ "id": "00000000-0000-0000-0000-000000000000" })).await, ["/id unknown_field"]);
}

#[tokio::test]
async fn pages_go_through_everything_once_in_every_order() {
    let (_server, owner) = start().await;
    for i in 0..7 {
        owner
            .post("/api/v1/services", &service(&format!("Service {i}"), 30 + 5 * (i % 3), i64::from(i % 2)))
            .await
            .expect(201);
    }
    for sort in ["name", "-name", "price", "-price", "duration", "-duration", "updatedAt", "-updatedAt"] {
        let whole = names(&owner, &format!("sort={sort}")).await;
        assert_eq!(whole.len(), 7);
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = owner.get(&format!("/api/v1/services?sort={sort}&limit=3{cursor}")).await.expect(200);
            walked.extend(
                page["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .map(|item| item["nameEn"].as_str().expect("a name").to_owned()),
            );
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(walked, whole, "{sort}");
    }
}

#[tokio::test]
async fn lists_are_searched_and_filtered() {
    let (_server, owner) = start().await;
    for (name, arabic, code, price) in [
        ("Cleaning", "تنظيف", "D1110", 300),
        ("Crown", "تاج", "D2740", 1800),
        ("Deep cleaning", "تنظيف عميق", "D4341", 900),
    ] {
        let mut new = service(name, 30, price);
        new["nameAr"] = json!(arabic);
        new["code"] = json!(code);
        owner.post("/api/v1/services", &new).await.expect(201);
    }
    assert_eq!(names(&owner, "q=CLEAN").await, ["Cleaning", "Deep cleaning"]);
    assert_eq!(names(&owner, "q=d27").await, ["Crown"]);
    assert_eq!(names(&owner, &format!("q={}", "%D8%AA%D8%A7%D8%AC")).await, ["Crown"]);
    assert_eq!(names(&owner, "q=%25").await, [""; 0], "a sign of LIKE is only a sign");
    let dear = filter(
        &json!({ "all": [{ "field": "price", "op": "gt", "value": 300 }, { "not": { "field": "nameEn", "op": "contains", "value": "clean" } }] }),
    );
    assert_eq!(names(&owner, &dear).await, ["Crown"]);
    let answer = owner
        .get(&format!("/api/v1/services?{}", filter(&json!({ "field": "practiceId", "op": "eq", "value": "x" }))))
        .await;
    assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec!["?filter invalid".to_owned()]));
    for (query, fault) in [
        ("limit=0", "?limit out_of_range"),
        ("limit=201", "?limit out_of_range"),
        ("sort=secret", "?sort invalid"),
        ("cursor=x", "?cursor invalid"),
        ("status=gone", "?status invalid"),
        ("x=1", "?x unknown_field"),
        ("limit=x", "?limit wrong_type"),
    ] {
        assert_eq!(owner.get(&format!("/api/v1/services?{query}")).await.faults(), [fault], "{query}");
    }
}
