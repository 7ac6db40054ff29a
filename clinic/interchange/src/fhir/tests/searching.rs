//! Searching, by address and by form.

use platform::testing::Person;
use reqwest::Method;
use serde_json::{Value, json};

use super::{clinic, found, get, link, names, pages, path};
use crate::testing::{enter, id, start, visits, whole};

#[tokio::test]
async fn patients_are_found_by_what_is_known_of_them() {
    let (_server, owner) = start().await;
    clinic(&owner).await;
    let system = format!("urn:vantage:practice:{}:patient-number", owner.practice());
    for (search, expected) in [
        ("name=moh", vec!["Mohammed", "محمد"]),
        ("name=QAHTANI", vec!["Mohammed"]),
        ("name=al-qah", vec!["Mohammed"]),
        ("name=ali", vec!["Sara", "Ali"]),
        ("name=sara%20ali", vec!["Sara"]),
        ("name=%D9%85%D8%AD%D9%85%D8%AF", vec!["محمد"]),
        ("family=ali", vec!["Sara"]),
        ("given=ali", vec!["Ali"]),
        ("family=otaibi", vec!["محمد"]),
        ("name=sara,otaibi", vec!["محمد", "Sara"]),
        ("name=sara&family=hassan", vec![]),
        ("name:exact=Sara", vec!["Sara"]),
        ("name:exact=sara", vec![]),
        (r"family:exact=Hassan%5C,%20the%20elder", vec!["Ali"]),
        ("name=-", vec![]),
        ("name=,", vec![]),
        ("identifier=1098765432", vec!["Mohammed"]),
        ("identifier=%7C1098765432", vec!["Mohammed"]),
        ("identifier=urn:x%7C1098765432", vec![]),
        ("identifier=3", vec!["Sara"]),
        (&format!("identifier={system}%7C3,{system}%7C4"), vec!["Sara", "Ali"]),
        (&format!("identifier={system}%7C1098765432"), vec![]),
        ("birthdate=1990-02-28", vec!["محمد"]),
        ("birthdate=1990", vec!["محمد", "Sara"]),
        ("birthdate=lt1990", vec!["Mohammed"]),
        ("birthdate=ge1990-03", vec!["Sara"]),
        ("birthdate=gt1980-05-17&birthdate=le1990-02-28", vec!["محمد"]),
        ("birthdate=ne1990", vec!["Mohammed"]),
        ("phone=%2B966501234567", vec!["Mohammed"]),
        ("phone=+966501234567", vec!["Mohammed"]),
        ("phone=0501234567", vec!["Mohammed"]),
        ("phone=4567", vec![]),
        ("email=m.otaibi@EXAMPLE.com", vec!["محمد"]),
        ("_lastUpdated=lt2020", vec![]),
        ("_lastUpdated=ge2020&name=sara", vec!["Sara"]),
        ("_id=x", vec![]),
        ("name=", vec!["Mohammed", "محمد", "Sara", "Ali"]),
    ] {
        let bundle = get(&owner, &format!("Patient?{search}")).await.expect(200);
        assert_eq!(names(&bundle), expected, "{search}");
        assert_eq!((&bundle["type"], &bundle["total"]), (&json!("searchset"), &json!(expected.len())), "{search}");
        let request = owner.request(Method::POST, "/fhir/R4/Patient/_search");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(search.to_owned());
        assert_eq!(names(&Person::send(request).await.expect(200)), expected, "{search} as a form");
    }
}

