use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tower::Service;

use crate::{Go, three};

/// A service beside those of gRPC, at paths that begin with its name.
#[derive(Clone)]
struct Events(Arc<Go>);

impl NamedService for Events {
    const NAME: &'static str = "events";
}

impl Service<Request<Body>> for Events {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        let events = three(self.0.clone());
        ready(Ok(events.into_http_response().map(Body::new)))
    }
}

pub(crate) async fn serve(listener: TcpListener, go: Arc<Go>) {
    // Browsers speak HTTP/1.1 unless there is TLS.
    let server = Server::builder().accept_http1(true).add_routes(Routes::new(Events(go)));
    server.serve_with_incoming(TcpIncoming::from(listener)).await.expect("it serves");
}
