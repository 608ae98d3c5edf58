//! A failure behind a layer that buffers what it sends, such as TLS: nothing that came before it is
//! lost, even if the client pauses. On a paused clock, in memory.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::Responder as _;
use actix_web::body::MessageBody as _;
use actix_web::test::TestRequest;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use sse_runtime::{Event, EventStream};
use tests::deadline::in_time;
use tests::unvectored::Unvectored;
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufStream, DuplexStream, duplex,
};
use tokio::time::{Instant, interval, sleep};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What fits between server and client, as into a socket's buffers.
const LINE: usize = 64 * 1024;
const PAUSE: Duration = Duration::from_millis(1500);

/// Events of 1 KiB. All sizes from one that fits into the line to one that nothing holds.
fn sizes() -> impl Iterator<Item = usize> {
    (0..31).map(|step| 40 + step * 6)
}

fn failing(count: usize) -> EventStream![Result<Event, io::Error>] {
    EventStream! {
        let text = "x".repeat(1024 - "data: \n\n".len());
        for _ in 0..count {
            yield Event::data(text.as_str());
        }
        Err(io::Error::other("broken"))?;
    }
}

async fn serve(line: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, count: usize) {
    let service =
        service_fn(|_| async move { Ok::<_, Infallible>(failing(count).into_http_response()) });
    let served = http1::Builder::new().serve_connection(TokioIo::new(line), service).await;
    served.expect_err("the stream fails");
}

/// How many events a client receives that pauses before it reads, and whether it sees the end.
async fn read(mut line: impl AsyncRead + AsyncWrite + Unpin) -> (usize, bool) {
    line.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    line.flush().await.unwrap();
    sleep(PAUSE).await;
    let mut response = Vec::new();
    // Without a proper end, TLS says so.
    _ = line.read_to_end(&mut response).await;
    let response = String::from_utf8(response).unwrap();
    (response.matches("x\n\n").count(), response.ends_with("0\r\n\r\n"))
}

/// Runs a server behind the layer, with streams of all sizes, and returns what is lost of each.
async fn nothing_is_lost<L>(name: &str, layer: impl Fn(DuplexStream) -> L)
where
    L: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    for size in sizes() {
        let (server, client) = duplex(LINE);
        let serving = tokio::spawn(serve(layer(server), size));
        assert_eq!(in_time(read(client)).await, (size, false), "{size} KiB through {name}");
        in_time(serving).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_before_a_failure_is_lost_on_a_bare_line() {
    nothing_is_lost("nothing", |line| line).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_before_a_failure_is_lost_in_a_buffer() {
    nothing_is_lost("a buffer", |line| BufStream::with_capacity(8 * 1024, 64 * 1024, line)).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_before_a_failure_is_lost_where_writes_are_not_vectored() {
    nothing_is_lost("single writes", Unvectored).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_before_a_failure_is_lost_behind_tls() {
    let (acceptor, connector) = tls();
    for size in sizes() {
        let (server, client) = duplex(LINE);
        let acceptor = acceptor.clone();
        let serving = tokio::spawn(async move {
            serve(acceptor.accept(server).await.expect("a handshake"), size).await;
        });
        let name = ServerName::try_from("localhost").unwrap();
        let client = connector.connect(name, client).await.expect("a handshake");
        assert_eq!(in_time(read(client)).await, (size, false), "{size} KiB behind TLS");
        in_time(serving).await.unwrap();
    }
}

/// It copies what it is given at once, and polls as long as it writes.
#[tokio::test(start_paused = true)]
async fn a_failure_waits_for_actix_web_to_write() {
    let start = Instant::now();
    let request = TestRequest::default().to_http_request();
    let mut body = pin!(failing(1).respond_to(&request).into_body());
    let mut writes = interval(Duration::from_millis(10));
    let is_written = || start.elapsed() >= PAUSE;
    let failed = async {
        loop {
            tokio::select! {
                chunk = poll_fn(|cx| body.as_mut().poll_next(cx)) =>
                    if chunk.expect("it fails first").is_err() { break },
                _ = writes.tick(), if !is_written() => {}
            }
        }
    };
    in_time(failed).await;
    assert!(is_written() && start.elapsed() < 2 * PAUSE, "{:?}", start.elapsed());
}

fn tls() -> (TlsAcceptor, TlsConnector) {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = signed.cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der());
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider.clone());
    let server = server.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let server = server.with_single_cert(vec![certificate], key.into()).unwrap();
    let client = ClientConfig::builder_with_provider(provider);
    let client = client.with_safe_default_protocol_versions().unwrap();
    let client = client.with_root_certificates(roots).with_no_client_auth();
    (TlsAcceptor::from(Arc::new(server)), TlsConnector::from(Arc::new(client)))
}
