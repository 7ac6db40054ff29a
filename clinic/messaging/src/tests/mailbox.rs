//! What the sandbox shows of an e-mail besides its text: headers by which programs for mail act.

use reqwest::Method;
use serde_json::{Value, json};

use crate::testing::{Clinic, id};

#[tokio::test]
async fn headers_say_where_answers_go_and_one_click_unsubscribes() {
    let clinic = Clinic::start().await;
    clinic.set_channel("email", "sandbox", json!({ "replyTo": "answers@alpha.example" }), None).await;
    let yes = json!({ "email": { "granted": true }, "sms": null, "calls": null });
    let (patient, _) = clinic.patient_with(json!({ "consents": yes })).await;
    let write = async |besides: Value| {
        let mut email = json!({ "patientId": patient, "channel": "email", "subject": "S", "text": "T" });
        for (key, value) in besides.as_object().expect("fields") {
            email[key] = value.clone();
        }
        let sent = clinic.owner.post("/api/v1/messages", &email).await.expect(201);
        clinic.settle().await;
        format!("/api/v1/messages/{}/headers", id(&sent))
    };
    let care = clinic.owner.get(&write(json!({})).await).await.expect(200);
    let answers = json!({ "name": "Reply-To", "value": "answers@alpha.example" });
    assert_eq!(care, json!({ "items": [answers], "unsubscribeUrl": null }), "somebody wrote it, about their care");
    let path = write(json!({ "purpose": "marketing", "replyTo": "desk@alpha.example" })).await;
    let marketing = clinic.owner.get(&path).await.expect(200);
    let address = marketing["unsubscribeUrl"].as_str().expect("an address").to_owned();
    let items = json!([
        { "name": "Reply-To", "value": "desk@alpha.example" },
        { "name": "List-Unsubscribe", "value": format!("<{address}>") },
        { "name": "List-Unsubscribe-Post", "value": "List-Unsubscribe=One-Click" },
    ]);
    assert_eq!(marketing["items"], items);
    let way = format!("/u/{}", address.split_once("/u/").expect("a path").1);
    let click = clinic.server.stranger().request(Method::POST, &way).body("List-Unsubscribe=One-Click");
    assert_eq!(click.send().await.expect("an answer").status(), 200);
    let record = clinic.owner.get(&format!("/api/v1/patients/{patient}")).await.expect(200);
    assert_eq!(record["consents"]["email"]["granted"], false);
}

#[tokio::test]
async fn headers_of_what_the_sandbox_does_not_have_are_the_patients_alone() {
    let clinic = Clinic::start().await;
    let (patient, _) = clinic.patient().await;
    let text = clinic.text(&patient, "Hello").await;
    let path = format!("/api/v1/messages/{}/headers", id(&text));
    let early = clinic.owner.get(&path).await;
    assert_eq!((early.status.as_u16(), early.code()), (409, "message.not_in_sandbox"), "it has not gone there yet");
    clinic.settle().await;
    assert_eq!(clinic.owner.get(&path).await.expect(200)["items"], json!([]), "a text message has none");
    let accountant = clinic.server.colleague_of(&clinic.owner, "accountant").await;
    accountant.get(&path).await.expect(403);
}
