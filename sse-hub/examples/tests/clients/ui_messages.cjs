// A chat of Vercel's AI SDK, as `useChat` holds one. It does what its input says, line by line, and
// prints what it shows whenever that changes.

const { AbstractChat, DefaultChatTransport } = require("ai");
const { createInterface } = require("node:readline");

const [server, id] = process.argv.slice(2);

/// Like React's, without React.
class State {
  #status = "ready";
  #error = undefined;
  messages = [];
  get status() { return this.#status; }
  set status(status) { this.#status = status; show(this); }
  get error() { return this.#error; }
  set error(error) { this.#error = error; show(this); }
  pushMessage(message) { this.messages = [...this.messages, message]; show(this); }
  popMessage() { this.messages = this.messages.slice(0, -1); }
  replaceMessage(at, message) { this.messages = this.messages.with(at, structuredClone(message)); show(this); }
  snapshot(value) { return structuredClone(value); }
}

let shown;
function show({ status, error, messages }) {
  const answers = messages.filter(({ role }) => role === "assistant");
  const text = ({ parts }) => parts.map(({ text }) => text ?? "").join("");
  const view = JSON.stringify({
    status,
    error: error?.message ?? null,
    answers: answers.map((answer) => [answer.id, text(answer)]),
  });
  if (view !== shown) console.log((shown = view));
}

class Chat extends AbstractChat {}
const transport = new DefaultChatTransport({ api: `${server}/api/chat` });
const chat = new Chat({ id, transport, state: new State() });
const say = (what) => console.log(JSON.stringify({ did: what }));

createInterface({ input: process.stdin }).on("line", (line) => {
  const [what, text] = line.split(" ");
  if (what === "ask") chat.sendMessage({ text }).then(() => say("ask"));
  if (what === "resume") chat.resumeStream().then(() => say("resume"));
  if (what === "stop") chat.stop().then(() => say("stop"));
});
