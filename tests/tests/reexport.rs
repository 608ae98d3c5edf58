//! The macro finds the runtime under any path and name.

use elsewhere::hidden;
use tests::bytes::items;

fn hello() -> hidden::Sse![hidden::Message] {
    hidden::Sse! {
        yield hidden::Message::data("hello");
        for await event in hidden::Sse!({ yield hidden::Message::data("nested") }) {
            yield event;
        }
    }
}

#[test]
fn a_reexported_macro_works_as_type_and_block() {
    assert_eq!(items(hello()), ["hello", "nested"].map(hidden::Message::data));
}
