//! By whom a practice sends.

use platform::config::Config;
use serde_json::json;

use super::sending::by_twilio;
use crate::testing::{Clinic, id, put, raw, untriggered};

#[tokio::test]
async fn secrets_lie_sealed_and_show_their_last_four_characters() {
    let (clinic, _peer) = by_twilio().await;
    let all = clinic.owner.get("/api/v1/message-channels").await.expect(200);
    let sms = &all["items"][1];
    assert_eq!((sms["provider"].as_str(), sms["secretLastFour"].as_str()), (Some("twilio"), Some("ount")));
    assert!(!all.to_string().contains("token-of-the-account"));
    for table in ["messaging.channel", "audit.entry"] {
        assert!(!raw(&clinic.server, table).await.contains("token-of-the-account"), "{table}");
    }
    // another provider does not get the key of the one before
    let other = clinic.set_channel("sms", "sandbox", json!({}), None).await;
    assert_eq!(other["secretLastFour"], json!(null));
    let receptionist = clinic.server.colleague_of(&clinic.owner, "receptionist").await;
    receptionist.get("/api/v1/message-channels").await.expect(403);
}

#[tokio::test]
async fn what_a_provider_cannot_do_without_is_asked_for() {
    let clinic = Clinic::start().await;
    let faults = async |channel: &str, provider: &str, settings: serde_json::Value, secret: Option<&str>| {
        let mut body = json!({ "channel": channel, "version": 0, "provider": provider, "settings": settings });
        if let Some(secret) = secret {
            body["secret"] = json!(secret);
        }
        put(&clinic.owner, "/api/v1/message-channels", &body).await.faults()
    };
    let sid = "AC00000000000000000000000000000001";
    assert_eq!(faults("email", "twilio", json!({}), None).await, ["/provider invalid"]);
    assert_eq!(faults("sms", "sendgrid", json!({}), None).await, ["/provider invalid"]);
    assert_eq!(faults("sms", "twilio", json!({}), None).await, ["/settings/accountSid required"]);
    assert_eq!(faults("sms", "twilio", json!({ "accountSid": "AC1" }), None).await, ["/settings/accountSid invalid"]);
    assert_eq!(faults("sms", "twilio", json!({ "accountSid": sid }), None).await, ["/secret required"]);
    assert_eq!(
        faults("sms", "twilio", json!({ "accountSid": sid }), Some("token")).await,
        ["/settings/fromNumber required"]
    );
    let elsewhere = json!({ "accountSid": sid, "fromNumber": "+15005550006", "baseUrl": "https://evil.example" });
    assert_eq!(faults("sms", "twilio", elsewhere, Some("token")).await, ["/settings/baseUrl not_found"]);
    assert_eq!(faults("email", "smtp", json!({}), None).await, ["/settings/host required"]);
    let open = json!({ "host": "mail.example.com", "fromAddress": "a@example.com", "tls": "none" });
    assert_eq!(faults("email", "smtp", open, None).await, ["/settings/tls invalid"]);
    let key = json!({ "fromAddress": "a@example.com", "eventKey": "rubbish" });
    assert_eq!(faults("email", "sendgrid", key, Some("SG.1234")).await, ["/settings/eventKey invalid"]);
    let installation = json!({ "channel": "email", "version": 0, "provider": "installation", "settings": {} });
    assert_eq!(put(&clinic.owner, "/api/v1/message-channels", &installation).await.code(), "channel.no_server");
}

#[tokio::test]
async fn a_channel_is_checked_and_tried_with_a_message_to_oneself() {
    let (clinic, peer) = by_twilio().await;
    let check = async |channel: &str| {
        let asked = json!({ "channel": channel });
        clinic.owner.post("/api/v1/message-channels/check", &asked).await.expect(200)["outcome"].clone()
    };
    assert_eq!(check("sms").await, "ok");
    clinic.set_channel("email", "sendgrid", json!({ "fromAddress": "a@example.com" }), Some("SG.key-of-it")).await;
    assert_eq!(check("email").await, "ok");
    let all = clinic.owner.get("/api/v1/message-channels").await.expect(200);
    assert_eq!((all["items"][0]["testOutcome"].as_str(), all["items"][0]["testedAt"].is_string()), (Some("ok"), true));
    let test = json!({ "channel": "sms", "to": "0501234567", "language": "ar" });
    let sent = clinic.owner.post("/api/v1/message-channels/test", &test).await.expect(201);
    assert_eq!((sent["test"].as_bool(), sent["address"].as_str()), (Some(true), Some("+966501234567")));
    clinic.settle().await;
    assert_eq!(peer.has().len(), 1);
}

#[tokio::test]
async fn a_server_within_the_network_is_reached_only_where_the_installation_says_so() {
    let clinic = Clinic::with(Config { smtp_inner_hosts: "mail.inner".to_owned(), ..Config::default() }).await;
    let settings = json!({ "host": "127.0.0.1", "port": 2525, "fromAddress": "a@example.com" });
    clinic.set_channel("email", "smtp", settings, None).await;
    let outcome = clinic.owner.post("/api/v1/message-channels/check", &json!({ "channel": "email" })).await.expect(200);
    assert_eq!(outcome["outcome"], "smtp.not_public");
}

#[tokio::test]
async fn a_server_of_ones_own_is_reached_at_the_ports_for_handing_in_mail_only() {
    let clinic = Clinic::with(Config { smtp_inner_hosts: "mail.inner".to_owned(), ..Config::default() }).await;
    let mut version = 0;
    let mut save = async |host: &str, port: Option<i32>| {
        let settings = json!({ "host": host, "port": port, "fromAddress": "a@example.com" });
        let body = json!({ "channel": "email", "version": version, "provider": "smtp", "settings": settings });
        let answer = put(&clinic.owner, "/api/v1/message-channels", &body).await;
        version += i32::from(answer.status == 200);
        answer
    };
    for port in [22, 25, 80, 5432, 65535] {
        let refused = save("mail.example.com", Some(port)).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "smtp.port_refused"), "{port}");
        assert_eq!(refused.faults(), ["/settings/port smtp.port_refused"]);
    }
    for port in [Some(465), Some(587), Some(2525), None] {
        save("mail.example.com", port).await.expect(200);
    }
    save("mail.inner", Some(25)).await.expect(200);
}

#[tokio::test]
async fn a_port_that_was_saved_before_fails_with_its_reason_and_nothing_is_sent() {
    let clinic = Clinic::start().await;
    let settings = json!({ "host": "mail.example.com", "port": 2525, "fromAddress": "a@example.com" });
    clinic.set_channel("email", "smtp", settings, None).await;
    let kept = sqlx::query("update messaging.channel set settings = settings || '{\"port\": 22}'")
        .execute(&mut untriggered(&clinic.server).await)
        .await;
    assert_eq!(kept.expect("written").rows_affected(), 1);
    let checked = clinic.owner.post("/api/v1/message-channels/check", &json!({ "channel": "email" })).await.expect(200);
    assert_eq!(checked["outcome"], "smtp.port_refused");
    let (patient, _) = clinic.patient().await;
    let email = json!({ "patientId": patient, "channel": "email", "subject": "S", "text": "T" });
    let sent = clinic.owner.post("/api/v1/messages", &email).await.expect(201);
    clinic.settle().await;
    let message = clinic.message(&id(&sent)).await;
    assert_eq!((message["state"].as_str(), message["reason"].as_str()), (Some("failed"), Some("smtp.port_refused")));
}
