// Asks a model at a URL, and prints each token, or how the answer ended, as JSON.

const { OpenAI } = require("openai");

const [url, prompt] = process.argv.slice(2);
const say = (...what) => console.log(JSON.stringify(what));

const client = new OpenAI({ baseURL: url, apiKey: "mine" });
const messages = [{ role: "user", content: prompt }];
(async () => {
  const chunks = await client.chat.completions.create({ model: "any", messages, stream: true });
  for await (const chunk of chunks) {
    const { content } = chunk.choices[0].delta;
    if (content) say("token", content);
  }
  say("end", "");
})().catch((error) => say("error", error.message));
