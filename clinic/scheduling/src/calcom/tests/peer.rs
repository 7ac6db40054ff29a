//! Something that answers like Cal.com, over HTTP on this machine: it keeps bookings, refuses what is taken, and misbehaves
//! when it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What it does with the next request that changes something.
#[derive(Clone, Debug)]
pub enum Mood {
    /// Answers this status, with these headers, and does nothing.
    Answer(u16, &'static str),
    /// Does what it is asked for, and breaks the connection before it answers.
    LoseAnswer,
    /// Breaks the connection without doing anything.
    LoseRequest,
    /// Does what it is asked for, and answers rubbish.
    Rubbish,
    /// Never answers.
    Hang,
    /// Somebody else took the time a moment ago.
    Taken,
    /// Does not take it, for a reason of its own.
    Refused,
    /// Does what it is asked for.
    Fine,
}

#[derive(Default)]
struct Inner {
    bookings: Vec<Value>,
    reservations: Vec<String>,
    moods: VecDeque<Mood>,
    /// Method, path and version of each request.
    requests: Vec<String>,
    bodies: Vec<String>,
    slots: Vec<String>,
    next: usize,
}

/// The look-alike.
#[derive(Clone)]
pub struct Peer {
    inner: Arc<Mutex<Inner>>,
    /// Whether what changes something is answered only later.
    held: Arc<watch::Sender<bool>>,
    pub url: String,
}

impl Peer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let peer = Self { inner: Arc::default(), held: Arc::default(), url };
        let serving = peer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let peer = serving.clone();
                tokio::spawn(async move { peer.serve(stream).await });
            }
        });
        peer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("a lock")
    }

    /// How it takes what comes next, in this order.
    pub fn will(&self, moods: impl IntoIterator<Item = Mood>) {
        self.lock().moods.extend(moods);
    }

    /// From now on what changes something is done at once, and answered only when that is allowed.
    pub fn hold_answers(&self) {
        self.held.send_replace(true);
    }

    /// Answers.
    pub fn give_answers(&self) {
        self.held.send_replace(false);
    }

    /// What stands there.
    pub fn standing(&self) -> Vec<Value> {
        self.lock().bookings.iter().filter(|booking| booking["status"] == "accepted").cloned().collect()
    }

    /// Everything that was ever booked there.
    pub fn bookings(&self) -> Vec<Value> {
        self.lock().bookings.clone()
    }

    /// Reservations that stand.
    pub fn reservations(&self) -> Vec<String> {
        self.lock().reservations.clone()
    }

    /// What was asked.
    pub fn requests(&self) -> Vec<String> {
        self.lock().requests.clone()
    }

    /// What was sent.
    pub fn bodies(&self) -> Vec<String> {
        self.lock().bodies.clone()
    }

    /// When it says that everything is free.
    pub fn is_free(&self, starts: &[&str]) {
        self.lock().slots = starts.iter().map(|start| (*start).to_owned()).collect();
    }

    /// Somebody books there.
    pub fn book(&self, start: &str) -> Value {
        self.lock().book(start, json!({}), None).expect("free")
    }

    /// Somebody cancels a booking there.
    pub fn cancel(&self, uid: &str) {
        self.lock().find(uid).expect("a booking")["status"] = json!("cancelled");
    }

    /// Somebody moves a booking there.
    pub fn shift(&self, uid: &str, start: &str) -> Value {
        self.lock().shift(uid, start).expect("free")
    }

    async fn serve(&self, mut stream: TcpStream) {
        while let Some((head, body)) = request(&mut stream).await {
            let mut words = head.split_whitespace();
            let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let version = header(&head, "cal-api-version").unwrap_or_else(|| "-".to_owned());
            let is_reading = method == "GET";
            let mood = {
                let mut inner = self.lock();
                let path = target.split('?').next().unwrap_or_default();
                inner.requests.push(format!("{method} {path} {version}"));
                if !body.is_empty() {
                    inner.bodies.push(body.clone());
                }
                if is_reading && !matches!(inner.moods.front(), Some(Mood::Answer(..) | Mood::Hang)) {
                    None
                } else {
                    inner.moods.pop_front()
                }
            };
            let answer = match mood {
                Some(Mood::Answer(status, headers)) => {
                    (status, headers.to_owned(), json!({ "status": "error" }).to_string())
                }
                Some(Mood::LoseRequest) => return,
                Some(Mood::LoseAnswer) => {
                    let _ = self.lock().answer(method, target, &body);
                    return;
                }
                Some(Mood::Rubbish) => {
                    let (status, _) = self.lock().answer(method, target, &body);
                    (status, String::new(), "<html>not what was asked for".to_owned())
                }
                Some(Mood::Hang) => {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    return;
                }
                Some(Mood::Taken) => (400, String::new(), taken().to_string()),
                Some(Mood::Refused) => (400, String::new(), refused("Something else is against it").to_string()),
                Some(Mood::Fine) | None => {
                    let authorised = header(&head, "authorization").is_some_and(|key| key == "Bearer cal_test_key");
                    let (status, body) = if authorised || target.starts_with("/v2/slots?") {
                        self.lock().answer(method, target, &body)
                    } else {
                        (
                            401,
                            json!({ "status": "error", "error": { "code": "UnauthorizedException", "message": "Invalid API Key" } }),
                        )
                    };
                    (status, String::new(), body.to_string())
                }
            };
            if !is_reading {
                let _ = self.held.subscribe().wait_for(|held| !held).await;
            }
            let (status, headers, body) = answer;
            let text = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
                body.len()
            );
            if stream.write_all(text.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

fn taken() -> Value {
    refused("User either already has booking at this time or is not available")
}

fn refused(message: &str) -> Value {
    json!({ "status": "error", "error": { "code": "BadRequestException", "message": message } })
}

impl Inner {
    fn book(&mut self, start: &str, metadata: Value, from: Option<&str>) -> Option<Value> {
        let instant = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant");
        let start = instant(start);
        let is_taken = self.bookings.iter().any(|booking| {
            booking["status"] == "accepted"
                && booking["uid"].as_str() != from
                && instant(booking["start"].as_str().expect("a start")) == start
        });
        if is_taken {
            return None;
        }
        self.next += 1;
        let end = start + jiff::SignedDuration::from_mins(30);
        let booking = json!({ "id": self.next, "uid": format!("bk_{}", self.next), "status": "accepted", "start": start, "end": end,
            "eventTypeId": 7, "metadata": metadata, "rescheduledFromUid": from });
        self.bookings.push(booking.clone());
        Some(booking)
    }

    fn shift(&mut self, uid: &str, start: &str) -> Option<Value> {
        let metadata = self.find(uid)?["metadata"].clone();
        let moved = self.book(start, metadata, Some(uid))?;
        let old = self.find(uid)?;
        old["status"] = json!("cancelled");
        old["rescheduledToUid"] = moved["uid"].clone();
        Some(moved)
    }

    fn find(&mut self, uid: &str) -> Option<&mut Value> {
        self.bookings.iter_mut().find(|booking| booking["uid"] == uid)
    }

    fn answer(&mut self, method: &str, target: &str, body: &str) -> (u16, Value) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let parts: Vec<&str> = path.trim_start_matches("/v2/").split('/').collect();
        let sent: Value = serde_json::from_str(body).unwrap_or_default();
        let found = |data: Value| (200, json!({ "status": "success", "data": data }));
        match (method, parts.as_slice()) {
            ("GET", ["me"]) => found(json!({ "id": 1, "username": "dr-alpha", "email": "dr@example.com" })),
            ("GET", ["event-types"]) => {
                found(json!([{ "id": 7, "slug": "consultation", "title": "Consultation", "lengthInMinutes": 30 }]))
            }
            ("GET", ["slots"]) => {
                let slots: Vec<_> = self.slots.iter().map(|start| json!({ "start": start })).collect();
                found(json!({ "2030-06-02": slots }))
            }
            ("POST", ["slots", "reservations"]) => {
                self.next += 1;
                let uid = format!("rs_{}", self.next);
                self.reservations.push(uid.clone());
                found(json!({ "reservationUid": uid, "reservationUntil": "2030-06-01T00:00:00.000Z" }))
            }
            ("DELETE", ["slots", "reservations", uid]) => {
                self.reservations.retain(|one| one != uid);
                found(json!({}))
            }
            ("POST", ["bookings"]) => {
                match self.book(sent["start"].as_str().expect("a start"), sent["metadata"].clone(), None) {
                    Some(booking) => (201, json!({ "status": "success", "data": booking })),
                    None => (400, taken()),
                }
            }
            ("GET", ["bookings"]) => self.page(query),
            ("GET", ["bookings", uid]) => match self.find(uid) {
                Some(booking) => found(booking.clone()),
                None => (404, json!({ "status": "error" })),
            },
            ("POST", ["bookings", uid, "reschedule"]) => {
                if self.find(uid).is_none() {
                    return (404, json!({ "status": "error" }));
                }
                match self.shift(uid, sent["start"].as_str().expect("a start")) {
                    Some(moved) => (201, json!({ "status": "success", "data": moved })),
                    None => (400, taken()),
                }
            }
            ("POST", ["bookings", uid, "cancel"]) => match self.find(uid) {
                Some(_) if sent["cancellationReason"].as_str().is_none_or(str::is_empty) => {
                    (400, refused("Cancellation reason is required when you are the host"))
                }
                Some(booking) if booking["status"] == "cancelled" => (400, refused("Booking is already cancelled")),
                Some(booking) => {
                    booking["status"] = json!("cancelled");
                    found(booking.clone())
                }
                None => (404, json!({ "status": "error" })),
            },
            _ => (404, json!({ "status": "error" })),
        }
    }

    /// Two on a page, whatever is asked for, so that pages are turned.
    fn page(&self, query: &str) -> (u16, Value) {
        let parameter = |name: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
            pair.unwrap_or_default().replace("%3A", ":")
        };
        let instant = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant");
        let (from, to) = (instant(&parameter("afterStart")), instant(&parameter("beforeEnd")));
        let within = |booking: &&Value| {
            let start = instant(booking["start"].as_str().expect("a start"));
            from <= start && start <= to
        };
        let all: Vec<&Value> = self.bookings.iter().filter(within).collect();
        let skip: usize = parameter("skip").parse().expect("a number");
        let page = skip / 100 * 2;
        let items: Vec<_> = all.iter().skip(page).take(2).collect();
        let more = page + items.len() < all.len();
        (200, json!({ "status": "success", "data": items, "pagination": { "hasNextPage": more } }))
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// The head and body of the next request on a connection.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length: usize = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while bytes.len() < end + 4 + length {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
    Some((head, String::from_utf8_lossy(&bytes[end + 4..end + 4 + length]).into_owned()))
}
