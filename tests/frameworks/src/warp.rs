use std::sync::Arc;

use http_body_util::BodyDataStream;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use warp::{Filter as _, Reply, reply};

use crate::three;

fn answer(go: Arc<Notify>) -> impl Reply {
    let events = three(go);
    let body = |body| reply::stream(BodyDataStream::new(body)).into_response().into_body();
    events.into_response().map(body)
}

pub async fn serve(listener: TcpListener, go: Arc<Notify>) {
    let filter = warp::path("events").map(move || answer(go.clone()));
    warp::serve(filter).incoming(listener).run().await;
}
