//! Calls from beginning to end, as people and browsers have them: the demo's own conversations, the real runtime, a real socket.

use std::path::Path;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use platform::config::Config;
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A journal of more bytes than this holds lines, and not only that somebody answered.
const LINES: u64 = 600;

/// The product with the conversations that it comes with.
async fn product() -> TestServer {
    let clients_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients");
    let config = Config { clients_dir, ..Config::default() };
    TestServer::with(config, server::routes::duties(), server::routes::api).await
}

/// A call workflow with its fields and its conversation.
async fn call_workflow(server: &TestServer, owner: &Person, practice: &str, slug: &str) -> Value {
    let fields = voice::schema_in(&server.app.config.clients_dir(), practice, slug).expect("fields");
    let body = json!({ "slug": slug, "name": slug, "fields": fields });
    let made = owner.post("/api/v1/call-workflows", &body).await.expect(201);
    voice::load_flows(&server.app).await.expect("loaded");
    made
}

fn authorisation() -> Value {
    json!({
        "patient_name": "Ana Diaz", "date_of_birth": "1985-03-12", "insurance_member_id": "ZX47291",
        "insurance_company_name": "Acme Health", "insurance_phone": "+15550109999", "facility_name": "Al Olaya",
        "provider_name": "Dr. Omar Haddad", "provider_npi": "1234567893", "cpt_code": "D2740",
        "appointment_time": "2026-05-04T09:30:00+03:00", "supervisor_phone": "+15550100009",
    })
}

async fn case(owner: &Person, workflow: &Value, fields: Value) -> Value {
    let body = json!({ "callWorkflowId": workflow["id"], "fields": fields });
    owner.post("/api/v1/cases", &body).await.expect(201)
}

async fn asked(owner: &Person, case: &Value, transport: &str) -> Value {
    owner.post("/api/v1/calls", &json!({ "caseId": case["id"], "transport": transport })).await.expect(201)
}

async fn socket(server: &TestServer, person: &Person, call: &Value, what: &str) -> Socket {
    open(server, person, call, what).await.expect("a socket")
}

/// With which status a socket is refused.
async fn refused(server: &TestServer, person: &Person, call: &Value, what: &str) -> u16 {
    match open(server, person, call, what).await {
        Err(tungstenite::Error::Http(answer)) => answer.status().as_u16(),
        other => panic!("not refused: {}", other.is_ok()),
    }
}

async fn open(server: &TestServer, person: &Person, call: &Value, what: &str) -> Result<Socket, tungstenite::Error> {
    let path = format!("/api/v1/calls/{}/{what}", call["id"].as_str().expect("an id"));
    let mut request = server.url(&path).replace("http", "ws").into_client_request().expect("a request");
    let token = person.token.clone().expect("a token");
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().expect("a header"));
    tokio_tungstenite::connect_async(request).await.map(|(socket, _)| socket)
}

/// The next message that fits.
async fn until(socket: &mut Socket, fits: impl Fn(&Value) -> bool) -> Value {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.expect("in time");
        let message = message.expect("open").expect("a message");
        let Ok(text) = message.to_text() else { continue };
        let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        if fits(&value) {
            return value;
        }
    }
}

fn is(kind: &str) -> impl Fn(&Value) -> bool {
    move |value| value["type"] == kind
}

/// The agent says something with these words.
async fn hears(socket: &mut Socket, words: &str) {
    until(socket, |value| {
        value["turn"]["who"] == "agent" && value["turn"]["text"].as_str().is_some_and(|text| text.contains(words))
    })
    .await;
}

async fn say(socket: &mut Socket, text: &str) {
    let said = json!({ "type": "say", "text": text }).to_string();
    socket.send(Message::text(said)).await.expect("sent");
}

/// A written call about a case that is under way.
async fn begun(server: &TestServer) -> (Person, Value, Value, Socket) {
    let owner = server.owner_of("alpha").await;
    let workflow = call_workflow(server, &owner, "alpha", "prior_auth").await;
    let case = case(&owner, &workflow, authorisation()).await;
    let call = asked(&owner, &case, "text").await;
    let mut talk = socket(server, &owner, &call, "talk").await;
    until(&mut talk, is("live")).await;
    (owner, case, call, talk)
}

