//! Which websites may show our pages within theirs: none, but for a practice's page for booking those that it has named.

use platform::testing::{Person, TestServer};
use reqwest::Method;
use serde_json::json;

use crate::product;

/// A practice whose page these websites may show.
async fn practice(server: &TestServer, slug: &str, enabled: bool, origins: &[&str]) {
    let owner = server.owner_of(slug).await;
    let rules = json!({ "enabled": enabled, "services": [], "providerIds": null, "locationIds": null,
        "chooseProvider": true, "mostOpen": 3, "email": "no", "reason": "no", "origins": origins });
    owner.put("/api/v1/online-booking", &json!({ "version": 0, "rules": rules })).await.expect(200);
}

/// What a page says of who may show it.
async fn ancestors(server: &TestServer, host: Option<&str>, path: &str) -> String {
    let request = server.stranger().request(Method::GET, path);
    let answer = Person::send(host.into_iter().fold(request, |request, host| request.header("host", host))).await;
    assert_eq!(answer.status, 200, "{path}");
    assert!(!answer.headers.contains_key("set-cookie"), "{path}");
    let policy = answer.headers["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe-inline"), "{policy}");
    policy.rsplit_once("frame-ancestors ").expect("it says so").1.to_owned()
}

#[tokio::test]
async fn a_page_for_booking_is_shown_where_the_practice_says_and_every_other_page_nowhere() {
    let server = product().await;
    practice(&server, "alpha", true, &["https://clinic.example", "https://www.clinic.example:8443"]).await;
    practice(&server, "beta", true, &[]).await;
    practice(&server, "gamma", false, &["https://clinic.example"]).await;
    let alpha = "https://clinic.example https://www.clinic.example:8443";
    for path in ["/book/alpha", "/book/alpha/cleaning", "/book/alpha?embed=1"] {
        assert_eq!(ancestors(&server, None, path).await, alpha, "{path}");
        assert_eq!(ancestors(&server, None, path).await, alpha, "{path}, known by now");
    }
    for path in [
        "/",
        "/sign-in",
        "/today",
        "/settings/online-booking",
        "/book",
        "/book/",
        "/booking",
        "/bookalpha",
        "/book/beta",
        "/book/gamma",
        "/book/nobody",
        "/book/Alpha",
        "/book/%61lpha",
        "/books/alpha",
        "/sign-in?next=/book/alpha",
    ] {
        assert_eq!(ancestors(&server, None, path).await, "'none'", "{path}");
    }
    // at a practice's own address it is that practice's, whatever the path says
    assert_eq!(ancestors(&server, Some("alpha.localhost"), "/book").await, alpha);
    assert_eq!(ancestors(&server, Some("alpha.localhost"), "/book/beta").await, alpha);
    assert_eq!(ancestors(&server, Some("beta.localhost"), "/book/alpha").await, "'none'");
    assert_eq!(ancestors(&server, Some("alpha.localhost"), "/today").await, "'none'");
}
