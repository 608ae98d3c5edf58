const { EventSource } = require("undici");
const { readWith } = require("./up_to_end.cjs");

readWith(EventSource);
