// Lets a server count, by the Model Context Protocol, and prints each report of progress and the answer, as JSON.
// Cancels when its input says so.

const [url, to, revision] = process.argv.slice(2);
const say = (...what) => console.log(JSON.stringify(what));
const cancel = new AbortController();
process.stdin.on("data", () => cancel.abort("enough"));

async function connected() {
  if (revision === "2025-11-25") {
    const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
    const { StreamableHTTPClientTransport } = require("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const client = new Client({ name: "a test", version: "1" });
    await client.connect(new StreamableHTTPClientTransport(new URL(url)));
    return (call, options) => client.callTool(call, undefined, options);
  }
  const { Client, StreamableHTTPClientTransport } = require("@modelcontextprotocol/client");
  const client = new Client({ name: "a test", version: "1" }, { versionNegotiation: { mode: { pin: revision } } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return (call, options) => client.callTool(call, options);
}

(async () => {
  const call = await connected();
  const onprogress = ({ progress }) => say("progress", progress);
  // How it learns, in the end, of a stream that broke and can't be resumed.
  const options = { onprogress, signal: cancel.signal, timeout: 8000, resetTimeoutOnProgress: true };
  const { content } = await call({ name: "count", arguments: { to: Number(to) } }, options);
  say("answer", content[0].text);
})()
  .catch((error) => say("error", error.message))
  .finally(() => setTimeout(() => process.exit(), 500));
