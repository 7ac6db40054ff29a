//! E-mail by a server that others have written (aiosmtpd), and unsubscribing from what it brought.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::SignedDuration;
use platform::config::Config;
use platform::db::Caller;
use platform::id::PracticeId;
use platform::testing::Person;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::message::{MessageId, row};
use crate::testing::{Clinic, id, untriggered};

/// A server for mail; it ends with the test.
struct MailServer {
    child: Child,
    said: Receiver<Value>,
    port: u64,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl MailServer {
    /// None where it is not installed: `./dev` does that.
    fn start(mode: &str) -> Option<Self> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let python = Path::new(root).join("target/mail-server/bin/python");
        if !python.exists() {
            eprintln!("skipped: the server for mail is not installed");
            return None;
        }
        let mut child = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/mail-server/serve.py"))
            .arg(mode)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = say.send(serde_json::from_str(&line).expect("json"));
            }
        });
        let mut server = Self { child, said, port: 0 };
        server.port = server.next()["port"].as_u64().expect("a port");
        Some(server)
    }

    fn next(&self) -> Value {
        self.said.recv_timeout(Duration::from_secs(20)).expect("it says something")
    }

    fn is_silent(&self) -> bool {
        self.said.try_recv().is_err()
    }
}

async fn clinic(server: &MailServer, settings: Value, password: Option<&str>) -> Clinic {
    let clinic =
        Clinic::with(Config { smtp_inner_hosts: "localhost, 127.0.0.1".to_owned(), ..Config::default() }).await;
    let mut all = json!({ "host": "127.0.0.1", "port": server.port, "tls": "none", "fromAddress": "desk@alpha.example",
        "fromName": "عيادة ألفا", "replyTo": "answers@alpha.example" });
    for (key, value) in settings.as_object().expect("fields") {
        all[key] = value.clone();
    }
    clinic.set_channel("email", "smtp", all, password).await;
    clinic
}

async fn write(clinic: &Clinic, patient: &str, besides: Value) -> String {
    let mut email = json!({ "patientId": patient, "channel": "email", "subject": "موعدكم", "text": "Dear {{ patient.givenName }},\n\nsee https://example.com/a." });
    for (key, value) in besides.as_object().expect("fields") {
        email[key] = value.clone();
    }
    let sent = clinic.owner.post("/api/v1/messages", &email).await.expect(201);
    clinic.settle().await;
    id(&sent)
}

async fn state(clinic: &Clinic, message: &str) -> (String, Value) {
    let message = clinic.message(message).await;
    (message["state"].as_str().expect("a state").to_owned(), message["reason"].clone())
}

#[tokio::test]
async fn a_mail_arrives_with_its_sender_its_page_and_its_files() {
    let Some(server) = MailServer::start("take") else { return };
    let clinic = clinic(&server, json!({}), None).await;
    let (patient, _) = clinic.patient().await;
    let request = clinic.owner.request(Method::POST, "/api/v1/message-attachments").header("x-file-name", "plan.txt");
    let request = request.header("idempotency-key", Uuid::now_v7().to_string()).header("content-type", "text/plain");
    let file = Person::send(request.body("the plan")).await.expect(201);
    let sent = write(&clinic, &patient, json!({ "attachments": [file["id"]] })).await;
    assert_eq!(state(&clinic, &sent).await, ("sent".to_owned(), Value::Null));
    let mail = server.next();
    assert_eq!((mail["from"].as_str(), mail["to"].clone()), (Some("desk@alpha.example"), json!(["lina0@example.com"])));
    let head = &mail["headers"];
    assert_eq!(
        (head["subject"].as_str(), head["from"].as_str()),
        (Some("موعدكم"), Some("عيادة ألفا <desk@alpha.example>"))
    );
    assert_eq!(head["reply-to"], "answers@alpha.example");
    assert_eq!(head["message-id"], format!("<{sent}@alpha.example>"));
    assert_eq!(head["list-unsubscribe"], Value::Null, "somebody wrote it by hand, about their care");
    assert!(mail["text"].as_str().expect("a text").starts_with("Dear Lina0,"));
    assert!(mail["html"].as_str().expect("a page").contains("<a dir=\"ltr\" href=\"https://example.com/a\""));
    assert_eq!(mail["files"], json!([["plan.txt", "text/plain", "the plan"]]));
}

