const { EventSource } = require("eventsource");
const { readWith } = require("./up_to_end.cjs");

readWith(EventSource);
