//! That what is declared fits together.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::message::Channel;
use crate::templates;

fn steps(of: &Value, all: &mut Vec<Value>) {
    for step in of.as_array().into_iter().flatten() {
        all.push(step.clone());
        steps(&step["steps"], all);
        steps(&step["otherwise"], all);
        for path in step["paths"].as_array().into_iter().flatten() {
            steps(&path["steps"], all);
        }
    }
}

#[test]
fn recipes_are_written_as_the_contract_says_and_name_what_there_is() {
    let own = blocks();
    let built_in = templates::built_in().expect("templates");
    for recipe in own.recipes {
        let definition: Value = serde_json::from_str(recipe.definition).expect(recipe.name);
        let kind = definition["trigger"]["kind"].as_str().expect("a kind");
        assert!(["event", "date"].contains(&kind), "{}", recipe.name);
        let mut all = Vec::new();
        steps(&definition["steps"], &mut all);
        let ids: BTreeSet<&str> = all.iter().map(|step| step["id"].as_str().expect("an id")).collect();
        assert_eq!(ids.len(), all.len(), "{}: ids are unique", recipe.name);
        for step in all.iter().filter(|step| step["kind"] == "action") {
            let name = step["action"].as_str().expect("an action");
            let Some(action) = own.actions.iter().find(|action| action.name == name) else { continue };
            for (key, value) in step["fields"].as_object().expect("fields") {
                assert!(action.fields.iter().any(|field| field.key == key), "{}: {name} takes no {key}", recipe.name);
                if key == "template" {
                    let template = built_in.iter().find(|known| value == &known.id.to_string()).expect("a template");
                    let channel = if name.ends_with("sms") { Channel::Sms } else { Channel::Email };
                    assert_eq!(template.channel, channel, "{}", recipe.name);
                    let needs_visit = serde_json::to_string(&template.texts).expect("texts");
                    let has_visit = step["fields"].get("appointment").is_some();
                    let needs_visit = needs_visit.contains("{{ appointment.") || needs_visit.contains("{{ visit.");
                    assert!(has_visit || !needs_visit, "{}: {name} needs the visit", recipe.name);
                }
            }
        }
    }
}

#[test]
fn what_people_read_in_recipes_is_there_in_arabic() {
    for recipe in blocks().recipes {
        let definition = serde_json::to_value(recipe.read_in("ar").expect(recipe.name)).expect("JSON");
        let mut all = Vec::new();
        steps(&definition["steps"], &mut all);
        let paths = all.iter().flat_map(|step| step["paths"].as_array().into_iter().flatten());
        let names = paths.map(|path| &path["name"]).chain(all.iter().map(|step| &step["fields"]["title"]));
        for text in names.filter_map(Value::as_str) {
            assert!(text.chars().any(|c| ('\u{620}'..='\u{64a}').contains(&c)), "{}: {text}", recipe.name);
        }
    }
}

#[test]
fn samples_are_json_and_permissions_exist() {
    let own = blocks();
    let fields = own.subjects.iter().flat_map(|subject| subject.fields.iter());
    let actions = own.actions.iter().flat_map(|action| action.fields.iter().chain(action.gives));
    for field in fields.chain(actions) {
        serde_json::from_str::<Value>(field.sample).expect(field.key);
    }
    let permissions = own.subjects.iter().map(|subject| subject.permission);
    for permission in permissions.chain(own.actions.iter().map(|action| action.permission)) {
        assert!(platform::permission::named(permission).is_some(), "{permission}");
    }
}

mod through_the_engine {
    use automation::block::{Action, Call, Run};
    use platform::db::Caller;
    use platform::id::PracticeId;
    use serde_json::{Map, Value, json};
    use uuid::Uuid;

    use super::super::send;
    use crate::testing::{Clinic, id};

    async fn run(clinic: &Clinic, patient: &str, key: Uuid, input: Value) -> platform::Result<Value> {
        run_action(clinic, &send::SMS, patient, key, input).await
    }