#[tokio::test]
async fn who_is_refused_for_good_is_not_tried_again_and_who_is_for_now_is() {
    let Some(server) = MailServer::start("refuse") else { return };
    let mut one = clinic(&server, json!({}), None).await;
    let (patient, _) = one.patient().await;
    let sent = write(&one, &patient, json!({})).await;
    assert_eq!(state(&one, &sent).await, ("failed".to_owned(), json!("smtp.550")));
    one.later(SignedDuration::from_hours(2)).await;
    assert!(server.is_silent());
    let Some(server) = MailServer::start("later") else { return };
    let mut two = clinic(&server, json!({}), None).await;
    let (patient, _) = two.patient().await;
    let sent = write(&two, &patient, json!({})).await;
    assert_eq!(state(&two, &sent).await, ("queued".to_owned(), json!("smtp.451")));
    two.later(SignedDuration::from_hours(1)).await;
    assert_eq!(state(&two, &sent).await, ("sent".to_owned(), Value::Null));
    assert_eq!(server.next()["to"], json!(["lina0@example.com"]));
}

#[tokio::test]
async fn a_mail_whose_answer_is_missing_is_not_sent_again_by_itself() {
    let Some(server) = MailServer::start("hang-up") else { return };
    let mut clinic = clinic(&server, json!({}), None).await;
    let (patient, _) = clinic.patient().await;
    let sent = write(&clinic, &patient, json!({})).await;
    assert_eq!(state(&clinic, &sent).await, ("unknown".to_owned(), json!("no_answer")));
    server.next();
    clinic.later(SignedDuration::from_hours(3)).await;
    assert!(server.is_silent(), "it may have arrived");
}

#[tokio::test]
async fn the_server_is_signed_in_to_and_a_wrong_password_is_told() {
    let Some(server) = MailServer::start("auth") else { return };
    let clinic = clinic(&server, json!({ "user": "clinic" }), Some("s3cret-of-it")).await;
    let check = async || {
        let asked = json!({ "channel": "email" });
        clinic.owner.post("/api/v1/message-channels/check", &asked).await.expect(200)["outcome"].clone()
    };
    assert_eq!(check().await, "ok");
    let (patient, _) = clinic.patient().await;
    let sent = write(&clinic, &patient, json!({})).await;
    assert_eq!(state(&clinic, &sent).await.0, "sent");
    let settings = json!({ "host": "127.0.0.1", "port": server.port, "tls": "none", "fromAddress": "desk@alpha.example", "user": "clinic" });
    clinic.set_channel("email", "smtp", settings, Some("wrong-password")).await;
    assert_eq!(check().await, "smtp.535");
    let nobody = json!({ "host": "127.0.0.1", "port": 9, "tls": "none", "fromAddress": "desk@alpha.example" });
    clinic.set_channel("email", "smtp", nobody, None).await;
    assert_eq!(check().await, "smtp.connection");
}

