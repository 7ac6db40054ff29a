//! Signing up, in and out, over HTTP.

use jiff::SignedDuration;
use platform::config::Config;
use platform::testing::{Person, TestServer, sign_up_body};
use reqwest::Method;
use serde_json::{Value, json};

use crate::product;

#[tokio::test]
async fn a_clinic_signs_up_and_its_owner_is_signed_in() {
    let server = product().await;
    let mut owner = server.stranger();
    let answer = owner.sign("/api/v1/auth/signup", &sign_up_body("alpha")).await;
    let cookies: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().expect("text").to_owned()).collect();
    assert_eq!(cookies.len(), 3);
    for cookie in &cookies {
        assert!(
            cookie.starts_with("__Host-vantage_") && cookie.contains("HttpOnly") && cookie.contains("Secure"),
            "{cookie}"
        );
        assert!(
            cookie.contains("SameSite=Strict") && cookie.contains("Path=/") && !cookie.contains("Domain"),
            "{cookie}"
        );
    }
    let session = answer.expect(201);
    assert_eq!(session["practice"]["slug"], "alpha");
    assert_eq!(session["role"], "owner");
    let mut again = owner.get("/api/v1/auth/session").await.expect(200);
    // an access token says seconds
    again["expiresAt"] = session["expiresAt"].clone();
    assert_eq!(again, session);
}

#[tokio::test]
async fn a_sign_up_says_every_fault_by_field() {
    let server = product().await;
    let with = |changes: &[(&str, Value)]| {
        let mut body = sign_up_body("alpha");
        for (field, value) in changes {
            body[field] = value.clone();
        }
        body
    };
    let stranger = server.stranger();
    let all = [
        ("practiceName", json!(" "), "required"),
        ("slug", json!("Not A Slug"), "invalid_slug"),
        ("ownerName", json!("x".repeat(121)), "too_long"),
        ("email", json!("nobody"), "invalid_email"),
        ("password", json!("short"), "too_short"),
        ("country", json!("XX"), "invalid_country"),
        ("timeZone", json!("Mars/Olympus"), "invalid_time_zone"),
        ("currency", json!("ABC"), "invalid_currency"),
    ];
    let changes: Vec<_> = all.iter().map(|(field, value, _)| (*field, value.clone())).collect();
    let answer = stranger.post("/api/v1/auth/signup", &with(&changes)).await;
    let faults = answer.faults();
    let mut expected: Vec<_> = all.iter().map(|(field, _, code)| format!("/{field} {code}")).collect();
    expected.sort();
    assert_eq!((answer.status.as_u16(), faults), (422, expected));
    assert_eq!(
        stranger.post("/api/v1/auth/signup", &with(&[("language", json!("fr"))])).await.faults(),
        ["/language invalid"]
    );
    assert_eq!(
        stranger.post("/api/v1/auth/signup", &with(&[("role", json!("owner"))])).await.faults(),
        ["/role unknown_field"]
    );
}

#[tokio::test]
async fn a_taken_address_or_email_leaves_nothing_behind() {
    let server = product().await;
    server.owner_of("alpha").await;
    let stranger = server.stranger();
    let mut body = sign_up_body("alpha");
    body["email"] = json!("other@alpha.example");
    let answer = stranger.post("/api/v1/auth/signup", &body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code(), answer.faults()),
        (409, "practice.slug_taken", vec!["/slug taken".to_owned()])
    );
    let mut body = sign_up_body("other");
    body["email"] = json!(" Owner@ALPHA.example ");
    let answer = stranger.post("/api/v1/auth/signup", &body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code(), answer.faults()),
        (409, "auth.email_taken", vec!["/email taken".to_owned()])
    );
    let counts: (i64, i64, i64) = sqlx::query_as("select (select count(*) from platform.practice), (select count(*) from auth.user), (select count(*) from sec.data_key)")
        .fetch_one(&mut server.database.conn().await).await.expect("counts");
    assert_eq!(counts, (1, 1, 1));
}

