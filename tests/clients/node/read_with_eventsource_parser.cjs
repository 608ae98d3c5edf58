const { EventSourceParserStream } = require("eventsource-parser/stream");
const { keep, url } = require("./up_to_end.cjs");

fetch(url).then(async ({ body }) => {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data, id } of events) keep(event, data, id);
});
