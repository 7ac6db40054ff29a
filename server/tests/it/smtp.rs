//! A server for mail, as simple as RFC 5321 allows: it takes what it is told to take, on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it answers to `MAIL FROM`, one after the other; then it takes everything.
type Answers = Arc<Mutex<Vec<&'static str>>>;

/// A mail that it took: who it is for, and its lines.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    pub data: String,
}

pub struct Smtp {
    pub address: SocketAddr,
    pub taken: Arc<Mutex<Vec<Taken>>>,
}

impl Smtp {
    /// Starts, and refuses the first mails with these answers.
    pub async fn start(refusals: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let taken = Arc::new(Mutex::new(Vec::new()));
        let answers: Answers = Arc::new(Mutex::new(refusals.iter().rev().copied().collect()));
        let all = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(talk(socket, Arc::clone(&all), Arc::clone(&answers)));
            }
        });
        Self { address, taken }
    }

    /// Everything that it took.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().expect("not poisoned").clone()
    }
}

async fn talk(socket: TcpStream, all: Arc<Mutex<Vec<Taken>>>, answers: Answers) {
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 peer\r\n").await;
    let (mut to, mut data, mut in_data) = (String::new(), String::new(), false);
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = if in_data {
            if line != "." {
                data += line.strip_prefix('.').unwrap_or(&line);
                data.push('\n');
                continue;
            }
            in_data = false;
            all.lock().expect("not poisoned").push(Taken { to: to.clone(), data: std::mem::take(&mut data) });
            "250 taken"
        } else {
            match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
                "EHLO" => "250 peer",
                "MAIL" => answers.lock().expect("not poisoned").pop().unwrap_or("250 fine"),
                "RCPT" => {
                    to = line["RCPT TO:<".len()..].trim_end_matches('>').to_owned();
                    "250 fine"
                }
                "DATA" => {
                    in_data = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                "RSET" | "NOOP" => "250 fine",
                _ => "500 what",
            }
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() || answer.starts_with("221") {
            return;
        }
    }
}
