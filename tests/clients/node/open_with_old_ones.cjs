// Reads the beginning of a stream with old versions of two packages. The one reconnects, and the other prints the
// IDs that it learns of, as JSON.

const { EventSource } = require("eventsource-5.1.0");
const { createParser } = require("eventsource-parser-3");

const [which, url] = process.argv.slice(2);

if (which === "eventsource") {
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
