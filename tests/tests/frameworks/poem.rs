use std::sync::Arc;

use poem::endpoint::make_sync;
use poem::listener::TcpAcceptor;
use poem::{Response, Route, Server};
use tokio::net::TcpListener;

use crate::{Go, three};

pub(crate) async fn serve(listener: TcpListener, go: Arc<Go>) {
    let endpoint = make_sync(move |_| {
        let events = three(go.clone());
        Response::from(events.into_http_response())
    });
    let acceptor = TcpAcceptor::from_tokio(listener).expect("a listener");
    let server = Server::new_with_acceptor(acceptor);
    server.run(Route::new().at("/events", endpoint)).await.expect("it serves");
}
