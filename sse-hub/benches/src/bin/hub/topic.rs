//! The hub that the servers serve, with a single topic.

use std::sync::LazyLock;

use benches::serve::topic::Source;
use sse_hub::Hub;
use sse_runtime::{Event, EventStream};

static HUB: LazyLock<Hub> = LazyLock::new(Hub::new);

const NEWS: &str = "news";

pub(crate) const SOURCE: Source = Source {
    subscribe: || EventStream::from(HUB.subscribe(NEWS)).boxed(),
    publish: |data| drop(HUB.publish(NEWS, Event::data(data))),
};
