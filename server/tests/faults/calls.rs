//! `kill -9` in the middle of a call: what was said outlives it, and the call is closed as one that was interrupted.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::client::{Client, Reply};
use crate::running::{Folder, Running, eventually, turn};

/// What the journal holds is in its file a second later; a process that dies within that second may take it along.
const WRITTEN: Duration = Duration::from_secs(20);
const SAID: &str = "Provider services, this is Anna.";

#[tokio::test]
async fn a_call_that_was_killed_is_closed_with_what_was_said() {
    let _turn = turn().await;
    let folder = Folder::new("calls");
    let mut server = Running::start(&folder.0, &[]).await;
    let client = Client::sign_in(&server).await;
    let call = asked(&client).await;
    let mut socket = open(&server, &client, &call).await;
    let said = json!({ "type": "say", "text": SAID }).to_string();
    socket.send(Message::text(said)).await.expect("sent");
    until(&mut socket, |shown| {
        shown["turn"]["who"] == "agent" && shown["turn"]["text"].as_str().is_some_and(|text| text.contains("status"))
    })
    .await;
    let id = call["id"].as_str().expect("an id").to_owned();
    let calls = folder.0.join("calls");
    let before = journal(&calls, &id);
    eventually("the journal grows", WRITTEN, async || (journal(&calls, &id) > before.max(600)).then_some(())).await;
    server.kill();
    server.launch();
    server.ready().await;
    let client = Client::sign_in(&server).await;
    let closed = eventually("the call is closed", Duration::from_secs(60), async || {
        let call = done(client.get(&format!("/api/v1/calls/{id}")).await);
        (call["state"] == "ended").then_some(call)
    })
    .await;
    assert_eq!((&closed["endedBy"], &closed["review"]), (&json!("interrupted"), &json!("open")));
    let turns = done(client.get(&format!("/api/v1/calls/{id}/turns?original=true")).await);
    assert!(turns.to_string().contains(SAID), "{turns}");
    // its case is free for the next call
    let again = json!({ "caseId": call["caseId"], "transport": "text" });
    assert_eq!(client.made("/api/v1/calls", &again).await["state"], "queued");
}

/// A written call about the last of the demo's cases, which no other call is about.
async fn asked(client: &Client) -> Value {
    let workflows = done(client.get("/api/v1/call-workflows").await);
    let all = workflows["items"].as_array().expect("call workflows");
    let workflow = all.iter().find(|one| one["slug"] == "prior_auth").expect("the demo's")["id"].clone();
    let wanted = json!({ "callWorkflowId": workflow, "limit": 1, "filter": { "field": "callStatus", "op": "eq", "value": "not_started" } });
    let cases = done(client.post("/api/v1/cases/query", &wanted).await);
    let case = cases["items"][0]["id"].clone();
    client.made("/api/v1/calls", &json!({ "caseId": case, "transport": "text" })).await
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn open(server: &Running, client: &Client, call: &Value) -> Socket {
    let path = format!("/api/v1/calls/{}/talk", call["id"].as_str().expect("an id"));
    let mut request = server.url(&path).replace("http", "ws").into_client_request().expect("a request");
    request.headers_mut().insert("authorization", format!("Bearer {}", client.token).parse().expect("a header"));
    tokio_tungstenite::connect_async(request).await.expect("a socket").0
}

async fn until(socket: &mut Socket, fits: impl Fn(&Value) -> bool) {
    loop {
        let message = tokio::time::timeout(WRITTEN, socket.next()).await.expect("in time");
        let message = message.expect("open").expect("a message");
        if message.to_text().is_ok_and(|text| serde_json::from_str(text).is_ok_and(|shown| fits(&shown))) {
            return;
        }
    }
}

/// How long the journal of a call is.
fn journal(calls: &std::path::Path, id: &str) -> u64 {
    let folders = std::fs::read_dir(calls).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let own = files.filter(|file| file.file_name().to_string_lossy().ends_with(id));
    own.filter_map(|file| file.metadata().ok()).map(|about| about.len()).max().unwrap_or(0)
}

fn done(reply: Reply) -> Value {
    match reply {
        Reply::Done(body) => body,
        reply => panic!("{reply:?}"),
    }
}