#[tokio::test]
async fn two_clinics_that_race_for_an_address_end_as_one() {
    let server = product().await;
    let attempts = (0..8).map(|i| {
        let stranger = server.stranger();
        let mut body = sign_up_body("wanted");
        body["email"] = json!(format!("owner{i}@wanted.example"));
        async move { stranger.post("/api/v1/auth/signup", &body).await.status.as_u16() }
    });
    let mut answers = futures::future::join_all(attempts).await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn sign_in_does_not_tell_what_was_wrong() {
    let server = product().await;
    server.owner_of("alpha").await;
    let mut stranger = server.stranger();
    let attempt = |email: &str, password: &str, slug: Option<&str>| json!({ "email": email, "password": password, "practiceSlug": slug });
    let mut refused = Vec::new();
    for body in [
        attempt("owner@alpha.example", "wrong password here", None),
        attempt("nobody@alpha.example", "a long test password", None),
        attempt("owner@alpha.example", "a long test password", Some("beta")),
    ] {
        let mut answer = stranger.post("/api/v1/auth/login", &body).await;
        answer.body["requestId"] = Value::Null;
        refused.push((answer.status.as_u16(), answer.body));
    }
    assert_eq!(refused[0].0, 401);
    assert!(refused.iter().all(|answer| *answer == refused[0]), "{refused:?}");
    stranger
        .sign("/api/v1/auth/login", &attempt(" OWNER@alpha.example", "a long test password", Some("alpha")))
        .await
        .expect(200);
}

#[tokio::test]
async fn guessing_is_slowed_down_without_locking_the_owner_out_elsewhere() {
    let config = Config { trust_forwarded_for: true, ..Config::default() };
    let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
    server.owner_of("alpha").await;
    let stranger = server.stranger();
    let attempt = async |ip: &str, password: &str| {
        let body = json!({ "email": "owner@alpha.example", "password": password });
        let request =
            stranger.request(reqwest::Method::POST, "/api/v1/auth/login").header("x-forwarded-for", ip).json(&body);
        platform::testing::Person::send(request).await
    };
    let mut limited = None;
    for _ in 0..12 {
        let answer = attempt("203.0.113.9", "a wrong guess at it").await;
        if answer.status == 429 {
            limited = Some(answer);
        }
    }
    let limited = limited.expect("guessing is slowed down");
    assert_eq!(limited.code(), "rate.limited");
    assert!(limited.headers["retry-after"].to_str().expect("text").parse::<u64>().expect("seconds") >= 1);
    attempt("198.51.100.4", "a long test password").await.expect(200);
}

#[tokio::test]
async fn an_access_token_runs_out_and_is_renewed() {
    let server = product().await;
    let mut owner = server.owner_of("alpha").await;
    server.clock.advance(SignedDuration::from_mins(11));
    let answer = owner.get("/api/v1/services").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.token_expired"));
    let refresh = owner.refresh.clone().expect("a token");
    owner.renew(&refresh).await.expect(200);
    owner.get("/api/v1/services").await.expect(200);
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_session() {
    let server = product().await;
    let mut owner = server.owner_of("alpha").await;
    let mut thief = owner.clone();
    let stolen = owner.refresh.clone().expect("a token");
    thief.renew(&stolen).await.expect(200);
    thief.get("/api/v1/services").await.expect(200);
    // within ten seconds it could be a lost answer
    sqlx::query("update auth.refresh_token set used_at = used_at - interval '11 seconds'")
        .execute(&mut server.database.conn().await)
        .await
        .expect("later");
    let answer = owner.renew(&stolen).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.session_ended"));
    // for both of them, at once, though the thief's access token has not run out
    assert_eq!(thief.get("/api/v1/services").await.code(), "auth.session_ended");
    let newest = thief.refresh.clone().expect("a token");
    assert_eq!(thief.renew(&newest).await.code(), "auth.session_ended");
    let entries: i64 = sqlx::query_scalar("select count(*) from audit.entry where action = 'token_reused'")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count");
    assert_eq!(entries, 1);
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_may_be_repeated() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let refresh = owner.refresh.clone().expect("a token");
    let both = futures::future::join_all((0..4).map(|_| {
        let (mut tab, refresh) = (owner.clone(), refresh.clone());
        async move {
            tab.renew(&refresh).await.expect(200);
            tab
        }
    }))
    .await;
    both[0].get("/api/v1/services").await.expect(200);
    // once one of the successors has been used, the first token is only good for a thief
    let mut tab = both[0].clone();
    let successor = tab.refresh.clone().expect("a token");
    tab.renew(&successor).await.expect(200);
    assert_eq!(owner.clone().renew(&refresh).await.code(), "auth.session_ended");
}

#[tokio::test]
async fn a_flood_of_ended_sessions_disturbs_nobody() {
    let server = product().await;
    let (alpha, beta) = (server.owner_of("alpha").await, server.owner_of("beta").await);
    assert_eq!(alpha.post("/api/v1/auth/logout", &Value::Null).await.status, 204);
    for _ in 0..40 {
        assert_eq!(alpha.get("/api/v1/services").await.code(), "auth.session_ended");
        beta.get("/api/v1/services").await.expect(200);
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let server = product().await;
    let mut owner = server.owner_of("alpha").await;
    let refresh = owner.refresh.clone().expect("a token");
    assert_eq!(owner.post("/api/v1/auth/logout", &Value::Null).await.status, 204);
    assert_eq!(owner.get("/api/v1/services").await.code(), "auth.session_ended");
    assert_eq!(owner.renew(&refresh).await.code(), "auth.session_ended");
    assert_eq!(owner.renew("rubbish").await.code(), "auth.session_ended");
}

#[tokio::test]
async fn sub_domains_stand_side_by_side() {
    let server = product().await;
    for slug in ["alpha", "beta"] {
        server.owner_of(slug).await;
    }
    let port = server.address.port();
    let login = async |slug: &str, origin: &str, site: Option<&str>| {
        let body = json!({ "email": format!("owner@{slug}.example"), "password": "a long test password", "practiceSlug": slug });
        let request = server.stranger().request(Method::POST, "/api/v1/auth/login").json(&body);
        let request = request.header("host", format!("{slug}.localhost:{port}")).header("origin", origin);
        Person::send(match site {
            Some(site) => request.header("sec-fetch-site", site),
            None => request,
        })
        .await
    };
    for slug in ["alpha", "beta"] {
        let own = format!("http://{slug}.localhost:{port}");
        for site in [Some("same-origin"), None] {
            let answer = login(slug, &own, site).await;
            // without a domain a cookie is only for the host it came from
            for cookie in answer.headers.get_all("set-cookie") {
                let cookie = cookie.to_str().expect("text").to_lowercase();
                assert!(cookie.starts_with("__host-") && !cookie.contains("domain="), "{cookie}");
            }
            assert_eq!(answer.expect(200)["practice"]["slug"], slug);
        }
    }
    // at alpha's address nobody signs in to beta, whatever the body says; and nobody goes over to it from there
    let at_alpha = async |request: reqwest::RequestBuilder| {
        Person::send(request.header("host", format!("alpha.localhost:{port}"))).await
    };
    let body = json!({ "email": "owner@beta.example", "password": "a long test password", "practiceSlug": "beta" });
    let answer = at_alpha(server.stranger().request(Method::POST, "/api/v1/auth/login").json(&body)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.invalid_credentials"));
    // one practice's pages do not write into another's host
    for site in [Some("same-site"), None] {
        let answer = login("alpha", &format!("http://beta.localhost:{port}"), site).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "origin.refused"));
    }
}

#[tokio::test]
async fn browsers_are_told_to_keep_to_https_where_there_is_https() {
    for (public_url, expected) in [("https://vantage.example", true), ("http://localhost", false)] {
        let config = platform::config::Config { public_url: public_url.to_owned(), ..Default::default() };
        let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
        for path in ["/sign-in", "/api/v1/auth/session"] {
            let answer = server.stranger().get(path).await;
            assert_eq!(answer.headers.contains_key("strict-transport-security"), expected, "{public_url}{path}");
        }
    }
}
