//! axum 0.8.

use std::convert::Infallible;

use axum_core::body::Body;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use futures_core::Stream;
use http::StatusCode;
use http::request::Parts;

use super::http_body::{chunks, response};
use crate::event_stream::{EventStream, StreamItem};
use crate::head::{LastEventId, MissingLastEventId};

/// Streams the events. If the stream fails, the response is aborted.
impl<S> IntoResponse for EventStream<S>
where
    S: Stream<Item: StreamItem> + Send + 'static,
{
    fn into_response(self) -> Response {
        response(self.headers(), Body::new(chunks(self.evictable())))
    }
}

/// Refuses a request without such an ID: take `Option<LastEventId>`.
impl<State: Sync> FromRequestParts<State> for LastEventId {
    type Rejection = MissingLastEventId;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Self::Rejection> {
        Self::from_parts(&parts.headers, &parts.uri).ok_or(MissingLastEventId::new())
    }
}

impl IntoResponse for MissingLastEventId {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.to_string()).into_response()
    }
}

impl<State: Sync> OptionalFromRequestParts<State> for LastEventId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Option<Self>, Infallible> {
        Ok(Self::from_parts(&parts.headers, &parts.uri))
    }
}

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
impl<State: Sync> FromRequestParts<State> for crate::head::AcceptEncoding {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Infallible> {
        Ok(Self::from_headers(&parts.headers))
    }
}
