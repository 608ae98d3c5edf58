// Reads the beginning of a stream with an old version of a package. A client reconnects, and a parser prints the
// IDs that it learns of, as JSON.

const [which, url] = process.argv.slice(2);
const { EventSource, createParser } = require(which);

if (EventSource) {
  new EventSource(url);
  // It doesn't keep its process alive while it waits to reconnect.
  setInterval(() => {}, 1000);
} else {
  fetch(url).then(async ({ body }) => {
    const ids = [];
    const parser = createParser({ onEvent: ({ id }) => ids.push(id) });
    for await (const text of body.pipeThrough(new TextDecoderStream())) parser.feed(text);
    console.log(JSON.stringify(ids));
  });
}
