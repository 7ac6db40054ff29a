//! Calls by telephone, in real sound: voices of this machine over Twilio's streams into the real runtime, which hears them by
//! its own detector, has them recognised over Deepgram's protocol, and answers in a voice of this machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use peers::{Phone, SpeechPeer, TwilioPeer};
use platform::config::Config;
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};
use speech::{Format, LocalVoice, mulaw};
use uuid::Uuid;

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const TOKEN: &str = "a-token-of-the-account";
const NUMBER: &str = "+15550100001";
const INSURER: &str = "+15550109999";
const SUPERVISOR: &str = "+15550100009";

/// Frames of 20 ms that are some words.
const A_SENTENCE: u64 = 75;

/// Who takes part: everybody but the model is at the other end of a real protocol.
const SERVICES: &str = r#"version: 1
runtime: native
telephony: { provider: twilio, account: { secret: twilio/alpha }, from: "+15550100001" }
stt: { primary: { provider: deepgram, model: nova-3, secret: deepgram/alpha, baa: true } }
llm: { primary: { provider: scripted } }
tts: { primary: { provider: local } }
schedule: { retry: { max_attempts: 2, backoff_minutes: [30], per_day: 2 } }
"#;

/// The clinic with a telephone.
struct Clinic {
    server: TestServer,
    owner: Person,
    twilio: TwilioPeer,
    hears: SpeechPeer,
    workflow: Value,
    /// Its conversations lie here.
    folder: PathBuf,
}

impl Drop for Clinic {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Clinic {
    async fn with(workflow: &str) -> Self {
        let (twilio, hears) = (TwilioPeer::start(ACCOUNT, TOKEN).await, SpeechPeer::start().await);
        let folder = std::env::temp_dir().join(format!("vantage-clients-{}", Uuid::new_v4()));
        let theirs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients");
        let from = if workflow == "patient_questions" { "beta" } else { "alpha" };
        copy(&theirs.join(from).join(workflow), &folder.join("alpha").join(workflow));
        std::fs::write(folder.join("alpha").join(workflow).join("services.yaml"), SERVICES).expect("written");
        let config = Config {
            clients_dir: folder.clone(),
            twilio_origins: twilio.url.clone(),
            deepgram_origins: hears.url.clone(),
            ..Config::default()
        };
        let server = TestServer::with(config, server::routes::duties(), server::routes::api).await;
        for each in voice::calling() {
            tokio::spawn((each.run)(server.app.clone()));
        }
        let owner = server.owner_of("alpha").await;
        let account = format!("{ACCOUNT}:{TOKEN}");
        for (name, value) in [("twilio/alpha", account.as_str()), ("deepgram/alpha", "a-key-of-deepgram")] {
            let key = json!({ "name": name, "version": 0, "value": value });
            owner.put("/api/v1/voice-secrets", &key).await.expect(200);
        }
        let fields = voice::schema_in(&folder, "alpha", workflow).expect("fields");
        let body = json!({ "slug": workflow, "name": workflow, "fields": fields });
        let made = owner.post("/api/v1/call-workflows", &body).await.expect(201);
        voice::load_flows(&server.app).await.expect("loaded");
        Self { server, owner, twilio, hears, workflow: made, folder }
    }

    async fn case(&self, fields: Value) -> Value {
        let body = json!({ "callWorkflowId": self.workflow["id"], "fields": fields });
        self.owner.post("/api/v1/cases", &body).await.expect(201)
    }

    /// A call about a new case, and the telephone that rings because of it.
    async fn called(&self) -> (Value, Phone) {
        let case = self.case(authorisation()).await;
        let call =
            self.owner.post("/api/v1/calls", &json!({ "caseId": case["id"], "transport": "phone" })).await.expect(201);
        (call, self.twilio.rings().await)
    }

    /// The same, once somebody has answered and heard who is calling.
    async fn introduced(&self) -> (Value, Phone) {
        let (call, phone) = self.called().await;
        phone.answers().await;
        self.says(&phone, "Provider services, this is Anna.").await;
        hears_out(&phone).await;
        (call, phone)
    }

    /// Somebody says something at the other end, and that is understood.
    async fn says(&self, phone: &Phone, text: &str) {
        self.hears.will_hear([text]);
        phone.speaks(&voice(text).await);
    }

