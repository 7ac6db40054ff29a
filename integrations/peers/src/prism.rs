//! A published description, served by `prism`: requests that do not fit it are refused, the others get its examples.
//! It keeps nothing and checks no signatures.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Reading a large description takes a while, on two cores that are busy a long one.
const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// A server that ends when this is dropped.
pub struct Prism {
    _process: Child,
    /// Where it is.
    pub url: String,
}

impl Prism {
    /// Serves a description; nothing where it does not lie beside the project.
    ///
    /// # Panics
    /// When prism is not installed or does not start.
    pub async fn serve(description: &str) -> Option<Self> {
        let description = crate::contract(description)?;
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("prism/node_modules/.bin/prism");
        assert!(program.exists(), "prism is not installed: run `npm ci` in integrations/peers/prism (./dev test does)");
        let port = free_port();
        let mut process = Command::new(program)
            .args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(description)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js 20 or newer, which prism runs on");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await.expect("output") {
                if line.contains("Prism is listening") {
                    return;
                }
            }
            panic!("prism ended before it listened");
        };
        tokio::time::timeout(STARTS_WITHIN, ready).await.expect("prism starts");
        // what it goes on to say must go somewhere
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self { _process: process, url: format!("http://127.0.0.1:{port}") })
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
