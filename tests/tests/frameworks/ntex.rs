use std::sync::Arc;

use futures::TryStreamExt as _;
use ntex::util::Bytes;
use ntex::web::types::State;
use ntex::web::{App, HttpResponse, HttpServer, get};
use tokio::net::TcpListener;

use crate::{Go, three};

#[get("/events")]
async fn events(go: State<Arc<Go>>) -> HttpResponse {
    let events = three(go.get_ref().clone());
    let mut response = HttpResponse::Ok();
    for (name, value) in events.headers() {
        response.set_header(name, value);
    }
    response.streaming(events.into_bytes().map_ok(|chunk| Bytes::copy_from_slice(&chunk)))
}

/// On a thread of its own, since ntex has a runtime of its own.
pub(crate) async fn serve(listener: TcpListener, go: Arc<Go>) {
    let listener = listener.into_std().expect("a listener");
    std::thread::spawn(move || {
        let system = ntex::rt::System::new("ntex", ntex::rt::DefaultRuntime);
        system.block_on(async move {
            let app = async move || App::new().state(go.clone()).service(events);
            let server = HttpServer::new(app).workers(1).listen(listener).expect("it listens");
            server.run().await.expect("it serves");
        });
    });
    std::future::pending::<()>().await;
}
