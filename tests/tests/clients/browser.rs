//! Clients in a page of Chromium.

use tests::browser::{Client as Browser, start_browser};
use tests::servers::Server;

use crate::table::Runs;
use crate::{Outcome, each_reads_the_script};

pub(crate) const EVENT_SOURCE: &str = "
    const done = arguments[0], read = [], source = new EventSource('/script');
    for (const name of ['message', 'named', 'end']) {
        source.addEventListener(name, event => {
            read.push([event.type, event.data, event.lastEventId]);
            if (name === 'end') { source.close(); done(read); }
        });
    }";

/// With a reader by the letter of the standard, as far as our streams need it.
pub(crate) const FETCH: &str = r"
    const done = arguments[0], read = [];
    let name = '', data = [], id = '', unread = '';
    const field = (field, value) => {
        if (field === 'event') name = value;
        if (field === 'data') data.push(value);
        if (field === 'id') id = value;
    };
    const line = line => {
        const colon = line.indexOf(':');
        if (line !== '') return field(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
        if (data.length) read.push([name || 'message', data.join('\n'), id]);
        [name, data] = ['', []];
    };
    fetch('/script').then(async ({ body }) => {
        for await (const piece of body.pipeThrough(new TextDecoderStream())) {
            const lines = (unread + piece).split('\n');
            unread = lines.pop();
            lines.forEach(line);
        }
        done(read);
    });";

/// Runs the script in a page of this server.
pub(crate) async fn read(browser: &Browser, server: &Server, script: &str) -> Outcome {
    browser.goto(&server.url("/id/page")).await.map_err(|error| error.to_string())?;
    let read = browser.execute_async(script, vec![]).await.map_err(|error| error.to_string())?;
    serde_json::from_value(read).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_browser_reads_every_event() {
    let Some((_driver, browser)) = start_browser("the test of servers in a browser").await else {
        return;
    };
    each_reads_the_script(
        |client| matches!(client.runs, Runs::Chromium(_)),
        async |client, server| {
            let Runs::Chromium(script) = client.runs else { unreachable!() };
            read(&browser, server, script).await
        },
    )
    .await;
    browser.close().await.expect("the browser closes");
}
