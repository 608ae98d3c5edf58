//! What metrics and traces tell of streams.
#![allow(clippy::float_cmp, reason = "counts are exact")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::pending;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{FutureExt as _, Stream, StreamExt as _};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sse_runtime::{Compression, Event, EventStream, StreamItem};
use tests::servers::on_each_framework;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Subscriber, info, info_span, subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;

fn two() -> EventStream![] {
    EventStream! { yield Event::data("a"); yield Event::data("b"); }
}

fn failing() -> EventStream![Result<Event, std::fmt::Error>] {
    EventStream! { yield Event::data("a"); Err(std::fmt::Error)?; }
}

fn waiting() -> EventStream![] {
    EventStream! { yield Event::data("a"); pending().await }
}

fn panicking() -> EventStream![] {
    EventStream! { yield Event::data("a"); yield_now().await; panic!("in the block") }
}

/// Reads it for a second, and drops it.
async fn read<S>(events: EventStream<S>)
where
    S: Stream<Item: StreamItem> + Send + 'static,
{
    let reading = async {
        let mut bytes = Box::pin(events.into_bytes());
        while bytes.next().await.is_some() {}
    };
    // A panic is seen by the task, as in servers.
    _ = tokio::spawn(timeout(Duration::from_secs(1), reading)).await;
}

mod metrics_of_streams {
    use super::*;

    /// Of the streams that this reads.
    async fn metrics(reading: impl Future<Output = ()>) -> BTreeMap<String, f64> {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _guard = metrics::set_default_local_recorder(&recorder);
        reading.await;
        values(&recorder.handle())
    }

    pub(super) fn values(handle: &PrometheusHandle) -> BTreeMap<String, f64> {
        tests::prometheus::values(&handle.render())
    }

    fn ended(reason: &str) -> String {
        format!("sse_streams_ended_total{{reason=\"{reason}\"}}")
    }

    #[tokio::test(start_paused = true)]
    async fn count_what_was_sent() {
        let streams = async {
            read(two()).await;
            read(two()).await;
        };
        let metrics = metrics(streams).await;
        assert_eq!(metrics["sse_streams_begun_total"], 2.0);
        assert_eq!(metrics["sse_streams_open"], 0.0);
        assert_eq!(metrics["sse_events_total"], 4.0);
        assert_eq!(metrics["sse_bytes_total"], 4.0 * 9.0);
        assert_eq!(metrics["sse_heartbeats_total"], 0.0);
        assert_eq!(metrics["sse_first_event_seconds_count"], 2.0);
        assert_eq!(metrics[&ended("finished")], 2.0);
    }

