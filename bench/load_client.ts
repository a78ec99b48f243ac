/**
 * Asks for one address over and over from a process of its own, so that its work does not count as the server's.
 * `deno run --allow-net bench/load_client.ts URL COOKIE CONNECTIONS SECONDS`; prints one line of JSON.
 */
const [url = "", cookie = "", connections = "", seconds = ""] = Deno.args;
const headers = { cookie, "accept-encoding": "identity" };
const times: number[] = [];
let bytes = 0;

async function ask(): Promise<void> {
  const response = await fetch(url, { headers });
  const body = await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`Cannot measure ${url}: it answers ${response.status}`);
  bytes = body.byteLength;
}

async function loop(endsAt: number): Promise<void> {
  while (performance.now() < endsAt) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
}

for (let i = 0; i < 50; i++) await ask();
const startedAt = performance.now();
const endsAt = startedAt + Number(seconds) * 1000;
await Promise.all(Array.from({ length: Number(connections) }, () => loop(endsAt)));
const elapsedSeconds = (performance.now() - startedAt) / 1000;
times.sort((a, b) => a - b);
console.log(JSON.stringify({
  perSecond: times.length / elapsedSeconds,
  p50Ms: times[Math.floor(times.length * 0.5)],
  p99Ms: times[Math.floor(times.length * 0.99)],
  bytes,
}));