#[tokio::test]
async fn marketing_says_how_to_get_no_more_and_one_click_ends_it() {
    let Some(server) = MailServer::start("take") else { return };
    let clinic = clinic(&server, json!({}), None).await;
    let yes = json!({ "email": { "granted": true }, "sms": null, "calls": null });
    let (patient, _) = clinic.patient_with(json!({ "consents": yes })).await;
    write(&clinic, &patient, json!({ "purpose": "marketing" })).await;
    let mail = server.next();
    let head = &mail["headers"];
    assert_eq!(head["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    let address = head["list-unsubscribe"].as_str().expect("an address").trim_matches(['<', '>']).to_owned();
    assert!(
        mail["text"].as_str().expect("a text").contains(&address)
            && mail["html"].as_str().expect("a page").contains(&address)
    );
    let path = address.split_once("/u/").expect("a path").1;
    let click = async |path: &str| {
        let request = clinic.server.stranger().request(Method::POST, &format!("/u/{path}"));
        request.body("List-Unsubscribe=One-Click").send().await.expect("an answer").status().as_u16()
    };
    let forged = format!("{}0", &path[..path.len() - 1]);
    let forged = if forged == path { format!("{}1", &path[..path.len() - 1]) } else { forged };
    assert_eq!(click(&forged).await, 404);
    assert_eq!((click(path).await, click(path).await), (200, 200));
    let record = clinic.owner.get(&format!("/api/v1/patients/{patient}")).await.expect(200);
    assert_eq!(record["consents"]["email"]["granted"], false);
    let email = json!({ "patientId": patient, "channel": "email", "subject": "S", "text": "T" });
    let refused = clinic.owner.post("/api/v1/messages", &email).await;
    assert_eq!(refused.body["current"]["reason"], "unsubscribed");
    let nobody = clinic.server.stranger();
    let look = async |what: &str, token: &str| {
        nobody.post(&format!("/api/v1/unsubscribe/{what}"), &json!({ "token": token })).await
    };
    let shown = look("look", path).await.expect(200);
    assert_eq!((shown["unsubscribed"].as_bool(), shown["slug"].as_str()), (Some(true), Some("alpha")));
    assert!(!shown.to_string().to_lowercase().contains("lina"));
    look("look", &forged).await.expect(404);
    assert_eq!(look("undo", path).await.expect(200)["unsubscribed"], false);
    clinic.owner.post("/api/v1/messages", &email).await.expect(201);
}

/// Changes settings of the channel for e-mail as an earlier release may have left them.
async fn keep_as(clinic: &Clinic, field: &str, value: Value) {
    let changed = sqlx::query("update messaging.channel set settings = jsonb_set(settings, array[$1], $2)")
        .bind(field)
        .bind(value)
        .execute(&mut untriggered(&clinic.server).await)
        .await;
    assert_eq!(changed.expect("written").rows_affected(), 1);
}

#[tokio::test]
async fn a_sender_of_several_lines_is_one_line_and_no_header_besides() {
    let Some(server) = MailServer::start("take") else { return };
    let clinic = clinic(&server, json!({}), None).await;
    let (patient, _) = clinic.patient().await;
    keep_as(&clinic, "fromName", json!("Alpha\r\nBcc: everybody@example.com\u{202e}")).await;
    let sent = write(&clinic, &patient, json!({})).await;
    assert_eq!(state(&clinic, &sent).await.0, "sent");
    let mail = server.next();
    assert_eq!(mail["to"], json!(["lina0@example.com"]), "nobody besides");
    let head = &mail["headers"];
    assert_eq!((head["bcc"].clone(), head["to"].as_str()), (Value::Null, Some("lina0@example.com")));
    let from = head["from"].as_str().expect("a sender");
    assert_eq!(from, "\"Alpha Bcc: everybody@example.com\" <desk@alpha.example>");
}

#[tokio::test]
async fn what_was_kept_before_is_judged_again_when_it_goes_out() {
    let Some(server) = MailServer::start("take") else { return };
    let mut clinic = clinic(&server, json!({}), None).await;
    let (patient, _) = clinic.patient().await;
    let at = clinic.server.clock.now() + SignedDuration::from_hours(2);
    let planned = write(&clinic, &patient, json!({ "notBefore": at })).await;
    let message: MessageId = planned.parse().map(MessageId).expect("an id");
    let caller = Caller::system(PracticeId(clinic.owner.practice()));
    let sealed = clinic.server.app.door.write(&caller, async move |tx| {
        let content = json!({ "address": "lina0@example.com", "subject": "Hello\r\nBcc: everybody@example.com",
            "text": "T", "replyTo": null });
        tx.seal(row::place(message), content.to_string().as_bytes()).await
    });
    let rewritten = sqlx::query("update messaging.message set content = $1 where id = $2")
        .bind(sealed.await.expect("sealed"))
        .bind(message.uuid())
        .execute(&mut untriggered(&clinic.server).await)
        .await;
    assert_eq!(rewritten.expect("written").rows_affected(), 1);
    clinic.later(SignedDuration::from_hours(3)).await;
    assert_eq!(state(&clinic, &planned).await, ("failed".to_owned(), json!("message.subject_invalid")));
    keep_as(&clinic, "replyTo", json!("a@b.example\r\nBcc: everybody@example.com")).await;
    let sent = write(&clinic, &patient, json!({})).await;
    assert_eq!(state(&clinic, &sent).await, ("failed".to_owned(), json!("message.reply_to_invalid")));
    assert!(server.is_silent(), "nothing of it was given to the server");
}