    #[tokio::test(start_paused = true)]
    async fn tell_how_streams_ended() {
        for (stream, reason) in [
            (read(failing()).boxed(), "failed"),
            (read(waiting()).boxed(), "client_gone"),
            (read(panicking()).boxed(), "panicked"),
            (
                read(waiting().with_graceful_shutdown(async {}).shutdown_grace(Duration::ZERO))
                    .boxed(),
                "shut_down",
            ),
        ] {
            let metrics = metrics(stream).await;
            assert_eq!(metrics[&ended(reason)], 1.0, "{reason}");
            assert_eq!(metrics["sse_streams_open"], 0.0, "{reason}");
            assert_eq!(metrics.keys().filter(|name| name.contains("reason")).count(), 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn count_a_stream_as_open_while_it_is_sent() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _guard = metrics::set_default_local_recorder(&recorder);
        let mut unread = Box::pin(waiting().into_bytes());
        assert!(!recorder.handle().render().contains("sse_streams_open"));
        unread.next().await;
        assert_eq!(values(&recorder.handle())["sse_streams_open"], 1.0);
    }

    #[tokio::test(start_paused = true)]
    async fn count_heartbeats_and_large_and_coalesced_events() {
        let large = Event::data("x".repeat(8000)).into_shared();
        let stream = EventStream!({
            yield Event::data("a");
            sleep(Duration::from_millis(1)).await;
            yield Event::data("b");
            yield Event::data("c");
            sleep(Duration::from_millis(250)).await;
            yield large;
        });
        let stream = stream.coalesce(Duration::from_millis(10));
        let metrics = metrics(read(stream.heartbeat(Duration::from_millis(100)))).await;
        assert_eq!(metrics["sse_events_total"], 4.0);
        assert_eq!(metrics["sse_heartbeats_total"], 2.0);
        assert_eq!(metrics["sse_bytes_total"], 3.0 * 9.0 + 2.0 * 2.0 + 8008.0);
        assert_eq!(metrics[&ended("finished")], 1.0);
    }

    #[tokio::test(start_paused = true)]
    async fn count_bytes_as_they_are_sent() {
        let stream = EventStream! { yield Event::data("x".repeat(8000)); };
        let metrics = metrics(read(stream.compress(Compression::zstd()))).await;
        assert!(metrics["sse_bytes_total"] < 200.0);
        assert_eq!(metrics["sse_events_total"], 1.0);
        assert_eq!(metrics[&ended("finished")], 1.0);
    }

    /// The one test here whose recorder is that of the whole process.
    #[tokio::test]
    async fn are_the_same_under_each_framework() {
        let handle = PrometheusBuilder::new().install_recorder().unwrap();
        sse_runtime::describe_metrics();
        let count = async |reason| values(&handle).get(&ended(reason)).copied().unwrap_or(0.0);
        let counted = async |reason, before: f64| {
            while count(reason).await < before + 1.0 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        on_each_framework(async |server| {
            for (path, reason) in
                [("/wire", "finished"), ("/failing", "failed"), ("/panicking", "panicked")]
            {
                let before = count(reason).await;
                // What panics may not even have a head.
                if let Ok(response) = server.request("GET", path).send().await {
                    _ = response.text().await;
                }
                counted(reason, before).await;
            }
            let before = count("client_gone").await;
            drop(server.get("/held").await);
            counted("client_gone", before).await;

            let before = count("shut_down").await;
            let mut response = server.get("/polite").await;
            response.chunk().await.unwrap();
            server.stop();
            assert_eq!(response.text().await.unwrap(), "data: goodbye\n\n");
            counted("shut_down", before).await;
        })
        .await;
        assert!(handle.render().contains("# HELP sse_events_total Events sent."));
    }
}

mod traces {
    use super::*;

    /// Notes the spans of streams: their parent's name, and their fields when they are closed.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<Vec<String>>>);

    #[derive(Default)]
    struct Fields(BTreeMap<&'static str, String>);

    impl Visit for Fields {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            self.0.insert(field.name(), format!("{value:?}"));
        }
    }

    impl<S> Layer<S> for Notes
    where
        S: Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    {
        fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
            context.span(id).unwrap().extensions_mut().insert(Fields::default());
        }

        fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
            let span = context.span(id).unwrap();
            values.record(span.extensions_mut().get_mut::<Fields>().unwrap());
        }

        fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
            if event.metadata().target() == module_path!() {
                let span = context.event_span(event).map(|span| span.name());
                self.0.lock().unwrap().push(format!("within {span:?}"));
            }
        }

        fn on_close(&self, id: Id, context: Context<'_, S>) {
            let span = context.span(&id).unwrap();
            let parent = span.parent().map(|parent| parent.name());
            let extensions = span.extensions();
            let fields = &extensions.get::<Fields>().unwrap().0;
            self.0.lock().unwrap().push(format!("{parent:?} {} {fields:?}", span.name()));
        }
    }

    async fn notes(reading: impl Future<Output = ()>) -> Vec<String> {
        let notes = Notes::default();
        let _guard = subscriber::set_default(Registry::default().with(notes.clone()));
        reading.await;
        notes.0.lock().unwrap().clone()
    }

    #[tokio::test(start_paused = true)]
    async fn have_a_span_for_each_stream() {
        for (stream, expected) in [
            (
                read(two()).boxed(),
                r#"None event_stream {"bytes": "18", "end": "\"finished\"", "events": "2", "heartbeats": "0"}"#,
            ),
            (
                read(waiting().heartbeat(Duration::from_millis(300))).boxed(),
                r#"None event_stream {"bytes": "15", "end": "\"client_gone\"", "events": "1", "heartbeats": "3"}"#,
            ),
            (
                read(failing()).boxed(),
                r#"None event_stream {"bytes": "9", "end": "\"failed\"", "error": "an error occurred when formatting an argument", "events": "1", "heartbeats": "0"}"#,
            ),
        ] {
            assert_eq!(notes(stream).await, [expected]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn have_it_below_the_requests_and_the_blocks_own_within_it() {
        let handler = async {
            let stream = EventStream! {
                info!(target: "observe::traces", "in the block");
                yield Event::data("a");
            };
            let bytes = info_span!("request").in_scope(|| stream.into_bytes());
            Box::pin(bytes).next().await;
        };
        let notes = notes(handler).await;
        assert_eq!(notes[0], r#"within Some("event_stream")"#);
        assert!(notes[1].starts_with(r#"Some("request") event_stream"#), "{notes:?}");
    }

    /// Panics whenever a span is left.
    struct PanicsOnExit;

    impl<S: Subscriber> Layer<S> for PanicsOnExit {
        fn on_exit(&self, _: &Id, _: Context<'_, S>) {
            panic!("in a layer");
        }
    }

    #[test]
    fn do_not_abort_the_process_when_a_layer_and_a_block_panic() {
        let _guard = subscriber::set_default(Registry::default().with(PanicsOnExit));
        let stream = EventStream! { yield Event::data("a"); panic!("in the block") };
        let mut bytes = ManuallyDrop::new(stream.into_bytes());
        catch_unwind(AssertUnwindSafe(|| bytes.next().now_or_never())).unwrap_err();
    }
}
