// Made for browsers: what it asks of one beside `fetch`.
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };

const { fetchEventSource } = require("@microsoft/fetch-event-source");
const { keep, url } = require("./up_to_end.cjs");

const onmessage = ({ event, data, id }) => keep(event, data, id);
const onerror = (error) => {
  throw error;
};
fetchEventSource(url, { onmessage, onerror });
