//! What a handler can return around a stream, in each framework. The README has the table.

use std::time::Duration;

use sse_runtime::{BoxEventStream, Event, EventStream};
use tokio::time::sleep;

fn hello() -> EventStream![] {
    EventStream! { yield Event::data("hello"); }
}

fn one_of_two(is_first: bool) -> BoxEventStream<'static> {
    if is_first {
        hello().boxed()
    } else {
        EventStream!({
            sleep(Duration::ZERO).await;
            yield Event::data("hello");
        })
        .boxed()
    }
}

mod in_rocket {
    use rocket::http::{ContentType, Status};
    use rocket::local::blocking::Client;
    use rocket::response::Redirect;
    use rocket::{Either, get, routes};

    use super::*;

    #[get("/result?<is_there>")]
    fn result(is_there: bool) -> Result<EventStream![], Status> {
        if is_there { Ok(hello()) } else { Err(Status::Forbidden) }
    }

    #[get("/option?<is_there>")]
    fn option(is_there: bool) -> Option<EventStream![]> {
        is_there.then(hello)
    }

    #[get("/either?<is_there>")]
    fn either(is_there: bool) -> Either<EventStream![], Redirect> {
        if is_there { Either::Left(hello()) } else { Either::Right(Redirect::to("/")) }
    }

    #[get("/boxed?<is_there>")]
    fn boxed(is_there: bool) -> BoxEventStream<'static> {
        one_of_two(is_there)
    }

    #[test]
    fn a_stream_or_something_else() {
        let rocket = rocket::build().mount("/", routes![result, option, either, boxed]);
        let client = Client::tracked(rocket).expect("it is valid");
        let get = |path: String| client.get(path).dispatch();
        for path in ["result", "option", "either", "boxed"] {
            let response = get(format!("/{path}?is_there=true"));
            assert_eq!(response.content_type(), Some(ContentType::EventStream), "{path}");
            assert_eq!(response.into_string().unwrap(), "data: hello\n\n", "{path}");
        }
        for (path, status) in [("result", 403), ("option", 404), ("either", 303), ("boxed", 200)] {
            assert_eq!(get(format!("/{path}?is_there=false")).status().code, status, "{path}");
        }
    }
}

mod in_axum {
    use axum::Router;
    use axum::extract::Path;
    use axum::http::StatusCode;
    use axum::response::{IntoResponse, Redirect, Response};
    use axum::routing::get;
    use tests::http::request;
    use tokio::net::TcpListener;

    use super::*;

    async fn result(Path(is_there): Path<bool>) -> Result<EventStream![], StatusCode> {
        if is_there { Ok(hello()) } else { Err(StatusCode::FORBIDDEN) }
    }

    async fn either(Path(is_there): Path<bool>) -> Response {
        if is_there { hello().into_response() } else { Redirect::to("/").into_response() }
    }

    async fn boxed(Path(is_there): Path<bool>) -> BoxEventStream<'static> {
        one_of_two(is_there)
    }

    /// It accepts those that are handlers.
    #[axum::debug_handler]
    async fn debugged(Path(_): Path<bool>) -> EventStream![Event + Send] {
        hello()
    }

    #[tokio::test]
    async fn a_stream_or_something_else() {
        let app = Router::new()
            .route("/result/{is_there}", get(result))
            .route("/either/{is_there}", get(either))
            .route("/boxed/{is_there}", get(boxed))
            .route("/debugged/{is_there}", get(debugged));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async { axum::serve(listener, app).await });
        for path in ["result", "either", "boxed", "debugged"] {
            let mut response = request(address, &format!("GET /{path}/true"), &[]).await;
            assert_eq!(response.text().await.unwrap(), "data: hello\n\n", "{path}");
        }
        for (path, status) in [("result", 403), ("either", 303), ("boxed", 200)] {
            let response = request(address, &format!("GET /{path}/false"), &[]).await;
            assert_eq!(response.status, status, "{path}");
        }
        server.abort();
    }
}

mod in_actix_web {
    use actix_web::error::ErrorForbidden;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::web::Path;
    use actix_web::{App, Either, HttpResponse, get};

    use super::*;

    #[get("/result/{is_there}")]
    async fn result(is_there: Path<bool>) -> Result<EventStream![], actix_web::Error> {
        if *is_there { Ok(hello()) } else { Err(ErrorForbidden("no")) }
    }

    #[get("/option/{is_there}")]
    async fn option(is_there: Path<bool>) -> Option<EventStream![]> {
        is_there.then(hello)
    }

    #[get("/either/{is_there}")]
    async fn either(is_there: Path<bool>) -> Either<EventStream![], HttpResponse> {
        if *is_there {
            Either::Left(hello())
        } else {
            Either::Right(HttpResponse::SeeOther().finish())
        }
    }

    #[get("/boxed/{is_there}")]
    async fn boxed(is_there: Path<bool>) -> BoxEventStream<'static> {
        one_of_two(*is_there)
    }

    #[actix_web::test]
    async fn a_stream_or_something_else() {
        let app = App::new().service(result).service(option).service(either).service(boxed);
        let app = init_service(app).await;
        for path in ["result", "option", "either", "boxed"] {
            let request = TestRequest::with_uri(&format!("/{path}/true")).to_request();
            let response = call_service(&app, request).await;
            assert_eq!(response.headers().get("content-type").unwrap(), "text/event-stream");
            assert_eq!(read_body(response).await, "data: hello\n\n", "{path}");
        }
        for (path, status) in [("result", 403), ("option", 404), ("either", 303), ("boxed", 200)] {
            let request = TestRequest::with_uri(&format!("/{path}/false")).to_request();
            assert_eq!(call_service(&app, request).await.status().as_u16(), status, "{path}");
        }
    }
}
