use std::sync::Arc;

use http_body_util::BodyDataStream;
use tokio::net::TcpListener;
use warp::{Filter as _, Reply, reply};

use crate::{Go, three};

fn answer(go: Arc<Go>) -> impl Reply {
    let events = three(go);
    let body = |body| reply::stream(BodyDataStream::new(body)).into_response().into_body();
    events.into_http_response().map(body)
}

pub(crate) async fn serve(listener: TcpListener, go: Arc<Go>) {
    let filter = warp::path("events").map(move || answer(go.clone()));
    warp::serve(filter).incoming(listener).run().await;
}
