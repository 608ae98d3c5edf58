//! `AcceptEncoding`, taken from a request by each framework.

#[cfg(feature = "actix-web")]
mod actix_web {
    use std::convert::Infallible;
    use std::future::{Ready, ready};

    use actix_web::dev::Payload;
    use actix_web::http::header::{ACCEPT_ENCODING, HeaderValue};
    use actix_web::{FromRequest, HttpRequest};

    use crate::AcceptEncoding;

    impl FromRequest for AcceptEncoding {
        type Error = Infallible;
        type Future = Ready<Result<Self, Infallible>>;

        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            let headers = request.headers().get_all(ACCEPT_ENCODING);
            ready(Ok(Self::from_header_values(headers.map(HeaderValue::as_bytes))))
        }
    }
}

#[cfg(feature = "axum")]
mod axum {
    use std::convert::Infallible;

    use axum_core::extract::FromRequestParts;
    use http::request::Parts;

    use crate::AcceptEncoding;

    impl<State: Sync> FromRequestParts<State> for AcceptEncoding {
        type Rejection = Infallible;

        async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Infallible> {
            Ok(Self::from_headers(&parts.headers))
        }
    }
}

#[cfg(feature = "rocket")]
mod rocket {
    use std::convert::Infallible;

    use rocket::request::{FromRequest, Outcome, Request};

    use crate::AcceptEncoding;

    #[rocket::async_trait]
    impl<'r> FromRequest<'r> for AcceptEncoding {
        type Error = Infallible;

        async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
            let headers = request.headers().get("Accept-Encoding");
            Outcome::Success(Self::from_header_values(headers.map(str::as_bytes)))
        }
    }
}
