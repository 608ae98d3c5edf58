use std::sync::Arc;

use http_body_util::BodyExt as _;
use salvo::conn::tcp::TcpAcceptor;
use salvo::http::ResBody;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Server, async_trait};
use tokio::net::TcpListener;

use crate::{Go, three};

struct Events(Arc<Go>);

#[async_trait]
impl Handler for Events {
    async fn handle(
        &self,
        _: &mut Request,
        _: &mut Depot,
        response: &mut Response,
        _: &mut FlowCtrl,
    ) {
        let events = three(self.0.clone());
        let events = events.into_http_response().map(|body| body.map_err(Into::into));
        *response = events.map(|body| ResBody::Boxed(Box::pin(body))).into();
    }
}

pub(crate) async fn serve(listener: TcpListener, go: Arc<Go>) {
    let acceptor = TcpAcceptor::try_from(listener).expect("a listener");
    Server::new(acceptor).serve(Router::with_path("events").goal(Events(go))).await;
}