    async fn run_action(
        clinic: &Clinic,
        action: &Action,
        patient: &str,
        key: Uuid,
        input: Value,
    ) -> platform::Result<Value> {
        let call = Call {
            input: input.as_object().cloned().unwrap_or_else(Map::new),
            key,
            workflow: Uuid::now_v7(),
            run: Uuid::now_v7(),
            test: true,
            patient: Some(patient.parse().expect("an id")),
        };
        let Run::Inside(work) = action.run else { panic!("it is done inside") };
        let caller = Caller::system(PracticeId(clinic.owner.practice()));
        let did = clinic.server.app.door.write(&caller, async move |tx| work(tx, &call.clone()).await).await;
        clinic.settle().await;
        did
    }

    #[tokio::test]
    async fn a_step_that_is_tried_again_is_one_message_marked_as_a_test() {
        let clinic = Clinic::start().await;
        let (patient, _) = clinic.patient().await;
        let key = Uuid::now_v7();
        let first = run(&clinic, &patient, key, json!({ "text": "Hello" })).await.expect("queued");
        let again = run(&clinic, &patient, key, json!({ "text": "Hello" })).await.expect("queued");
        assert_eq!((first["state"].as_str(), &first["message"]), (Some("queued"), &again["message"]));
        let sent = clinic.messages("&source=workflow").await;
        assert_eq!((sent.len(), sent[0]["state"].as_str(), sent[0]["test"].as_bool()), (1, Some("sent"), Some(true)));
    }

    #[tokio::test]
    async fn what_must_not_go_out_is_no_error_and_says_why() {
        let clinic = Clinic::start().await;
        let no = json!({ "sms": { "granted": false }, "email": null, "calls": null });
        let (patient, _) = clinic.patient_with(json!({ "consents": no })).await;
        let did = run(&clinic, &patient, Uuid::now_v7(), json!({ "text": "Hello" })).await.expect("noted");
        assert_eq!((did["state"].as_str(), did["reason"].as_str()), (Some("suppressed"), Some("refused")));
    }

    #[tokio::test]
    async fn a_template_is_filled_for_the_visit_and_what_is_missing_is_said() {
        let clinic = Clinic::start().await;
        let (patient, _) = clinic.patient().await;
        let visit = clinic.visit(&patient, 30).await;
        let template = "0b000000-0000-4000-8000-000000000003";
        let input = json!({ "template": template, "appointment": visit["id"] });
        run(&clinic, &patient, Uuid::now_v7(), input).await.expect("queued");
        let sent = clinic.messages("&source=workflow").await;
        assert!(sent[0]["text"].as_str().expect("a text").contains("Olaya") && sent[0]["appointmentId"] == visit["id"]);
        let bare = run(&clinic, &patient, Uuid::now_v7(), json!({ "template": template })).await;
        assert_eq!(bare.expect_err("no visit").status(), 422);
        let empty = run(&clinic, &patient, Uuid::now_v7(), json!({})).await;
        assert_eq!(empty.expect_err("no text").status(), 422);
        assert!(!id(&sent[0]).is_empty());
    }

    #[tokio::test]
    async fn what_variables_put_into_an_email_makes_no_header_of_it() {
        let clinic = Clinic::start().await;
        let (patient, _) = clinic.patient().await;
        let refused = async |field: &str, filled: String| {
            let mut input = json!({ "subject": "Your visit", "text": "Hello", "replyTo": "desk@alpha.example" });
            input[field] = json!(filled);
            let error = run_action(&clinic, &send::EMAIL, &patient, Uuid::now_v7(), input).await.expect_err("refused");
            (error.status().as_u16(), error.code())
        };
        let hidden = "Bcc: everybody@example.com";
        assert_eq!(refused("subject", format!("Hello\r\n{hidden}")).await, (422, "message.subject_invalid"));
        assert_eq!(refused("subject", "long ".repeat(61)).await, (422, "message.subject_invalid"));
        assert_eq!(refused("replyTo", format!("a@b.example\r\n{hidden}")).await, (422, "message.reply_to_invalid"));
        assert_eq!(refused("replyTo", "{{ lead.email }}".to_owned()).await, (422, "message.reply_to_invalid"));
        assert_eq!(refused("text", "x".repeat(20_001)).await, (422, "message.too_long"));
        assert_eq!(clinic.messages("").await.len(), 0, "nothing was queued");
    }
}