/// The call as it stands once it is over.
async fn ended(person: &Person, call: &Value) -> Value {
    let path = format!("/api/v1/calls/{}", call["id"].as_str().expect("an id"));
    let call = person.get(&path).await.expect(200);
    assert_eq!(call["state"], "ended");
    call
}

#[tokio::test]
async fn a_written_call_finds_out_what_its_case_lacked() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let workflow = call_workflow(&server, &owner, "alpha", "prior_auth").await;
    let case = case(&owner, &workflow, authorisation()).await;
    let call = asked(&owner, &case, "text").await;
    // a second one about the same case is refused while this one waits
    let twice = owner.post("/api/v1/calls", &json!({ "caseId": case["id"], "transport": "text" })).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (409, "case.in_call"));
    let mut talk = socket(&server, &owner, &call, "talk").await;
    until(&mut talk, is("live")).await;
    let mut watch = socket(&server, &owner, &call, "listen").await;
    assert!(until(&mut watch, is("snapshot")).await["turns"].is_array());
    say(&mut talk, "Provider services, this is Anna.").await;
    hears(&mut talk, "Ana Diaz").await;
    say(&mut talk, "What is the member number?").await;
    // whoever talks hears the number, whoever watches does not
    until(&mut watch, |value| {
        value["turn"]["text"].as_str().is_some_and(|text| text.contains("[insurance_member_id]"))
    })
    .await;
    say(&mut talk, "It has been approved.").await;
    hears(&mut talk, "reference number").await;
    say(&mut talk, "The number is eight one five two.").await;
    hears(&mut talk, "Is that correct").await;
    say(&mut talk, "Yes, correct.").await;
    let over = until(&mut talk, is("ended")).await;
    assert_eq!(over["outcome"], "completed", "{over}");
    let call = ended(&owner, &call).await;
    assert_eq!(call["review"], "open");
    let found: Vec<_> = call["findings"].as_array().expect("findings").iter().map(|one| one["key"].clone()).collect();
    assert!(found.contains(&json!("prior_auth_status")), "{found:?}");
    let path = format!("/api/v1/cases/{}", case["id"].as_str().expect("an id"));
    let case = owner.get(&path).await.expect(200);
    assert_eq!((&case["fields"]["prior_auth_status"], &case["calls"]), (&json!("Approved"), &json!(1)));
    let turns = owner.get(&format!("/api/v1/calls/{}/turns", call["id"].as_str().expect("an id"))).await.expect(200);
    assert!(!turns.to_string().contains("47291"), "what is sensitive is left out");
}

