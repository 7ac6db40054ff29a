//! Browsers that are known, and those that are not.

use platform::config::Config;
use platform::testing::TestServer;
use serde_json::json;

use super::{PASSWORD, device_of, mails, post_from};

const OWNER: &str = "owner@alpha.example";
const LOGIN: &str = "/api/v1/auth/login";

async fn behind_a_proxy() -> TestServer {
    let config = Config { trust_forwarded_for: true, ..Config::default() };
    let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
    server.owner_of("alpha").await;
    server
}

#[tokio::test]
async fn a_sign_in_from_a_new_browser_is_told_by_mail() {
    let server = behind_a_proxy().await;
    let right = json!({ "email": OWNER, "password": PASSWORD });
    assert_eq!(mails(&server).await, [""; 0], "the first of all is no news");
    let first = post_from(&server, "203.0.113.1", None, LOGIN, &right).await;
    assert_eq!(mails(&server).await, ["new_device"]);
    let device = device_of(&first);
    let again = post_from(&server, "203.0.113.2", Some(&device), LOGIN, &right).await;
    assert_eq!(device_of(&again), device, "a known browser keeps its cookie");
    assert_eq!(mails(&server).await, ["new_device"], "and is no news elsewhere");
    for rubbish in ["rubbish", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        post_from(&server, "203.0.113.1", Some(rubbish), LOGIN, &right).await.expect(200);
    }
    assert_eq!(mails(&server).await.len(), 3);
    for _ in 0..5 {
        post_from(&server, "203.0.113.3", None, LOGIN, &right).await.expect(200);
    }
    assert_eq!(mails(&server).await.len(), 5, "nobody is flooded");
    let mail =
        platform::mail::list(&server.app, Some("sandbox"), None, 1).await.expect("lists").remove(0).mail.expect("kept");
    assert!(mail.text.expose().contains("203.0.113.3") && mail.text.expose().contains("Practice alpha"));
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select hash from auth.device")
        .fetch_all(&mut server.database.conn().await)
        .await
        .expect("hashes");
    assert!(stored.iter().all(|hash| hash.len() == 32 && !device.as_bytes().starts_with(hash)));
}

/// Somebody on the same network tries passwords until nobody there may any more, except from a browser that is known.
#[tokio::test]
async fn a_neighbour_who_guesses_does_not_lock_the_owner_out() {
    let server = behind_a_proxy().await;
    let (right, wrong) =
        (json!({ "email": OWNER, "password": PASSWORD }), json!({ "email": OWNER, "password": "a wrong guess at it" }));
    let device = device_of(&post_from(&server, "203.0.113.9", None, LOGIN, &right).await);
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(post_from(&server, "203.0.113.9", None, LOGIN, &wrong).await.status.as_u16());
    }
    assert!(statuses.contains(&401) && statuses.last() == Some(&429), "{statuses:?}");
    assert_eq!(post_from(&server, "203.0.113.9", None, LOGIN, &right).await.status, 429, "an unknown browser there");
    post_from(&server, "203.0.113.9", Some(&device), LOGIN, &right).await.expect(200);
    post_from(&server, "198.51.100.4", None, LOGIN, &right).await.expect(200);
    // the cookie is worth nothing for another account, and its own attempts are counted too
    let other = json!({ "email": "other@alpha.example", "password": "a wrong guess at it" });
    for _ in 0..12 {
        statuses.push(post_from(&server, "203.0.113.9", Some(&device), LOGIN, &other).await.status.as_u16());
    }
    assert_eq!(statuses.last(), Some(&429));
    for _ in 0..12 {
        statuses.push(post_from(&server, "203.0.113.77", Some(&device), LOGIN, &wrong).await.status.as_u16());
    }
    assert_eq!(statuses.last(), Some(&429));
}
