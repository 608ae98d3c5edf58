//! Under actix-web, what a block holds is dropped on its own thread after a shutdown, even if nobody
//! polls the body any more.

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::Responder as _;
use actix_web::body::MessageBody as _;
use actix_web::test::TestRequest;
use sse_runtime::{Event, EventStream};
use tests::deadline::in_time;
use tokio::sync::mpsc;
use tokio::time::{Instant, pause, sleep};

const SECOND: Duration = Duration::from_secs(1);

#[actix_web::test]
async fn a_block_that_is_not_polled_any_more_is_dropped_after_its_grace() {
    pause();
    let (held, mut holds) = mpsc::channel::<()>(1);
    // Not `Send`.
    let held = Rc::new(held);
    let events = EventStream!({
        let _held = held;
        loop {
            yield Event::data("a");
        }
    });
    let events = events.with_graceful_shutdown(sleep(SECOND)).shutdown_grace(SECOND);
    let response = events.respond_to(&TestRequest::default().to_http_request());
    let mut body = pin!(response.into_body());
    let start = Instant::now();
    assert!(poll_fn(|cx| body.as_mut().poll_next(cx)).await.unwrap().is_ok());
    assert_eq!(in_time(holds.recv()).await, None);
    assert_eq!(start.elapsed().as_secs(), 2);
}