    /// The call, once it is over.
    async fn ended(&self, call: &Value) -> Value {
        let path = format!("/api/v1/calls/{}", call["id"].as_str().expect("an id"));
        let over = async {
            loop {
                let call = self.owner.get(&path).await.expect(200);
                if call["state"] == "ended" {
                    return call;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), over).await.expect("over in time")
    }

    async fn turns(&self, call: &Value) -> Vec<Value> {
        let path = format!("/api/v1/calls/{}/turns?original=true", call["id"].as_str().expect("an id"));
        self.owner.get(&path).await.expect(200)["items"].as_array().expect("lines").clone()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).expect("copied");
        }
    }
}

fn authorisation() -> Value {
    json!({
        "patient_name": "Ana Diaz", "date_of_birth": "1985-03-12", "insurance_member_id": "ZX47291",
        "insurance_company_name": "Acme Health", "insurance_phone": INSURER, "facility_name": "Al Olaya",
        "provider_name": "Dr. Omar Haddad", "provider_npi": "1234567893", "cpt_code": "D2740",
        "appointment_time": "2026-05-04T09:30:00+03:00", "supervisor_phone": SUPERVISOR,
    })
}

/// The text in a voice of this machine; where none is installed, something with the rhythm of speech.
async fn voice(text: &str) -> Vec<u8> {
    if let Some(voice) = LocalVoice::found("en") {
        return voice.speak(text, Format::Mulaw8k).await.expect("spoken").to_vec();
    }
    let length = u32::try_from(text.len()).expect("short") * 70;
    speech::testing::speech(length, 8_000, 7).into_iter().map(mulaw::encode).collect()
}

/// The agent says something, and is done.
async fn hears_out(phone: &Phone) {
    phone.until_hears().await;
    phone.until_quiet(Duration::from_millis(600)).await;
}

