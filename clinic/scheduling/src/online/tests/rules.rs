//! What a practice decides.

use serde_json::json;
use uuid::Uuid;

use super::Open;
use crate::testing::put;

#[tokio::test]
async fn rules_are_kept_with_their_version() {
    let open = Open::start().await;
    let owner = &open.clinic.owner;
    let text = json!([{ "serviceId": open.clinic.service, "slug": "first-visit", "textEn": " Bring your X-rays. ",
        "textAr": "أحضر صور الأشعة.", "newPatients": false, "deposit": true }]);
    let origins = json!(["https://clinic.example", "https://www.clinic.example:8443", "http://localhost:7299"]);
    let but = json!({ "services": text, "origins": origins, "email": "required", "reason": "no", "mostOpen": 1 });
    let decided = open.decide(1, &but).await.expect(200);
    assert_eq!((&decided["version"], &decided["origins"]), (&json!(2), &origins));
    assert_eq!(decided["services"][0]["textEn"], "Bring your X-rays.");
    assert_eq!(owner.get("/api/v1/online-booking").await.expect(200), decided);
    let stale = open.decide(1, &json!({})).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "version.stale"));
    let desk = open.clinic.server.colleague_of(owner, "receptionist").await;
    assert_eq!(desk.get("/api/v1/online-booking").await.expect(200), decided);
    let other = json!({ "version": 2, "rules": open.rules(&json!({})) });
    assert_eq!(put(&desk, "/api/v1/online-booking", &other).await.status, 403);
}

#[tokio::test]
async fn rules_that_cannot_be_are_refused_at_the_field() {
    let open = Open::start().await;
    let service = |slug: &str, id: &str| json!({ "serviceId": id, "slug": slug, "textEn": null, "textAr": null, "newPatients": true, "deposit": false });
    let own = open.clinic.service.as_str();
    let foreign = Uuid::now_v7().to_string();
    for (but, fault) in [
        (json!({ "services": [service("Visit", own)] }), "/rules/services/0/slug invalid_slug"),
        (json!({ "services": [service("a--b", own)] }), "/rules/services/0/slug invalid_slug"),
        (json!({ "services": [service("", own)] }), "/rules/services/0/slug invalid_slug"),
        (json!({ "services": [service("a", own), service("b", own)] }), "/rules/services duplicate"),
        (json!({ "services": [service("a", &foreign)] }), "/rules/services not_found"),
        (json!({ "providerIds": [foreign] }), "/rules/providerIds not_found"),
        (json!({ "locationIds": [foreign] }), "/rules/locationIds not_found"),
        (json!({ "locationIds": [] }), "/rules/locationIds too_short"),
        (json!({ "mostOpen": 0 }), "/rules/mostOpen out_of_range"),
    ] {
        assert_eq!(open.decide(1, &but).await.faults(), [fault], "{but}");
    }
    for origin in [
        "*",
        "'self'",
        "https://*.example",
        "https://clinic.example/",
        "https://clinic.example/path",
        "http://clinic.example",
        "https://clinic.example; script-src *",
        "https://clinic.example https://evil.example",
        "https://Clinic.example",
        "https://clinic.example:0",
        "https://clinic.example:99999",
        "https://",
        "javascript:alert(1)",
        "https://a..b",
        "https://user@clinic.example",
        "http://localhost.evil.example",
        "https://clinic.example\n",
    ] {
        let refused = open.decide(1, &json!({ "origins": [origin] })).await;
        assert_eq!(refused.faults(), ["/rules/origins/0 invalid_origin"], "{origin}");
    }
}