#[tokio::test]
async fn somebody_of_the_practice_takes_a_call_over_and_ends_it() {
    let server = product().await;
    let (owner, _, call, mut talk) = begun(&server).await;
    let mut watch = socket(&server, &owner, &call, "listen").await;
    until(&mut watch, is("snapshot")).await;
    watch.send(Message::text(r#"{"type":"take_over"}"#)).await.expect("sent");
    until(&mut watch, is("taken")).await;
    watch.send(Message::text(r#"{"type":"say","text":"This is Omar of the clinic."}"#)).await.expect("sent");
    until(&mut talk, |value| value["turn"]["who"] == "staff").await;
    watch.send(Message::text(r#"{"type":"hang_up"}"#)).await.expect("sent");
    until(&mut talk, is("ended")).await;
    assert_eq!(ended(&owner, &call).await["endedBy"], "staff");
    // somebody who only reads may watch, and nothing else
    let reader = server.colleague_of(&owner, "hygienist").await;
    let path = format!("/api/v1/calls/{}/cancel", call["id"].as_str().expect("an id"));
    assert_eq!(reader.post(&path, &json!({ "version": 1 })).await.status, 403);
}

#[tokio::test]
async fn what_is_unclear_to_a_socket_is_told_and_ends_nothing() {
    let server = product().await;
    let (owner, _, call, mut talk) = begun(&server).await;
    for rubbish in ["", "{}", r#"{"type":"say"}"#, r#"{"type":"key","digits":"x"}"#, r#"{"type":"take_over"}"#, "\u{0}"]
    {
        talk.send(Message::text(rubbish)).await.expect("sent");
        assert_eq!(until(&mut talk, is("error")).await["code"], "invalid");
    }
    // the neighbour finds no such call, to talk or to listen
    let neighbour = server.owner_of("beta").await;
    for what in ["talk", "listen"] {
        assert_eq!(refused(&server, &neighbour, &call, what).await, 404, "{what}");
    }
    talk.send(Message::text(r#"{"type":"hang_up"}"#)).await.expect("sent");
    until(&mut talk, is("ended")).await;
    let call = ended(&owner, &call).await;
    assert_eq!(call["endedBy"], "caller");
    assert_eq!(refused(&server, &owner, &call, "talk").await, 409, "it cannot be opened again");
}

#[tokio::test]
async fn what_was_said_outlives_the_process_that_died() {
    let server = product().await;
    let (owner, _, call, mut talk) = begun(&server).await;
    say(&mut talk, "Provider services, this is Anna.").await;
    hears(&mut talk, "Ana Diaz").await;
    // as a process that was killed leaves it: its folder with the journal, and nobody who holds its lock
    let calls = server.app.config.data_dir.join("calls");
    let journal = |folder: &Path| {
        let mut entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
        entries.find(|path| path.file_name().is_some_and(|name| name != "lock"))
    };
    let own = std::fs::read_dir(&calls).expect("folders").flatten().next().expect("one").path();
    let written = async {
        loop {
            if let Some(path) = journal(&own)
                && std::fs::metadata(&path).is_ok_and(|about| about.len() > LINES)
            {
                return path;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let written = tokio::time::timeout(Duration::from_secs(10), written).await.expect("a journal");
    let bytes = std::fs::read(&written).expect("bytes");
    assert!(!String::from_utf8_lossy(&bytes).contains("Anna"), "it is sealed");
    // it appears whole, as the server looks for such folders by itself; cut in the middle of an entry, as a process may be
    let (made, dead) = (server.app.config.data_dir.join("made"), calls.join("dead"));
    std::fs::create_dir_all(&made).expect("a folder");
    let name = written.file_name().expect("a name");
    std::fs::write(made.join(name), [&bytes[..], &[0, 0, 1, 0, 7]].concat()).expect("a journal");
    std::fs::write(made.join("lock"), "").expect("a lock");
    std::fs::rename(&made, &dead).expect("moved");
    let path = format!("/api/v1/calls/{}", call["id"].as_str().expect("an id"));
    let closed = async {
        loop {
            voice::recover(server.app.clone()).await.expect("recovered");
            let now = owner.get(&path).await.expect(200);
            if now["state"] == "ended" {
                return now;
            }
        }
    };
    let closed = tokio::time::timeout(Duration::from_secs(20), closed).await.expect("closed in time");
    assert_eq!((&closed["endedBy"], &closed["review"]), (&json!("interrupted"), &json!("open")));
    let path = format!("/api/v1/calls/{}/turns?original=true", call["id"].as_str().expect("an id"));
    let turns = owner.get(&path).await.expect(200);
    assert!(turns.to_string().contains("this is Anna"), "{turns}");
    tokio::time::timeout(Duration::from_secs(20), async {
        while dead.exists() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("nothing of it is left");
}

#[tokio::test]
async fn a_call_goes_on_without_a_database_and_is_written_down_when_there_is_one_again() {
    let server = product().await;
    let (owner, case, call, mut talk) = begun(&server).await;
    server.database.admit(false).await;
    say(&mut talk, "Provider services, this is Anna.").await;
    hears(&mut talk, "Ana Diaz").await;
    say(&mut talk, "It has been approved.").await;
    hears(&mut talk, "reference number").await;
    say(&mut talk, "The number is eight one five two.").await;
    hears(&mut talk, "Is that correct").await;
    say(&mut talk, "Yes, correct.").await;
    hears(&mut talk, "Goodbye").await;
    server.database.admit(true).await;
    let path = format!("/api/v1/calls/{}", call["id"].as_str().expect("an id"));
    let written = async {
        loop {
            let answer = owner.get(&path).await;
            if answer.status.is_success() && answer.body["state"] == "ended" {
                return answer.body;
            }
        }
    };
    let call = tokio::time::timeout(Duration::from_secs(60), written).await.expect("written down");
    assert_eq!((&call["outcome"], &call["endedBy"]), (&json!("completed"), &json!("agent")));
    let path = format!("/api/v1/cases/{}", case["id"].as_str().expect("an id"));
    let case = owner.get(&path).await.expect(200);
    assert_eq!(case["fields"]["reference_number"], "8152");
}
