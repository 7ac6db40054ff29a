//! Every request that the client sends, against the published descriptions of the API as `prism` serves them, which refuses
//! what does not fit. It answers with the descriptions' own examples.

use std::collections::BTreeMap;

use peers::Prism;
use platform::egress::{self, Egress};
use platform::phi::Phi;
use sendgrid::{Accepted, Address, Attachment, Client, Connection, Mail, OUR_ID, Tracking, Webhook};

fn client(url: &str) -> Client {
    let base = egress::address("test", url).expect("an address");
    let egress = Egress::to([&base]).expect("a client");
    Client::new(Connection { egress, base, key: Phi::new("SG.test".to_owned()) })
}

fn address(email: &str, name: Option<&str>) -> Address {
    Address { email: Phi::new(email.to_owned()), name: name.map(|name| Phi::new(name.to_owned())) }
}

fn mail() -> Mail {
    Mail {
        to: address("test@example.com", None),
        from: address("clinic@example.com", None),
        reply_to: None,
        subject: "Your appointment".to_owned(),
        text: "Tomorrow at nine.".to_owned(),
        html: None,
        attachments: Vec::new(),
        headers: BTreeMap::new(),
        our_id: "0190f8a4-0000-7000-8000-000000000000".to_owned(),
        tracking: Tracking::default(),
        sandbox: false,
    }
}

#[tokio::test]
async fn every_mail_fits_the_description() {
    let Some(prism) = Prism::serve("sendgrid/mail_v3.openapi.json").await else { return };
    let full = Mail {
        to: address("test@example.com", Some("نورة")),
        from: address("clinic@example.com", Some("Clinic")),
        reply_to: Some(address("desk@example.com", Some("Front desk"))),
        html: Some("<p>Tomorrow at nine.</p>".to_owned()),
        attachments: vec![Attachment {
            filename: "visit.ics".to_owned(),
            media_type: "text/calendar".to_owned(),
            content: b"BEGIN:VCALENDAR".to_vec(),
        }],
        headers: BTreeMap::from([
            ("List-Unsubscribe".to_owned(), "<https://clinic.example/u/1>".to_owned()),
            ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
        ]),
        tracking: Tracking { opens: true, clicks: true },
        sandbox: true,
        ..mail()
    };
    for mail in [mail(), full] {
        let accepted = client(&prism.url).send(&mail).await.expect("taken");
        assert_eq!(accepted, Accepted { message_id: None }, "the description has no such header");
    }
    refuses_what_does_not_fit(&prism.url).await;
}

/// Or the test above would say nothing.
async fn refuses_what_does_not_fit(url: &str) {
    let http = reqwest::Client::builder().build().expect("a client");
    let send = async |body: String| {
        let request = http.post(format!("{url}/v3/mail/send")).header("content-type", "application/json");
        request.bearer_auth("x").body(body).send().await.expect("an answer").status().as_u16()
    };
    let body = |personalization: &str, rest: &str| {
        format!(r#"{{"from":{{"email":"a@example.com"}},"personalizations":[{personalization}]{rest}}}"#)
    };
    let right = format!(r#"{{"to":[{{"email":"a@example.com"}}],"custom_args":{{"{OUR_ID}":"1"}}}}"#);
    assert_eq!(send(body(&right, "")).await, 202);
    for wrong in [
        body("{}", ""),
        body(r#"{"to":[{"name":"A"}]}"#, ""),
        body(r#"{"to":[{"email":"nobody"}]}"#, ""),
        body(&right, r#","custom_args":{"a":"b"}"#),
        body(&right, r#","content":[{"type":"text/plain"}]"#),
        body(&right, r#","attachments":[{"content":"AA=="}]"#),
        body(&right, r#","mail_settings":{"sandbox_mode":{"enable":"yes"}}"#),
        body(&right, r#","tracking_settings":{"click_tracking":{"enable":1}}"#),
    ] {
        let status = send(wrong.clone()).await;
        assert!((400..500).contains(&status), "{status} {wrong}");
    }
}

#[tokio::test]
async fn the_key_is_asked_what_it_may() {
    let Some(prism) = Prism::serve("sendgrid/scopes_v3.openapi.json").await else { return };
    let scopes = client(&prism.url).scopes().await.expect("scopes");
    assert_eq!(Vec::from_iter(scopes), ["alerts.create", "alerts.read", "mail.send"]);
}

#[tokio::test]
async fn what_an_address_is_suppressed_for_is_read() {
    let Some(prism) = Prism::serve("sendgrid/suppressions_v3.openapi.json").await else { return };
    let sendgrid = client(&prism.url);
    let email = Phi::new("a+b'c@example.com".to_owned());
    let bounces = sendgrid.bounces(&email).await.expect("bounces");
    assert_eq!(bounces[0].since().map(|at| at.as_second()), Some(1_443_651_125));
    assert_eq!(bounces[0].status.as_deref(), Some("5.1.1"));
    assert!(bounces[0].reason.as_ref().is_some_and(|reason| reason.expose().starts_with("550 5.1.1 ")));
    let complaints = sendgrid.spam_reports(&email).await.expect("complaints");
    assert_eq!((complaints.len(), complaints[0].since().map(|at| at.as_second())), (2, Some(1_443_651_141)));
}

#[tokio::test]
async fn webhooks_are_listed_and_sign() {
    let Some(prism) = Prism::serve("sendgrid/webhooks_v3.openapi.json").await else { return };
    let sendgrid = client(&prism.url);
    let webhooks = sendgrid.webhooks().await.expect("webhooks");
    let first = Webhook {
        id: "77d4a5da-7015-11ed-a1eb-0242ac120002".to_owned(),
        url: "https://emailengagment.example.com".to_owned(),
        enabled: true,
        public_key: "123publickeyabc".to_owned(),
    };
    assert_eq!((webhooks.len(), &webhooks[0]), (2, &first));
    let key = Some("123publickeyabc".to_owned());
    assert_eq!(sendgrid.public_key(&first.id).await, Ok(key.clone()));
    assert_eq!(sendgrid.sign(&first.id, true).await, Ok(key));
}
