//! Events that pass through the encoder and the body to a client.

use crate::arbitrary::received;
use crate::choices::Choices;
use crate::reading::Reading;
use crate::reference::{Dispatched, Parser};
use crate::script::Script;
use tokio::runtime::Builder;

/// Returns the body's chunks, on a clock that advances whenever everything waits.
fn chunks(script: &Script) -> Vec<Vec<u8>> {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(script.chunks())
}

#[test]
fn what_was_sent_is_what_is_read_however_it_is_cut() {
    bolero::check!().with_max_len(1024).for_each(|bytes: &[u8]| {
        let script = Script::new(&mut Choices::new(bytes));
        let sent: Vec<_> = script.events().cloned().collect();
        let chunks = chunks(&script);

        let mut parser = Parser::default();
        script.cut(&chunks.concat()).for_each(|piece| parser.feed(piece));
        assert_eq!(parser.dispatched, received(&sent));
        Reading::of(script.cut(&chunks.concat())).assert_is_of(&parser);

        // Each chunk is read on its own, since it holds whole events.
        let whole = chunks.iter().flat_map(|chunk| Parser::read(chunk).dispatched);
        let text = |it: Dispatched| (it.event, it.data);
        let read = parser.dispatched.into_iter().map(text);
        assert!(read.eq(whole.map(text)), "an event is split");
    });
}
