//! A server on this machine that answers one request after another as a test says, and keeps what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// With a status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Not at all: the connection ends when the request was read.
    HangUp,
    /// With the beginning of an answer that promises more.
    Break,
}

impl Reply {
    /// A status and a body, with the headers that every answer has.
    #[must_use]
    pub fn of(status: u16, body: impl Into<String>) -> Self {
        Self::Answer(status, Vec::new(), body.into())
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method and address, such as `POST /v3/mail/send`.
    pub line: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl Request {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// The server, until it is dropped. Requests beyond the replies find nobody.
pub struct Loopback {
    /// Where it is.
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    serving: JoinHandle<()>,
}

impl Loopback {
    /// Answers these, in order.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, replies) = (Arc::clone(&requests), replies.into_iter().collect::<Vec<_>>());
        let serving = tokio::spawn(async move {
            for reply in replies {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let Some(request) = read(&mut stream).await else { continue };
                kept.lock().expect("nobody panicked").push(request);
                answer(&mut stream, reply).await;
            }
        });
        Self { url, requests, serving }
    }

    /// What was asked so far.
    ///
    /// # Panics
    /// When the server did.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("nobody panicked").clone()
    }
}

/// An address at which nobody answers, and nobody else will while this is kept.
pub struct Nobody {
    /// Where.
    pub url: String,
    _port: TcpSocket,
}

impl Nobody {
    /// Takes a port and does not listen.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn there() -> Self {
        let port = TcpSocket::new_v4().expect("a socket");
        port.bind(([127, 0, 0, 1], 0).into()).expect("a port");
        Self { url: format!("http://{}", port.local_addr().expect("an address")), _port: port }
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_ends = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_ends]).into_owned();
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, text)| text.parse::<usize>().expect("a length"));
    while bytes.len() < head_ends + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&bytes[head_ends + 4..]).into_owned();
    Some(Request { line, headers, body })
}

async fn answer(stream: &mut TcpStream, reply: Reply) {
    let text = match reply {
        Reply::HangUp => return,
        Reply::Break => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{".to_owned(),
        Reply::Answer(status, headers, body) => {
            let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let length = body.len();
            format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        }
    };
    // whoever asked may have left
    let _ = stream.write_all(text.as_bytes()).await;
}
