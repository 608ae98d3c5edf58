// `resumable-stream` on Redis, as two nodes use it: joining a stream that another one has written, and what an
// event costs that many read. `REDIS_URL` says where Redis is.
import { createResumableStreamContext } from 'resumable-stream';
import { createClient } from 'redis';

const READERS = 1000, EVENTS = 200, LONG = 10_000, TOKEN = ' token';
// As a server sends it.
const event = n => `id: ${n}\ndata: ${TOKEN}\n\n`;
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

const node = async () => {
  const [publisher, subscriber] = [1, 2].map(() => createClient({ url: process.env.REDIS_URL }));
  await Promise.all([publisher.connect(), subscriber.connect()]);
  return createResumableStreamContext({ waitUntil: null, publisher, subscriber });
};

const read = async (stream, characters) => {
  const reader = stream.getReader();
  let [chunks, length] = [0, 0];
  while (length < characters) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    chunks += 1;
  }
  return [chunks, length];
};

const joining = async (here, there) => {
  const id = `long ${Date.now()}`;
  const all = Array.from({ length: LONG }, (_, n) => event(n)).join('').length;
  // Once it is done, it can't be joined any more.
  const stream = await here.createNewResumableStream(id, () => new ReadableStream({
    start(controller) { for (let n = 0; n < LONG; n++) controller.enqueue(event(n)); },
  }));
  await read(stream, all);
  const begin = performance.now();
  const [, length] = await read(await there.resumeExistingStream(id), all);
  console.log(`resumable-stream: to join a stream of ${LONG} events on another node: ${(performance.now() - begin).toFixed(1)} ms (${length === all ? 'whole' : 'not whole'})`);
};

const readers = async (here, there) => {
  const id = `live ${Date.now()}`;
  let all = 0;
  let begin;
  const begun = new Promise(resolve => begin = resolve);
  const stream = await here.createNewResumableStream(id, () => new ReadableStream({
    async start(controller) {
      await begun;
      for (let n = 0; n < EVENTS; n++) {
        const text = event(n);
        all += text.length;
        controller.enqueue(text);
        await sleep(10);
      }
      controller.close();
    },
  }));
  const own = read(stream, Infinity);
  const streams = [];
  for (let n = 0; n < READERS; n++) streams.push(await there.resumeExistingStream(id));
  const before = process.cpuUsage();
  begin();
  const lengths = await Promise.all(streams.map(stream => read(stream, Infinity)));
  const spent = process.cpuUsage(before);
  await own;
  const whole = lengths.filter(([, length]) => length === all).length;
  const each = (spent.user + spent.system) * 1000 / (READERS * EVENTS);
  console.log(`resumable-stream: an event to one of ${READERS} readers: ${each.toFixed(0)} ns of CPU time (${whole} have all)`);
};

const [here, there] = [await node(), await node()];
await joining(here, there);
await readers(here, there);
process.exit(0);
