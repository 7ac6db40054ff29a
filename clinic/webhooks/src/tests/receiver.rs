//! A receiver on loopback, which answers as a test wants it to, and remembers what came.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use platform::phi::Phi;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    pub id: String,
    pub timestamp: i64,
    pub signatures: Vec<String>,
    pub content_type: String,
    pub body: String,
}

impl Call {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("json")
    }

    /// Which version of which thing it is about.
    pub fn about(&self) -> (String, i64) {
        let body = self.json();
        let subject = body["data"]["subjectId"].as_str().expect("a subject").to_owned();
        (subject, body["data"]["version"].as_i64().expect("a version"))
    }

    /// Which of its signatures this secret made.
    pub fn signed_by(&self, secret: &str) -> Vec<usize> {
        let at = Timestamp::from_second(self.timestamp).expect("an instant");
        let right = crate::sign(&Phi::new(secret.to_owned()), &self.id, at, self.body.as_bytes()).expect("signs");
        (0..self.signatures.len()).filter(|i| self.signatures[*i] == right).collect()
    }
}

/// What a receiver does with a request, which it has noted before.
#[derive(Clone, Debug)]
pub enum Do {
    /// Answers with a status, further lines of the head, and a body.
    Answer(u16, &'static str, String),
    /// Goes away without an answer.
    Drop,
    /// Says nothing until it is let go, then answers 200.
    Hang,
}

/// Answers with a status.
pub fn status(status: u16) -> Do {
    Do::Answer(status, "", String::new())
}

/// How long a test waits for what should come at once.
const PATIENCE: Duration = Duration::from_secs(20);

type Plan = dyn Fn(&Call, usize) -> Do + Send + Sync;

pub struct Receiver {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
    at_once: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    gate: Arc<Semaphore>,
    arrived: Arc<Semaphore>,
}

impl Receiver {
    /// One that answers the `n`th request, counted from zero, as `plan` says.
    pub async fn start(plan: impl Fn(&Call, usize) -> Do + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let receiver = Self {
            address,
            calls: Arc::default(),
            at_once: Arc::default(),
            most: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
            arrived: Arc::new(Semaphore::new(0)),
        };
        let (plan, shared): (Arc<Plan>, _) = (Arc::new(plan), Arc::new(receiver.shared()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&plan), Arc::clone(&shared)));
            }
        });
        receiver
    }

    /// One that takes everything.
    pub async fn willing() -> Self {
        Self::start(|_, _| status(204)).await
    }

    fn shared(&self) -> Self {
        Self {
            address: self.address,
            calls: Arc::clone(&self.calls),
            at_once: Arc::clone(&self.at_once),
            most: Arc::clone(&self.most),
            gate: Arc::clone(&self.gate),
            arrived: Arc::clone(&self.arrived),
        }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests were here at the same time, at most.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// Lets those go that hang, and those that would.
    pub fn let_go(&self) {
        self.gate.add_permits(1_000_000);
    }

    /// Waits until so many more requests have come.
    pub async fn until_came(&self, requests: u32) {
        let came = tokio::time::timeout(PATIENCE, self.arrived.acquire_many(requests)).await;
        came.expect("requests that do not come").expect("open").forget();
    }
}

async fn serve(mut stream: TcpStream, plan: Arc<Plan>, receiver: Arc<Receiver>) {
    let Some(call) = read(&mut stream).await else { return };
    let at_once = receiver.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    receiver.most.fetch_max(at_once, Ordering::SeqCst);
    let number = {
        let mut calls = receiver.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call.clone());
        calls.len() - 1
    };
    receiver.arrived.add_permits(1);
    let answer = plan(&call, number);
    if matches!(answer, Do::Hang) {
        let mut nothing = [0];
        tokio::select! {
            gate = receiver.gate.acquire() => gate.expect("open").forget(),
            // the caller has gone
            _ = stream.read(&mut nothing) => {}
        }
    }
    receiver.at_once.fetch_sub(1, Ordering::SeqCst);
    let (status, head, body) = match answer {
        Do::Answer(status, head, body) => (status, head, body),
        Do::Hang => (200, "", String::new()),
        Do::Drop => return,
    };
    let text =
        format!("HTTP/1.1 {status} X\r\n{head}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    let _ = stream.write_all(text.as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Call> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let field = |name: &str| {
                let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
                line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
            };
            if body.len() >= field("content-length").parse().unwrap_or(0) {
                return Some(Call {
                    path: head.split(' ').nth(1)?.to_owned(),
                    id: field("webhook-id"),
                    timestamp: field("webhook-timestamp").parse().ok()?,
                    signatures: field("webhook-signature").split(' ').map(str::to_owned).collect(),
                    content_type: field("content-type"),
                    body: body.to_owned(),
                });
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}
