//! Connections: accepted, bounded in number, with a limit on how long a client may take over its headers. Whoever sends
//! them byte by byte holds a place only for a while, and no handler ever sees it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use platform::App;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

/// Connections at the same time, idle ones and live windows included. More wait to be accepted.
const MAX_CONNECTIONS: usize = 10_000;

/// Serves until the app stops; then requests under way are finished, for at most as long as a request may take.
pub async fn serve(app: &App, listener: TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let under_way = GracefulShutdown::new();
    let head = Duration::from_secs(app.config.header_timeout);
    let mut server = Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(head);
    server.http2().timer(TokioTimer::new()).keep_alive_interval(head);
    while let Some((stream, peer, place)) = accept(app, &listener, &places).await {
        let router = router.clone();
        let answer = move |request| answer(router.clone(), peer, request);
        let connection = server.serve_connection_with_upgrades(TokioIo::new(stream), service_fn(answer)).into_owned();
        let connection = under_way.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            // a client that goes away in the middle is no news
            let _ = connection.await;
        });
    }
    drop(listener);
    let patience = Duration::from_secs(app.config.request_timeout);
    let _ = tokio::time::timeout(patience, under_way.shutdown()).await;
}

/// The next connection; none once the app stops.
async fn accept(
    app: &App,
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return None,
            accepted = async {
                let place = Arc::clone(places).acquire_owned().await.ok()?;
                let (stream, peer) = listener.accept().await.ok()?;
                // answers are small and shall leave at once
                stream.set_nodelay(true).ok()?;
                Some((stream, peer, place))
            } => match accepted {
                Some(connection) => return Some(connection),
                // out of file descriptors, or the client went away: neither is helped by trying at once
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            },
        }
    }
}

async fn answer(router: Router, peer: SocketAddr, mut request: Request<Incoming>) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request.map(Body::new)).await
}
