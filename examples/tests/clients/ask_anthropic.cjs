// Asks a model at a server with Anthropic's API, and prints each token, or how the answer ended, as JSON.

const { Anthropic } = require("@anthropic-ai/sdk");

const [url, prompt] = process.argv.slice(2);
const say = (...what) => console.log(JSON.stringify(what));

const client = new Anthropic({ baseURL: url, apiKey: "mine" });
const messages = [{ role: "user", content: prompt }];
const stream = client.messages.stream({ model: "any", max_tokens: 100, system: "Be kind.", messages });
stream.on("text", (text) => say("token", text));
stream
  .finalMessage()
  .then((message) => say("end", message.stop_reason))
  .catch((error) => say("error", error.error?.error?.message ?? error.message));
