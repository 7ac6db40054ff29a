//! Conversations as people write them into a folder.

use std::fs;
use std::path::PathBuf;

use platform::testing::{Person, TestServer};
use serde_json::{Value, json};

use super::watch::Watch;
use crate::testing::{field, path, prior_auth, start, workflow};

const FLOW: &str = "version: 1
workflow: prior_auth
direction: inbound
counterparty: patient
limits: { max_call_seconds: 600, max_talk_seconds: 300, max_llm_turns: 20 }
initial_node: greet
nodes:
  greet: { type: say, text: Hello., next: bye }
  bye: { type: end, outcome: completed }
";

/// A scenario in which nothing is wrong.
const GOOD: &str = "about: The line is busy.\nsteps:\n  - sound: busy\n";
/// Who takes part, with nothing wrong.
const SERVICES: &str = "version: 1\nruntime: native\ntelephony: { provider: browser }\nstt: { primary: { provider: typed } }\nllm: { \
                        primary: { provider: scripted } }\ntts: { primary: { provider: local } }\n";

/// The folder of a call workflow of `alpha`.
fn folder(server: &TestServer, slug: &str) -> PathBuf {
    let folder = server.app.config.clients_dir().join("alpha").join(slug);
    fs::create_dir_all(folder.join("scenarios")).expect("a folder");
    folder
}

/// What the API says after the folder was looked after.
async fn flow(server: &TestServer, watch: &mut Watch, owner: &Person, about: &Value) -> Value {
    watch.turn(&server.app).await.expect("looks");
    owner.get(&format!("{}/flow", path("call-workflows", about))).await.expect(200)
}

fn codes(flow: &Value) -> Vec<String> {
    let fault = |fault: &Value| format!("{} {}:{} {}", fault["file"], fault["line"], fault["column"], fault["code"]);
    flow["faults"].as_array().expect("faults").iter().map(|it| fault(it).replace('"', "")).collect()
}

#[tokio::test]
async fn what_is_right_is_used_and_what_is_wrong_leaves_it_in_use() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let (folder, mut watch) = (folder(&server, "prior_auth"), Watch::default());
    let none = flow(&server, &mut watch, &owner, &about).await;
    assert_eq!((&none["number"], codes(&none)), (&Value::Null, vec!["flow.yaml 0:0 missing".to_owned()]));

    fs::write(folder.join("flow.yaml"), FLOW).expect("written");
    fs::write(folder.join("scenarios/good.yaml"), GOOD).expect("written");
    fs::write(folder.join("notes.txt"), "not of it").expect("written");
    let first = flow(&server, &mut watch, &owner, &about).await;
    assert_eq!(first["faults"], json!([]), "{first}");
    let files = json!([{ "name": "flow.yaml", "text": FLOW }, { "name": "scenarios/good.yaml", "text": GOOD }]);
    assert_eq!((&first["number"], &first["files"]), (&json!(1), &files));
    let read = owner.get(&path("call-workflows", &about)).await.expect(200);
    assert_eq!((&read["flow"]["hash"], &read["flow"]["id"]), (&first["hash"], &first["id"]));
    assert_eq!(flow(&server, &mut watch, &owner, &about).await, first);

    fs::write(folder.join("flow.yaml"), FLOW.replace("next: bye", "next: nowhere")).expect("written");
    let wrong = flow(&server, &mut watch, &owner, &about).await;
    assert_eq!((&wrong["number"], &wrong["files"]), (&json!(1), &files));
    assert!(codes(&wrong).iter().any(|code| code.starts_with("flow.yaml 8:")), "{wrong}");

    fs::write(folder.join("flow.yaml"), FLOW.replace("Hello.", "Hello there.")).expect("written");
    let second = flow(&server, &mut watch, &owner, &about).await;
    assert_eq!((&second["number"], &second["faults"]), (&json!(2), &json!([])));
    // what was there before is the version that it was
    fs::write(folder.join("flow.yaml"), FLOW).expect("written");
    let back = flow(&server, &mut watch, &owner, &about).await;
    let numbers: Vec<&Value> =
        back["versions"].as_array().expect("versions").iter().map(|one| &one["number"]).collect();
    assert_eq!((&back["number"], &back["id"], numbers), (&json!(1), &first["id"], vec![&json!(2), &json!(1)]));
    // a folder that is gone takes nothing with it
    fs::remove_dir_all(&folder).expect("gone");
    assert_eq!(flow(&server, &mut Watch::default(), &owner, &about).await["number"], 1);
}

