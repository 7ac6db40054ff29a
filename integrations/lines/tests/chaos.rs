//! Other ends that break the protocol, or stop in the middle of it.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use lines::{Came, Dialer, Frame, Patience, Socket};
use platform::egress::{Egress, Url};
use speech::Trouble;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

const PATIENCE: Patience = Patience {
    connect: Duration::from_millis(500),
    answer: Duration::from_millis(500),
    silence: Duration::from_millis(900),
};

async fn listen() -> (TcpListener, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url.parse().expect("an address"))
}

async fn dial(url: &Url) -> Result<Socket, Trouble> {
    let dialer = Dialer::new(Egress::to([url]).expect("a client")).expect("certificates");
    dialer.dial(url, &[], PATIENCE).await
}

/// A socket to a server that does this with its end of it.
async fn to<F: Future<Output = ()> + Send>(
    server: impl FnOnce(WebSocketStream<TcpStream>) -> F + Send + 'static,
) -> (Socket, JoinHandle<()>) {
    let (listener, url) = listen().await;
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        server(accept_async(stream).await.expect("a handshake")).await;
    });
    (dial(&url).await.expect("a socket"), serving)
}

#[tokio::test]
async fn what_is_no_frame_is_no_message() {
    for rubbish in [&[0xf3; 200][..], &[0x83, 0x00], &[0x81, 0x02, 0xff, 0xfe]] {
        let (mut socket, serving) = to(move |mut theirs| async move {
            theirs.get_mut().write_all(rubbish).await.expect("sent");
            std::future::pending().await
        })
        .await;
        assert_eq!(socket.next().await.map(|_| ()), Err(Trouble::new("protocol")), "{rubbish:?}");
        serving.abort();
    }
}

#[tokio::test]
async fn no_message_is_larger_than_anybody_says() {
    let (mut socket, _serving) = to(|mut theirs| async move {
        let huge = Message::Text("x".repeat(4_000_000).into());
        // whoever hears it hangs up
        let _ = theirs.send(huge).await;
    })
    .await;
    assert_eq!(socket.next().await.map(|_| ()), Err(Trouble::new("protocol")));
}

#[tokio::test]
async fn what_is_no_answer_opens_nothing() {
    for (answer, code) in
        [("rubbish\r\n\r\n", "protocol"), ("HTTP/1.1 200 OK\r\n\r\n", "protocol"), ("", "unavailable")]
    {
        let (listener, url) = listen().await;
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            stream.write_all(answer.as_bytes()).await.expect("sent");
            stream.shutdown().await.expect("sent");
        });
        assert_eq!(dial(&url).await.map(|_| ()), Err(Trouble::new(code)), "{answer:?}");
        serving.await.expect("it was asked");
    }
}

#[tokio::test]
async fn nobody_answers_a_ping_for_ever() {
    let (mut socket, serving) = to(|theirs| async move {
        // it is kept open, and nobody reads
        let _theirs = theirs;
        std::future::pending().await
    })
    .await;
    assert_eq!(socket.next().await.map(|_| ()), Err(Trouble::new("timeout")));
    serving.abort();
}

/// What comes of a ping is a sign of life, however long nothing else comes.
#[tokio::test]
async fn who_answers_pings_is_waited_for() {
    let (mut socket, serving) = to(|mut theirs| async move {
        let mut pings = 0;
        while pings < 4 {
            pings += usize::from(matches!(theirs.next().await, Some(Ok(Message::Ping(_)))));
        }
        theirs.send(Message::Text("at last".into())).await.expect("sent");
        theirs.close(None).await.expect("sent");
    })
    .await;
    assert!(matches!(socket.next().await, Ok(Came::Frame(Frame::Text(text))) if text.as_str() == "at last"));
    assert!(matches!(socket.next().await, Ok(Came::Closed(None))));
    serving.await.expect("it was pinged");
}

#[tokio::test]
async fn who_takes_nothing_any_more_is_not_sent_to_for_ever() {
    let (mut socket, serving) = to(|theirs| async move {
        let _theirs = theirs;
        std::future::pending().await
    })
    .await;
    let sound = vec![0xff; 1_000_000];
    let trouble = loop {
        if let Err(trouble) = socket.send(Frame::Sound(sound.clone().into())).await {
            break trouble;
        }
    };
    assert_eq!(trouble, Trouble::new("timeout"));
    serving.abort();
}
