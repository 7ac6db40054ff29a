//! What comes of a call when the other side says no, is not there, or falls silent, against a server on this machine.

use std::collections::BTreeMap;
use std::time::Duration;

use peers::{Loopback, Nobody, Reply};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use sendgrid::{Accepted, Address, Client, Connection, Failure, Mail, OUR_ID, Reason, Refusal, Tracking};

fn client(url: &str) -> Client {
    let base = egress::address("test", url).expect("an address");
    let egress = Egress::to([&base]).expect("a client");
    Client::new(Connection { egress, base, key: Phi::new("SG.test".to_owned()) })
}

fn mail() -> Mail {
    let address = |email: &str| Address { email: Phi::new(email.to_owned()), name: None };
    Mail {
        to: address("noura@example.com"),
        from: address("clinic@example.com"),
        reply_to: None,
        subject: "Your appointment".to_owned(),
        text: "Tomorrow at nine.".to_owned(),
        html: Some("<p>Tomorrow at nine.</p>".to_owned()),
        attachments: Vec::new(),
        headers: BTreeMap::from([("List-Unsubscribe".to_owned(), "<https://clinic.example/u/1>".to_owned())]),
        our_id: "m1".to_owned(),
        tracking: Tracking { opens: true, clicks: false },
        sandbox: false,
    }
}

async fn comes_of(reply: Reply) -> Result<Accepted, Failure> {
    let server = Loopback::start([reply]).await;
    client(&server.url).send(&mail()).await
}

#[tokio::test]
async fn a_mail_is_sent_once_with_everything_that_it_has() {
    let taken = Reply::Answer(202, vec![("X-Message-Id", "14c5d75ce93".to_owned())], String::new());
    let server = Loopback::start([taken]).await;
    let accepted = client(&server.url).send(&mail()).await.expect("taken");
    assert_eq!(accepted.message_id.as_deref(), Some("14c5d75ce93"));

    let requests = server.requests();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request.line, "POST /v3/mail/send");
    assert_eq!(request.header("authorization"), Some("Bearer SG.test"));
    let body: serde_json::Value = serde_json::from_str(&request.body).expect("json");
    let recipient = &body["personalizations"][0];
    assert_eq!(recipient["to"][0]["email"], "noura@example.com");
    assert_eq!(recipient["custom_args"][OUR_ID], "m1");
    assert_eq!(recipient["headers"]["List-Unsubscribe"], "<https://clinic.example/u/1>");
    assert_eq!((&body["content"][0]["type"], &body["content"][1]["type"]), (&"text/plain".into(), &"text/html".into()));
    assert_eq!(body["mail_settings"]["sandbox_mode"]["enable"], false);
    let tracking = &body["tracking_settings"];
    assert_eq!(
        (&tracking["open_tracking"]["enable"], &tracking["click_tracking"]["enable"]),
        (&true.into(), &false.into())
    );
}

#[tokio::test]
async fn what_is_refused_says_so_and_not_whom_it_was_for() {
    let body = r#"{"errors":[{"message":"noura@example.com is no address","field":"personalizations.0.to.0.email"}]}"#;
    let failure = comes_of(Reply::of(400, body)).await.expect_err("refused");
    let field = Some("personalizations.0.to.0.email".to_owned());
    assert_eq!(failure, Failure::Refused(Refusal { reason: Reason::Recipient, status: 400, field }));
    assert!(!format!("{failure:?}").contains("noura"));
}

#[tokio::test]
async fn too_many_and_nobody_there_are_for_later() {
    let limited = Reply::Answer(429, vec![("Retry-After", "17".to_owned())], String::new());
    assert_eq!(comes_of(limited).await, Err(Failure::Later(Duration::from_secs(17))));
    assert!(matches!(comes_of(Reply::of(503, "")).await, Err(Failure::Later(_))));
    let nobody = Nobody::there();
    assert!(matches!(client(&nobody.url).send(&mail()).await, Err(Failure::Later(_))));
}

#[tokio::test]
async fn what_was_sent_and_not_answered_is_unknown() {
    for silence in [Reply::HangUp, Reply::Break, Reply::of(502, ""), Reply::of(504, ""), Reply::of(302, "")] {
        assert_eq!(comes_of(silence.clone()).await, Err(Failure::Unknown), "{silence:?}");
    }
}

#[tokio::test]
async fn a_key_that_does_not_serve_is_told_from_an_answer_that_is_none() {
    let server = Loopback::start([
        Reply::of(401, r#"{"errors":[{"field":null,"message":"authorization required"}]}"#),
        Reply::of(200, "<html>"),
    ])
    .await;
    let sendgrid = client(&server.url);
    assert_eq!(sendgrid.scopes().await.expect_err("refused").code(), "key_refused");
    assert_eq!(sendgrid.scopes().await, Err(Failure::Unknown));
}

#[tokio::test]
async fn a_webhook_that_does_not_sign_has_no_key() {
    let server = Loopback::start([
        Reply::of(200, r#"{"id":"w","public_key":""}"#),
        Reply::of(404, r#"{"errors":[{"message":"Invalid id provided."}]}"#),
        Reply::of(200, r#"{"max_allowed":5,"webhooks":[{}]}"#),
    ])
    .await;
    let sendgrid = client(&server.url);
    assert_eq!(sendgrid.sign("w", false).await, Ok(None));
    assert_eq!(server.requests()[0].line, "PATCH /v3/user/webhooks/event/settings/signed/w");
    assert_eq!(server.requests()[0].body, r#"{"enabled":false}"#);
    assert_eq!(sendgrid.public_key("x").await.expect_err("missing").code(), "missing");
    assert_eq!(sendgrid.webhooks().await.expect("none"), []);
}
