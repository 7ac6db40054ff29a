//! Mail: kept without a server for it, sent to one that speaks SMTP, tried again, given up, sealed, wiped.

use platform::config::Config;
use platform::testing::TestServer;
use serde_json::json;

use crate::product;
use crate::smtp::Smtp;

async fn forgets(server: &TestServer, email: &str) {
    let answer = server.stranger().post("/api/v1/auth/password/forgot", &json!({ "email": email })).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    server.settle().await;
}

async fn with_smtp(smtp: &Smtp) -> TestServer {
    let config = Config {
        smtp_url: format!("smtp://{}", smtp.address),
        public_url: "https://vantage.example".to_owned(),
        ..Config::default()
    };
    TestServer::with(config, server::routes::duties(), server::routes::api).await
}

/// State, tries, error and whether there is still something in it, of every mail.
async fn mails(server: &TestServer) -> Vec<(String, i32, Option<String>, bool)> {
    sqlx::query_as("select state, attempts, error, content is not null from auth.mail order by id")
        .fetch_all(&mut server.database.conn().await)
        .await
        .expect("mails")
}

#[tokio::test]
async fn without_a_server_for_it_mail_is_kept_and_shown() {
    let server = product().await;
    server.owner_of("alpha").await;
    forgets(&server, "Owner@alpha.example ").await;
    assert_eq!(mails(&server).await, [("sandbox".to_owned(), 1, None, true)]);
    let kept = platform::mail::list(&server.app, Some("sandbox"), None, 10).await.expect("lists");
    let mail = platform::mail::read(&server.app, kept[0].id).await.expect("opens");
    assert_eq!((kept[0].kind.as_str(), mail.to.expose().as_str()), ("password_reset", "owner@alpha.example"));
    assert_eq!(mail.subject.expose(), "Choose a new password");
    assert!(mail.text.expose().contains("/reset#") && mail.html.expose().contains("/reset#"));
    let sealed: Vec<u8> = sqlx::query_scalar("select content from auth.mail")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a mail");
    assert!(!sealed.windows(5).any(|part| part == b"owner" || part == b"reset"), "it is not sealed");
}

#[tokio::test]
async fn a_mail_goes_out_in_the_language_of_its_receiver_and_is_wiped() {
    let smtp = Smtp::start(&[]).await;
    let server = with_smtp(&smtp).await;
    let mut body = platform::testing::sign_up_body("alpha");
    body["language"] = json!("ar");
    server.stranger().sign("/api/v1/auth/signup", &body).await.expect(201);
    forgets(&server, "owner@alpha.example").await;
    let taken = smtp.taken();
    assert_eq!((taken.len(), taken[0].to.as_str()), (1, "owner@alpha.example"));
    let data = &taken[0].data;
    for part in [
        "From: Vantage <no-reply@vantage.example>",
        "Auto-Submitted: auto-generated",
        "Subject: =?utf-8?b?",
        "Message-ID: <",
        "multipart/alternative",
    ] {
        assert!(data.contains(part), "{part} in {data}");
    }
    assert_eq!(mails(&server).await, [("sent".to_owned(), 1, None, false)]);
    let listed = platform::mail::list(&server.app, None, None, 10).await.expect("lists");
    assert!(listed[0].mail.is_none());
    assert_eq!(platform::mail::read(&server.app, listed[0].id).await.expect_err("gone").code(), "not_found");
}

#[tokio::test]
async fn a_mail_is_tried_again_and_given_up_when_it_is_refused_for_good() {
    let smtp = Smtp::start(&["451 later", "550 never"]).await;
    let server = with_smtp(&smtp).await;
    server.owner_of("alpha").await;
    forgets(&server, "owner@alpha.example").await;
    assert_eq!(mails(&server).await, [("queued".to_owned(), 1, Some("smtp.451".to_owned()), true)]);
    // what waits to go out is shown to nobody
    let listed = platform::mail::list(&server.app, None, None, 10).await.expect("lists");
    assert!(listed[0].mail.is_none());
    let now = async || {
        sqlx::query("update auth.mail set next_at = now()")
            .execute(&mut server.database.conn().await)
            .await
            .expect("due");
        server.settle().await;
    };
    now().await;
    assert_eq!(mails(&server).await, [("failed".to_owned(), 2, Some("smtp.550".to_owned()), false)]);
    forgets(&server, "owner@alpha.example").await;
    assert_eq!(mails(&server).await[1], ("sent".to_owned(), 1, None, false));
    assert_eq!(smtp.taken().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_away_is_waited_for() {
    let smtp = Smtp { address: "127.0.0.1:1".parse().expect("an address"), ..Smtp::start(&[]).await };
    let server = with_smtp(&smtp).await;
    server.owner_of("alpha").await;
    forgets(&server, "owner@alpha.example").await;
    assert_eq!(mails(&server).await, [("queued".to_owned(), 1, Some("smtp.connection".to_owned()), true)]);
    let waits: bool = sqlx::query_scalar("select next_at > now() + interval '10 seconds' from auth.mail")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a mail");
    assert!(waits);
    sqlx::query("update auth.mail set next_at = now(), attempts = 11")
        .execute(&mut server.database.conn().await)
        .await
        .expect("the last try");
    server.settle().await;
    assert_eq!(mails(&server).await, [("failed".to_owned(), 12, Some("smtp.connection".to_owned()), false)]);
}
