//! The product with a telephone: its demo, a call workflow for this bench, and cases to call about.

use std::path::Path;
use std::time::Duration;

use peers::{Phone, Scripted, SpeechPeer, TwilioPeer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ACCOUNT, ADDED_P50, ADDED_P99, TOKEN};
use crate::Result;
use crate::report::{median, say};
use crate::server::Server;

/// What is understood of whatever anybody says, and what is answered: about five seconds.
const HEARD: &str = "Could you tell me when the clinic is open tomorrow?";
const ANSWER: &str =
    "The clinic is open tomorrow from nine in the morning until five in the afternoon, without a break.";
/// More than all telephones say together.
const MANY: usize = 20_000;
/// Until the conversation was read from its folder.
const READ: Duration = Duration::from_secs(60);

/// The server under load, and those whom it works with.
pub struct Product {
    pub server: Server,
    /// Kept, as it goes away with this.
    _hears: SpeechPeer,
    http: reqwest::Client,
    token: String,
    workflow: Value,
}

impl Product {
    /// Starts everybody.
    pub async fn start(twilio: &TwilioPeer, programs: Option<&Path>) -> Result<Self> {
        let hears = SpeechPeer::start().await;
        hears.will_hear(std::iter::repeat_n(HEARD, MANY));
        hears.will_answer(std::iter::repeat_n(Scripted::text(ANSWER), MANY));
        let openai = format!("{}/v1", hears.url);
        let origins = [
            ("VANTAGE_TWILIO_ORIGINS", twilio.url.as_str()),
            ("VANTAGE_DEEPGRAM_ORIGINS", hears.url.as_str()),
            ("VANTAGE_CARTESIA_ORIGINS", hears.url.as_str()),
            ("VANTAGE_OPENAI_ORIGINS", openai.as_str()),
        ];
        let server = Server::start_with(programs, &origins).await?;
        let folder = server.scratch("clients/alpha/bench");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("flow.yaml"), include_str!("flow.yaml"))?;
        std::fs::write(folder.join("services.yaml"), include_str!("services.yaml"))?;
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
        let token = sign_in(&http, &server).await?;
        let mut product = Self { server, _hears: hears, http, token, workflow: Value::Null };
        for (name, value) in [
            ("twilio/bench", format!("{ACCOUNT}:{TOKEN}")),
            ("deepgram/bench", "a-key".to_owned()),
            ("openai/bench", "a-key".to_owned()),
            ("cartesia/bench", "a-key".to_owned()),
        ] {
            let key = json!({ "name": name, "version": 0, "value": value });
            product.ask(Method::PUT, "/api/v1/voice-secrets", Some(&key)).await?;
        }
        let fields = json!([{ "key": "phone", "label": { "en": "Phone", "ar": "الهاتف" }, "type": "phone", "required": true },
            { "key": "done", "label": { "en": "Done", "ar": "تم" }, "type": "boolean" }]);
        let new = json!({ "slug": "bench", "name": "Bench", "nameAr": "قياس", "fields": fields });
        product.workflow = product.ask(Method::POST, "/api/v1/call-workflows", Some(&new)).await?;
        product.until_read().await?;
        Ok(product)
    }

    /// Until so many are under way.
    pub async fn call(&self, twilio: &TwilioPeer, phones: &mut Vec<Phone>, count: usize) -> Result<()> {
        let more = count.saturating_sub(phones.len());
        for place in phones.len()..count {
            let fields = json!({ "phone": format!("+1555020{place:04}") });
            let case = json!({ "callWorkflowId": self.workflow["id"], "fields": fields });
            let case = self.ask(Method::POST, "/api/v1/cases", Some(&case)).await?;
            let call = json!({ "caseId": case["id"], "transport": "phone" });
            self.ask(Method::POST, "/api/v1/calls", Some(&call)).await?;
        }
        for _ in 0..more {
            let phone = twilio.rings().await;
            phone.answers().await;
            phones.push(phone);
        }
        for phone in phones.iter() {
            phone.until(|phone| phone.streams() == 2 && phone.sounds() > 0).await;
        }
        Ok(())
    }

    /// What the product itself noted of its turns: from the end of what was understood until the first frame went out.
    pub async fn latencies(&self) -> Result<()> {
        let path =
            format!("/api/v1/calls?callWorkflowId={}&limit=200", self.workflow["id"].as_str().unwrap_or_default());
        let calls = self.ask(Method::GET, &path, None).await?;
        let all = calls["items"].as_array().cloned().unwrap_or_default();
        let of = |key: &str| median(all.iter().filter_map(|call| call[key].as_f64()));
        let (Some(p50), Some(p99)) = (of("latencyP50"), of("latencyP99")) else {
            return Err("no call has noted how soon it answered".into());
        };
        say(&format!(
            "  in the process, from what was understood to the first frame, median of {} calls: p50 {p50} ms, p99 {p99} ms \
             (a frame's clock of 20 ms, and {ADDED_P50} and {ADDED_P99} ms: {})",
            all.len(),
            if p50 <= ADDED_P50 + 20.0 && p99 <= ADDED_P99 + 20.0 { "reached" } else { "missed" },
        ));
        Ok(())
    }

    async fn until_read(&self) -> Result<()> {
        let until = std::time::Instant::now() + READ;
        while std::time::Instant::now() < until {
            let workflows = self.ask(Method::GET, "/api/v1/call-workflows", None).await?;
            let all = workflows["items"].as_array().cloned().unwrap_or_default();
            if all.iter().any(|one| one["id"] == self.workflow["id"] && one["flow"].is_object()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Err("the conversation was not read".into())
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let url = format!("http://{}{path}", self.server.address);
        let request = self
            .http
            .request(method, url)
            .bearer_auth(&self.token)
            .header("idempotency-key", Uuid::new_v4().to_string());
        let request = body.into_iter().fold(request, |request, body| request.json(body));
        let answer = request.send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        if !status.is_success() {
            return Err(format!("{path}: {status} {body}").into());
        }
        Ok(serde_json::from_str(&body)?)
    }
}

/// The owner of practice alpha.
async fn sign_in(http: &reqwest::Client, server: &Server) -> Result<String> {
    let url = format!("http://{}/api/v1/auth/login", server.address);
    let asked = json!({ "email": "owner@alpha.example", "password": "vantage-demo-2026" });
    let answer = http.post(url).json(&asked).send().await?.error_for_status()?;
    let token = answer.headers().get_all("set-cookie").iter().find_map(|value| {
        value.to_str().ok()?.strip_prefix("__Host-vantage_access=")?.split(';').next().map(str::to_owned)
    });
    Ok(token.ok_or("signed in without a token")?)
}
