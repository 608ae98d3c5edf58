//! actix-web 4 with `sse` of actix-web-lab.

use actix_web::web::{Path, ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse, Responder as _};
use actix_web_lab::sse::{Data, Event, Sse};
use bytestring::ByteString;
use futures::{Stream, StreamExt as _};

use super::{KEEP_ALIVE, source, topic};
use crate::kind::Kind;

pub(super) fn routes(routes: &mut ServiceConfig) {
    routes
        .route("/burst/{kind}/{count}", get().to(burst))
        .route("/endless/{size}", get().to(endless))
        .route("/fan-out", get().to(fan_out))
        .route("/idle", get().to(async |request| sse(&request, source::idle().map(uncopied))))
        .route("/latency/{count}", get().to(latency));
}

async fn burst(request: HttpRequest, path: Path<(usize, usize)>) -> HttpResponse {
    let kind = Kind::at(path.0);
    let texts = source::burst(kind, path.1);
    match kind {
        Kind::Named => {
            sse(&request, texts.map(|text| uncopied(text).id(Kind::ID).event(Kind::NAME)))
        }
        _ => sse(&request, texts.map(uncopied)),
    }
}

async fn endless(request: HttpRequest, size: Path<usize>) -> HttpResponse {
    sse(&request, source::endless(*size).map(uncopied))
}

async fn fan_out(request: HttpRequest) -> HttpResponse {
    sse(&request, source::fan_out(topic::subscribe()).map(uncopied))
}

async fn latency(request: HttpRequest, count: Path<usize>) -> HttpResponse {
    sse(&request, source::latency(*count).map(Data::new))
}

fn uncopied(text: &'static str) -> Data {
    Data::new(ByteString::from_static(text))
}

fn sse(request: &HttpRequest, events: impl Stream<Item = Data> + 'static) -> HttpResponse {
    let events = events.map(Event::Data);
    Sse::from_infallible_stream(events).with_keep_alive(KEEP_ALIVE).respond_to(request)
}