#[tokio::test]
async fn an_insurer_is_called_interrupts_and_tells_what_is_asked_for() {
    let clinic = Clinic::with("prior_auth").await;
    let (call, phone) = clinic.called().await;
    assert_eq!((phone.to.as_str(), phone.from.as_str()), (INSURER, NUMBER));
    phone.answers().await;
    clinic.says(&phone, "Provider services, this is Anna.").await;
    // they cut in while the agent introduces itself, and it is silent
    phone.until(|phone| phone.sounds() > A_SENTENCE).await;
    let clears = phone.clears();
    clinic.says(&phone, "It has been approved.").await;
    phone.until(|phone| phone.clears() > clears).await;
    hears_out(&phone).await;
    clinic.says(&phone, "The number is eight one five two.").await;
    hears_out(&phone).await;
    clinic.says(&phone, "Yes, correct.").await;
    phone.until_over().await;
    let call = clinic.ended(&call).await;
    assert_eq!((&call["outcome"], &call["endedBy"]), (&json!("completed"), &json!("agent")), "{call}");
    let turns = clinic.turns(&call).await;
    assert!(turns.iter().any(|turn| turn["who"] == "agent" && turn["interrupted"] == true), "{turns:#?}");
    let found = call["findings"].as_array().expect("findings");
    assert!(found.iter().any(|one| one["key"] == "reference_number" && one["value"] == "8152"), "{found:#?}");
    assert!(call["latencyP50"].as_i64().is_some_and(|ms| ms < 2_000), "{call}");
    assert!(clinic.hears.seconds_heard() > 3.0, "what was said went to the recogniser");
    assert_eq!(clinic.twilio.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn keys_are_pressed_while_we_go_on_listening() {
    let clinic = Clinic::with("prior_auth").await;
    let (call, phone) = clinic.called().await;
    phone.answers().await;
    clinic.says(&phone, "For claims press one. For prior authorization press two.").await;
    phone.until(|phone| phone.pressed() == "2").await;
    clinic.says(&phone, "Provider services, this is Anna.").await;
    hears_out(&phone).await;
    phone.hangs_up().await;
    let call = clinic.ended(&call).await;
    assert_eq!(call["endedBy"], "caller");
    let turns = clinic.turns(&call).await;
    let who = |who: &str| turns.iter().filter(|turn| turn["who"] == who).count();
    assert!(who("key") == 1 && who("caller") == 2, "{turns:#?}");
    assert_eq!(clinic.twilio.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn a_call_is_handed_over_to_the_supervisor_who_hears_first_what_it_is_about() {
    let clinic = Clinic::with("prior_auth").await;
    let (call, phone) = clinic.introduced().await;
    clinic.says(&phone, "I want to speak with a human.").await;
    let supervisor = clinic.twilio.rings().await;
    assert_eq!((supervisor.to.as_str(), supervisor.from.as_str()), (SUPERVISOR, NUMBER));
    supervisor.answers().await;
    supervisor
        .until(|phone| phone.said().iter().any(|said| said.contains("Ana Diaz") && said.contains("Press 1")))
        .await;
    assert!(phone.conference().is_some(), "the insurer waits meanwhile");
    supervisor.presses("1");
    let over = clinic.ended(&call).await;
    assert_eq!(over["outcome"], "handed_over", "{over}");
    assert!(!phone.is_over() && !supervisor.is_over(), "the line is theirs");
    assert_eq!(phone.conference(), supervisor.conference());
}

#[tokio::test]
async fn a_supervisor_who_does_not_answer_leaves_the_call_to_the_agent() {
    let clinic = Clinic::with("prior_auth").await;
    let (call, phone) = clinic.introduced().await;
    clinic.says(&phone, "I want to speak with a human.").await;
    clinic.twilio.rings().await.does_not_answer().await;
    // it apologises and hangs up
    phone.until_over().await;
    let over = clinic.ended(&call).await;
    assert_eq!(over["outcome"], "not_completed", "{over}");
    let turns = clinic.turns(&call).await;
    assert!(turns.iter().any(|turn| turn["text"].as_str().is_some_and(|text| text.contains("not available"))));
}

#[tokio::test]
async fn a_line_that_is_busy_is_called_again_later() {
    let clinic = Clinic::with("prior_auth").await;
    let (call, phone) = clinic.called().await;
    phone.is_busy().await;
    let over = clinic.ended(&call).await;
    assert_eq!((&over["endedBy"], &over["answeredAt"]), (&json!("busy"), &Value::Null));
    let path = format!("/api/v1/calls?caseId={}", call["caseId"].as_str().expect("a case"));
    let calls = clinic.owner.get(&path).await.expect(200);
    let again = calls["items"].as_array().expect("calls").iter().find(|one| one["attempt"] == 2).expect("another try");
    assert_eq!((&again["state"], &again["requestedBy"]), (&json!("queued"), &json!("retry")));
}

#[tokio::test]
async fn whoever_calls_and_is_known_talks_and_anybody_else_is_called_back() {
    let clinic = Clinic::with("patient_questions").await;
    let fields = json!({ "patient_name": "Ana Diaz", "date_of_birth": "1985-03-12", "phone": "+15550107777",
        "visit_at": "2026-05-04T09:30:00+03:00" });
    clinic.case(fields).await;
    let practice = clinic.owner.get("/api/v1/practice").await.expect(200);
    // whom they may call back, which this conversation says
    let phone = json!({ "version": practice["version"], "phone": "+966112345678" });
    let practice = clinic.owner.patch("/api/v1/practice", &phone).await.expect(200);
    let practice = practice["id"].as_str().expect("an id").to_owned();
    let url = clinic.server.url(&format!("/hooks/numbers/{practice}"));
    let stranger = clinic.twilio.calls_in(&url, "+15550108888", NUMBER).await;
    stranger.until_over().await;
    assert!(stranger.said().iter().any(|said| said.contains("call you back")), "{:?}", stranger.said());
    let phone = clinic.twilio.calls_in(&url, "+15550107777", NUMBER).await;
    hears_out(&phone).await;
    phone.hangs_up().await;
    let mut calls = Vec::new();
    for _ in 0..200 {
        calls = clinic.owner.get("/api/v1/calls").await.expect(200)["items"].as_array().expect("calls").clone();
        if calls.iter().all(|call| call["state"] == "ended") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut came: Vec<_> = calls
        .iter()
        .map(|call| (call["direction"].as_str(), call["caseId"].is_null(), call["answeredAt"].is_null()))
        .collect();
    came.sort_unstable();
    assert_eq!(came, [(Some("inbound"), false, false), (Some("inbound"), true, true)]);
    // whoever is not Twilio is not answered
    let request = clinic.server.stranger().request(reqwest::Method::POST, &format!("/hooks/numbers/{practice}"));
    let form = format!("CallSid=CA1&CallStatus=ringing&Direction=inbound&From=%2B15550107777&To=%2B{}", &NUMBER[1..]);
    let forged = request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await;
    assert_eq!(forged.expect("an answer").status(), 401);
}
