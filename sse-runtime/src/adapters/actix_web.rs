//! actix-web 4.

use std::future::{Ready, ready};

use actix_web::body::{BodyStream, BoxBody, MessageBody as _, None as NoBody};
use actix_web::dev::Payload;
use actix_web::error::ResponseError;
use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, StatusCode};
use actix_web::rt::System;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use futures_core::Stream;

use crate::body::{Chunks, Delivery};
use crate::event_stream::{EventStream, StreamItem};
use crate::head::{LastEventId, MissingLastEventId};

/// What a server is given in a turn, which fills the buffer that a connection writes from. If the buffer
/// weren't full, actix-web would poll for more before it has written any of it.
const BUDGET: u32 = 32 * 1024;

/// Streams the events. If the stream fails, the response is aborted.
impl<S> Responder for EventStream<S>
where
    S: Stream<Item: StreamItem> + 'static,
{
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        for header in self.headers() {
            response.append_header(header);
        }
        // Over HTTP/1.1 actix-web polls the body of the response to a HEAD as well.
        if request.method() == Method::HEAD {
            response.body(NoBody::new())
        } else {
            // The task needs a `LocalSet`, which an actix-web system is sure to have.
            if System::is_registered() {
                response.body(body(self.evictable_here()))
            } else {
                response.body(body(self))
            }
        }
    }
}

fn body<S: Stream<Item: StreamItem> + 'static>(events: EventStream<S>) -> BoxBody {
    BodyStream::new(Chunks::new(events, BUDGET, Delivery::Copies)).boxed()
}

/// Refuses a request without such an ID: take `Option<LastEventId>`.
impl FromRequest for LastEventId {
    type Error = MissingLastEventId;
    type Future = Ready<Result<Self, MissingLastEventId>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get("Last-Event-ID").map(HeaderValue::as_bytes);
        let id = Self::from_header_or_query(header, request.uri().query());
        ready(id.ok_or(MissingLastEventId::new()))
    }
}

impl ResponseError for MissingLastEventId {
    fn status_code(&self) -> StatusCode {
        StatusCode::BAD_REQUEST
    }
}

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
impl FromRequest for crate::head::AcceptEncoding {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers().get_all("Accept-Encoding");
        ready(Ok(Self::from_header_values(headers.map(HeaderValue::as_bytes))))
    }
}
