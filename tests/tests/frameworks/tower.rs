use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::service_fn;

use crate::{Go, three};

pub(crate) async fn serve(listener: TcpListener, go: Arc<Go>) {
    let service = service_fn(move |_| {
        let events = three(go.clone());
        async { Ok::<_, Infallible>(events.into_http_response()) }
    });
    while let Ok((socket, _)) = listener.accept().await {
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
    }
}