#[tokio::test]
async fn pages_lead_to_the_end_and_tell_nothing_on_the_way() {
    let (server, owner) = start().await;
    for i in 0..7 {
        enter(
            &owner,
            &json!({ "givenName": format!("Sara{i}"), "familyName": if i == 3 { "Zahrani" } else { "Qahtani" } }),
        )
        .await;
        server.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    for search in ["Patient?name=sara&family=qahtani&_count=2", "Patient?family:exact=Qahtani&_count=2"] {
        let all = pages(&owner, search).await;
        let seen: Vec<Vec<&str>> = all.iter().map(names).collect();
        assert_eq!(seen, [vec!["Sara0", "Sara1"], vec!["Sara2", "Sara4"], vec!["Sara5", "Sara6"]], "{search}");
        for page in &all {
            assert_eq!(page["total"], Value::Null, "counting is not cheap");
            for url in ["self", "next"].into_iter().filter_map(|relation| link(page, relation)) {
                assert!(!url.to_lowercase().contains("qahtani") && url.contains("family"), "{url}");
            }
        }
        let again = get(&owner, path(link(&all[0], "self").expect("a link"))).await.expect(200);
        assert_eq!(names(&again), seen[0]);
        // another practice's link opens nothing here, and a link serves only what it was made for
        let other = server.owner_of(&format!("beta{}", search.len())).await;
        let next = path(link(&all[0], "next").expect("a link"));
        assert_eq!(get(&other, next).await.code(), "search.link");
        assert_eq!(
            get(&owner, &next.replace("family", "email").replace(":exact", "").replace("%3Aexact", "")).await.code(),
            "search.link"
        );
    }
    // who changes while the pages are read comes once more, and nobody is missed
    let first = get(&owner, "Patient?_count=3").await.expect(200);
    let changed = found(&first)[1]["id"].as_str().expect("an id").to_owned();
    owner
        .patch(&format!("/api/v1/patients/{changed}"), &json!({ "version": 1, "leadSource": "Web" }))
        .await
        .expect(200);
    let rest = pages(&owner, path(link(&first, "next").expect("a link"))).await;
    let rest: Vec<&str> = rest.iter().flat_map(names).collect();
    assert_eq!(rest, ["Sara3", "Sara4", "Sara5", "Sara6", "Sara1"]);
    let since = found(&first)[2]["meta"]["lastUpdated"].as_str().expect("an instant").to_owned();
    let newer = get(&owner, &format!("Patient?_lastUpdated=gt{since}")).await.expect(200);
    assert_eq!(names(&newer), ["Sara3", "Sara4", "Sara5", "Sara6", "Sara1"]);
}

#[tokio::test]
async fn what_is_not_supported_is_ignored_or_refused_as_the_caller_prefers() {
    let (_server, owner) = start().await;
    clinic(&owner).await;
    let bundle = get(&owner, "Patient?name=sara&hair=long&_sort=name").await.expect(200);
    assert_eq!(names(&bundle), ["Sara"]);
    let outcome = bundle["entry"].as_array().expect("entries").last().expect("an outcome");
    assert_eq!(outcome["search"]["mode"], json!("outcome"));
    let places: Vec<&Value> =
        outcome["resource"]["issue"].as_array().expect("issues").iter().map(|issue| &issue["location"][0]).collect();
    assert_eq!(places, [&json!("http.hair"), &json!("http._sort")]);
    assert!(!link(&bundle, "self").expect("a link").contains("hair"), "what was used, and nothing else");

    let strict = owner.request(Method::GET, "/fhir/R4/Patient?name=sara&hair=long").header("prefer", "handling=strict");
    let refused = Person::send(strict).await;
    assert_eq!((refused.status.as_u16(), &refused.body["issue"][1]["location"]), (400, &json!(["http.hair"])));
    for search in [
        "Patient?name:contains=ara",
        "Patient?birthdate:missing=true",
        "Patient?birthdate=ap1990",
        "Patient?birthdate=soon",
        "Patient?_count=0",
        "Patient?_count=x",
        "Patient?name=sealed.AAAA",
        "Coverage?patient:Patient=1",
    ] {
        let answer = get(&owner, search).await;
        assert_eq!((answer.status.as_u16(), &answer.body["issue"][0]["code"]), (400, &json!("invalid")), "{search}");
        assert!(!answer.body.to_string().contains("soon"), "values are not repeated");
    }
    let cursor = get(&owner, "Patient?_cursor=rubbish").await;
    assert_eq!((cursor.status.as_u16(), &cursor.body["resourceType"]), (400, &json!("OperationOutcome")));
    let json = owner.request(Method::POST, "/fhir/R4/Patient/_search").json(&json!({ "name": "sara" }));
    assert_eq!(Person::send(json).await.status, 415);
    let many = format!("Patient?{}", "name=a&".repeat(50));
    assert_eq!(get(&owner, &many).await.status, 413);
}

#[tokio::test]
async fn coverage_is_found_by_whose_it_is() {
    let (_server, owner) = start().await;
    let made = whole(&owner).await;
    let other = enter(&owner, &json!({ "givenName": "Sara" })).await;
    let policy = json!({ "payer": "Medgulf", "memberId": "1" });
    owner.post(&format!("/api/v1/patients/{}/policies", id(&other)), &policy).await.expect(201);
    let payers = async |search: String| {
        let bundle = get(&owner, &search).await.expect(200);
        let payer = |policy: &&Value| policy["payor"][0]["display"].as_str().expect("a payer").to_owned();
        found(&bundle).iter().map(payer).collect::<Vec<_>>()
    };
    let (one, two) = (id(&made), id(&other));
    assert_eq!(payers(format!("Coverage?patient={one}")).await, ["Bupa", "Tawuniya"]);
    assert_eq!(payers(format!("Coverage?beneficiary=Patient/{two}")).await, ["Medgulf"]);
    assert_eq!(payers(format!("Coverage?patient={one},Patient/{two}")).await, ["Bupa", "Tawuniya", "Medgulf"]);
    assert_eq!(payers("Coverage?_lastUpdated=lt2020".to_owned()).await, [""; 0]);
    let all = pages(&owner, "Coverage?_count=1").await;
    assert_eq!(all.len(), 3);
    let policy = found(&all[1])[0];
    assert_eq!(payers(format!("Coverage?_id={}", id(policy))).await, ["Tawuniya"]);
    assert_eq!(get(&owner, &format!("Coverage/{}", id(policy))).await.expect(200), *policy);
    assert_eq!((&policy["subscriber"]["display"], &policy["relationship"]), (&json!("Ali Al-Qahtani"), &Value::Null));
    assert_eq!(policy["extension"][0]["extension"][0]["valueCode"], json!("active"));
}

/// Who was found, and by the names of which parameters: never by which values.
#[tokio::test]
async fn searches_are_in_the_ledger() {
    let (server, owner) = start().await;
    clinic(&owner).await;
    get(&owner, "Patient?family=ali&birthdate=1990").await.expect(200);
    let sql = "select detail::text from audit.entry where action = 'read' order by at desc limit 1";
    let detail: String = sqlx::query_scalar(sql).fetch_one(&mut server.database.conn().await).await.expect("an entry");
    let detail: Value = serde_json::from_str(&detail).expect("json");
    assert_eq!(detail["filter"], json!(["family", "birthdate"]));
    assert_eq!(detail["patients"].as_array().map(Vec::len), Some(1));
    assert!(!detail.to_string().contains("1990"));
}

#[tokio::test]
async fn appointments_are_found_by_who_when_and_how_far() {
    let (_server, owner) = start().await;
    let (sara, ali) =
        (enter(&owner, &json!({ "givenName": "Sara" })).await, enter(&owner, &json!({ "givenName": "Ali" })).await);
    let request = owner.request(Method::PUT, &format!("/api/v1/providers/{}", owner.user()));
    Person::send(request.json(&json!({ "version": 0 }))).await.expect(200);
    let visits = visits(&owner, &sara, &["scheduled", "in_chair", "completed"]).await;
    let me = owner.user();
    for (search, expected) in [
        (String::new(), vec![0, 1, 2, 3]),
        (format!("patient=Patient/{}", id(&sara)), vec![0, 1, 2, 3]),
        (format!("patient={}", id(&ali)), vec![]),
        (format!("practitioner={me}&status=booked"), vec![0]),
        (format!("actor=Practitioner/{me}&status=checked-in,fulfilled"), vec![1, 2]),
        (format!("actor={}", id(&ali)), vec![]),
        ("status=cancelled".to_owned(), vec![3]),
        ("status=proposed".to_owned(), vec![]),
        ("date=2030-06-02T10:00Z".to_owned(), vec![1]),
        ("date=ge2030-06-02T10:30Z&date=lt2030-06-02T12:00Z".to_owned(), vec![2]),
        ("date=2031".to_owned(), vec![]),
        (format!("_id={}", id(&visits[2])), vec![2]),
        ("_lastUpdated=lt2020".to_owned(), vec![]),
    ] {
        let bundle = get(&owner, &format!("Appointment?{search}")).await.expect(200);
        let mut found: Vec<_> = found(&bundle).iter().map(|one| one["id"].clone()).collect();
        let mut expected: Vec<_> = expected.into_iter().map(|n: usize| visits[n]["id"].clone()).collect();
        found.sort_by_key(ToString::to_string);
        expected.sort_by_key(ToString::to_string);
        assert_eq!(found, expected, "{search}");
    }
}

/// Open on Sundays from 09:00 to 11:00 and booked at 10:00, in a practice that thinks in quarters of an hour.
async fn a_morning(owner: &Person) -> String {
    let week = json!([{ "weekday": 7, "intervals": [{ "from": "09:00", "to": "11:00" }] }]);
    let hours = json!({ "owner": "practice", "version": 0, "week": week });
    Person::send(owner.request(Method::PUT, "/api/v1/hours").json(&hours)).await.expect(200);
    let sara = enter(owner, &json!({ "givenName": "Sara" })).await;
    let request = owner.request(Method::PUT, &format!("/api/v1/providers/{}", owner.user()));
    Person::send(request.json(&json!({ "version": 0 }))).await.expect(200);
    let booked = &visits(owner, &sara, &[]).await[0];
    let path = format!("/api/v1/appointments/{}/move", id(booked));
    let again = json!({ "version": 2, "status": "scheduled" });
    owner.post(&path.replace("/move", "/status"), &again).await.expect(200);
    let there = json!({ "version": 3, "start": "2030-06-02T10:00:00+03:00" });
    owner.post(&path, &there).await.expect(200);
    let hold = json!({ "serviceId": booked["serviceId"], "locationId": booked["locationId"], "providerIds": [owner.user()],
                       "start": "2030-06-02T09:15:00+03:00", "durationMinutes": 15 });
    owner.post("/api/v1/holds", &hold).await.expect(201);
    owner.user().to_string()
}

#[tokio::test]
async fn slots_tell_what_is_free_and_not_for_whom() {
    let (server, owner) = start().await;
    let me = a_morning(&owner).await;
    let all = "free busy-tentative free free busy busy free free";
    for (search, expected) in [
        ("start=2030-06-02", all),
        ("start=ge2030-06-02&start=lt2030-06-03", all),
        ("start=2030-06-02&status=free", "free free free free free"),
        ("start=2030-06-02&status=http://hl7.org/fhir/slotstatus|busy,busy-tentative", "busy-tentative busy busy"),
        ("start=ge2030-06-02T07:15:00Z&start=lt2030-06-02T07:31:00Z", "busy free"),
        ("start=2030-06-03", ""),
        ("status=entered-in-error", ""),
    ] {
        let bundle = get(&owner, &format!("Slot?schedule=Schedule/{me}&{search}")).await.expect(200);
        let found: Vec<_> = found(&bundle).iter().filter_map(|slot| slot["status"].as_str()).collect();
        assert_eq!(found.join(" "), expected, "{search}");
    }
    let first = &found(&get(&owner, &format!("Slot?schedule={me}&start=2030-06-02")).await.expect(200))[0].clone();
    assert_eq!(
        (first["start"].as_str(), first["end"].as_str()),
        (Some("2030-06-02T06:00:00Z"), Some("2030-06-02T06:15:00Z"))
    );
    assert_eq!(get(&owner, &format!("Slot/{}", id(first))).await.expect(200), *first);
    for unknown in
        ["x", &format!("{me}.1"), &format!("{me}.x"), &format!("{}.1906610400", id(&json!({ "id": first["id"] })))]
    {
        assert_eq!(get(&owner, &format!("Slot/{unknown}")).await.status, 404, "{unknown}");
    }
    let neighbour = server.owner_of("beta").await;
    assert_eq!(get(&neighbour, &format!("Slot/{}", id(first))).await.status, 404);
    assert_eq!(found(&get(&neighbour, &format!("Slot?schedule={me}&start=2030-06-02")).await.expect(200)).len(), 0);
    let by_three = pages(&owner, &format!("Slot?schedule={me}&start=2030-06-02&_count=3")).await;
    assert_eq!(by_three.iter().map(|page| found(page).len()).collect::<Vec<_>>(), [3, 3, 2]);
    for bad in [
        "Slot",
        "Slot?start=2030",
        &format!("Slot?schedule={me},{}", uuid::Uuid::now_v7()),
        &format!("Slot?schedule={me}&start=2030"),
        &format!("Slot?schedule={me}&start=soon"),
    ] {
        assert_eq!(get(&owner, bad).await.status, 400, "{bad}");
    }
    let stranger = uuid::Uuid::now_v7();
    assert_eq!(found(&get(&owner, &format!("Slot?schedule={stranger}")).await.expect(200)).len(), 0);
}

#[tokio::test]
async fn a_schedule_is_a_provider_s() {
    let (_server, owner) = start().await;
    let me = a_morning(&owner).await;
    for (search, expected) in [
        (String::new(), 1),
        (format!("actor=Practitioner/{me}&active=true"), 1),
        ("active=false".to_owned(), 0),
        (format!("_id={me}"), 1),
        (format!("actor=Practitioner/{}", uuid::Uuid::now_v7()), 0),
    ] {
        let bundle = get(&owner, &format!("Schedule?{search}")).await.expect(200);
        assert_eq!(found(&bundle).len(), expected, "{search}");
    }
}
