//! actix-web 4: ours, and what both servers share.

use actix_web::web::{Path, ServiceConfig, get};
use actix_web::{App, HttpServer};

use super::{ADDRESS, OK, listening, ours, topic};
use crate::Result;

pub(super) fn serve(routes: fn(&mut ServiceConfig)) -> Result {
    let publish = || get().to(async |count: Path<usize>| topic::publish(*count));
    let app = move || {
        let app = App::new().configure(routes).route("/publish/{count}", publish());
        app.route("/ping", get().to(async || OK))
    };
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(app).workers(1).disable_signals().bind(ADDRESS)?;
        server.addrs().into_iter().for_each(listening);
        Ok(server.run().await?)
    })
}

pub(super) fn routes(routes: &mut ServiceConfig) {
    routes
        .route("/burst/{kind}/{count}", get().to(burst))
        .route("/endless/{size}", get().to(async |size: Path<usize>| ours::endless(*size)))
        .route("/fan-out", get().to(async || ours::fan_out(topic::subscribe())))
        .route("/hub", get().to(async || ours::hub()))
        .route("/idle", get().to(async || ours::idle()))
        .route("/latency/{count}", get().to(async |count: Path<usize>| ours::latency(*count)));
}

async fn burst(path: Path<(usize, usize)>) -> impl actix_web::Responder {
    ours::burst(path.0, path.1)
}
