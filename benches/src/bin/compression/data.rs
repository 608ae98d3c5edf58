//! Three kinds of data, the same at each run.

use sse_runtime::Event;

pub(crate) const EVENTS: usize = 20_000;

pub(crate) struct Data {
    pub(crate) name: &'static str,
    pub(crate) events: &'static [Event],
}

pub(crate) fn of_each_kind() -> Vec<Data> {
    fastrand::seed(1);
    vec![
        Data { name: "Orders as JSON", events: json().leak() },
        Data { name: "A dashboard of forty readings", events: dashboard().leak() },
        Data { name: "Tokens of a text", events: tokens().leak() },
    ]
}

fn json() -> Vec<Event> {
    let pick = |of: &[&'static str]| of[fastrand::usize(..of.len())];
    let order = |row| {
        let data = format!(
            "{{\"id\":{},\"symbol\":\"{}\",\"side\":\"{}\",\"price\":{}.{:02},\"quantity\":{},\
             \"time\":\"2026-11-25T17:{:02}:{:02}.{:03}Z\",\"status\":\"filled\",\
             \"account\":{{\"id\":{},\"name\":\"desk-{}\"}}}}",
            100_000 + row,
            pick(&["EURUSD", "GBPUSD", "USDJPY", "AUDUSD"]),
            pick(&["buy", "sell"]),
            fastrand::u32(..1000),
            fastrand::u32(..100),
            fastrand::u32(..10_000),
            fastrand::u32(..60),
            fastrand::u32(..60),
            fastrand::u32(..1000),
            fastrand::u32(..500),
            fastrand::u32(..20),
        );
        Event::data(data).event("order").id(row)
    };
    (0..EVENTS).map(order).collect()
}

fn tokens() -> Vec<Event> {
    let text = "the of and to in is that it was for on are as with his they at be this from have or by \
                one had not but what all were when we there can an your which their said if do will each \
                about how up out them then she many some so these would other into has more her two like \
                him see time could no make than first been its who now people my made over did down only";
    let words: Vec<_> = text.split_whitespace().collect();
    // Words that come early come often.
    let word =
        || words[fastrand::usize(..words.len()) * fastrand::usize(..words.len()) / words.len()];
    (0..EVENTS).map(|_| Event::data(format!(" {}", word()))).collect()
}

fn dashboard() -> Vec<Event> {
    let reading = |sensor| {
        let value = f64::from(fastrand::u32(2000..2500)) / 100.0;
        format!("{{\"name\":\"sensor-{sensor}\",\"unit\":\"celsius\",\"value\":{value}}}")
    };
    let readings = || (0..40).map(reading).collect::<Vec<_>>().join(",");
    let event = |row| {
        let data = format!("{{\"readings\":[{}]}}", readings());
        Event::data(data).event("readings").id(row)
    };
    (0..EVENTS / 2).map(event).collect()
}
