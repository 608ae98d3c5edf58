// A channel of better-sse: prints the port on which it listens.

const { createServer } = require("node:http");
const { createChannel, createSession } = require("better-sse");

const data = process.argv[2];
const news = createChannel();

const server = createServer(async (request, response) => {
  if (request.url === "/fan-out") {
    news.register(await createSession(request, response, { keepAlive: 30_000 }));
    return;
  }
  const count = Number(request.url.split("/").pop());
  for (let n = 0; n < count; n++) news.broadcast(data);
  response.end("ok");
});

server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", 4096, () => console.log(server.address().port));

// Ends with the one who started it.
process.stdin.resume().on("end", () => process.exit());
