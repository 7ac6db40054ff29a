//! A client that sends its headers byte by byte is shown the door, and keeps nobody from stopping the server.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::Client;
use crate::running::{Folder, Running, turn};

#[tokio::test]
async fn a_client_that_takes_its_time_is_shown_the_door() {
    let _turn = turn().await;
    let folder = Folder::new("slow");
    let mut server = Running::start(&folder.0, &[("VANTAGE_HEADER_TIMEOUT", "1")]).await;
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.expect("a connection");
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await.expect("half a head");
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the connection is still open");
    // the others notice nothing, and one that is half-way does not hold up the end
    Client::sign_in(&server).await;
    let mut half = TcpStream::connect(("127.0.0.1", server.port)).await.expect("a connection");
    half.write_all(b"GET /he").await.expect("half a line");
    assert!(server.interrupt().await.success());
}
