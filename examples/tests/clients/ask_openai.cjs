// Asks a model at a server with OpenAI's API, and prints each token, or how the answer ended, as JSON.

const { OpenAI } = require("openai");

const [url, prompt] = process.argv.slice(2);
const say = (...what) => console.log(JSON.stringify(what));

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "mine" });
const messages = [{ role: "user", content: prompt }];
(async () => {
  const chunks = await client.chat.completions.create({ model: "any", messages, stream: true });
  let reason;
  for await (const chunk of chunks) {
    const [{ delta, finish_reason }] = chunk.choices;
    if (delta.content) say("token", delta.content);
    reason = finish_reason;
  }
  say("end", reason);
})().catch((error) => say("error", error.message));