#[tokio::test]
async fn a_flow_is_judged_by_the_fields_as_they_are_now() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &json!([field("patient_name", "string", &json!({}))])).await;
    let folder = folder(&server, "prior_auth");
    let asks = FLOW.replace("direction: inbound", "direction: outbound\ndial: { to: \"{{ patient.phone }}\" }");
    fs::write(folder.join("flow.yaml"), asks).expect("written");
    let wrong = flow(&server, &mut Watch::default(), &owner, &about).await;
    assert_eq!(wrong["number"], Value::Null);
    assert!(!codes(&wrong).is_empty());
    let version = owner.get(&path("call-workflows", &about)).await.expect(200)["version"].clone();
    let change = json!({ "version": version, "fields": prior_auth() });
    owner.patch(&path("call-workflows", &about), &change).await.expect(200);
    let right = flow(&server, &mut Watch::default(), &owner, &about).await;
    assert_eq!((&right["number"], &right["faults"]), (&json!(1), &json!([])));
}

#[tokio::test]
async fn files_are_small_text_within_their_folder() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    workflow(&owner, "other", &json!([])).await;
    let (folder, outside) = (folder(&server, "prior_auth"), server.app.config.data_dir.join("secret.yaml"));
    fs::write(&outside, FLOW).expect("written");
    fs::write(folder.join("services.yaml"), "x".repeat(256 * 1024 + 1)).expect("written");
    fs::write(folder.join("script.yaml"), [0xff, 0xfe, 0xfd]).expect("written");
    std::os::unix::fs::symlink(&outside, folder.join("flow.yaml")).expect("a link");
    // a whole folder that leads out is none
    std::os::unix::fs::symlink(&server.app.config.data_dir, folder.parent().expect("alpha").join("other"))
        .expect("a link");
    let wrong = flow(&server, &mut Watch::default(), &owner, &about).await;
    let expected =
        ["flow.yaml 0:0 link", "script.yaml 0:0 encoding", "services.yaml 0:0 too_large", "flow.yaml 0:0 missing"];
    assert_eq!((&wrong["number"], codes(&wrong)), (&Value::Null, expected.map(str::to_owned).to_vec()));
    // as large as it may be
    let services = format!("{SERVICES}{}", "#".repeat(256 * 1024 - SERVICES.len()));
    fs::write(folder.join("services.yaml"), services).expect("written");
    fs::remove_file(folder.join("script.yaml")).expect("gone");
    fs::remove_file(folder.join("flow.yaml")).expect("gone");
    fs::write(folder.join("flow.yaml"), FLOW).expect("written");
    assert_eq!(flow(&server, &mut Watch::default(), &owner, &about).await["faults"], json!([]));
    fs::write(folder.join("flow.yaml"), FLOW.replace("prior_auth", "other")).expect("written");
    let moved = flow(&server, &mut Watch::default(), &owner, &about).await;
    assert_eq!((&moved["number"], codes(&moved)), (&json!(1), vec!["flow.yaml 0:0 workflow".to_owned()]));
}

#[tokio::test]
async fn a_practice_has_only_its_own_folder() {
    let (server, owner) = start().await;
    let beta = server.owner_of("beta").await;
    let (mine, theirs) =
        (workflow(&owner, "prior_auth", &prior_auth()).await, workflow(&beta, "prior_auth", &prior_auth()).await);
    let folder = folder(&server, "prior_auth");
    fs::write(folder.join("flow.yaml"), FLOW).expect("written");
    let mut watch = Watch::default();
    assert_eq!(flow(&server, &mut watch, &owner, &mine).await["number"], 1);
    let other = beta.get(&format!("{}/flow", path("call-workflows", &theirs))).await.expect(200);
    assert_eq!((&other["number"], &other["faults"]), (&Value::Null, &json!([])));
    assert_eq!(beta.get(&format!("{}/flow", path("call-workflows", &mine))).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_beside_the_flow_is_told_in_its_own_file() {
    let (server, owner) = start().await;
    let about = workflow(&owner, "prior_auth", &prior_auth()).await;
    let (folder, mut watch) = (folder(&server, "prior_auth"), Watch::default());
    fs::write(folder.join("flow.yaml"), FLOW).expect("written");
    fs::write(folder.join("services.yaml"), "version: 1\nruntime: other\n").expect("written");
    fs::write(folder.join("script.yaml"), "version: 1\nnodes:\n  nowhere: {}\n").expect("written");
    fs::write(folder.join("scenarios/bad.yaml"), "turns: 7\n").expect("written");
    let wrong = flow(&server, &mut watch, &owner, &about).await;
    assert_eq!(wrong["number"], Value::Null, "it is not used");
    let files: Vec<String> =
        codes(&wrong).iter().filter_map(|code| code.split(' ').next().map(str::to_owned)).collect();
    for file in ["services.yaml", "script.yaml", "scenarios/bad.yaml"] {
        assert!(files.contains(&file.to_owned()), "{file}: {:?}", codes(&wrong));
    }
}
