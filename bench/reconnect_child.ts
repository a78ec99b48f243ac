/**
 * Connects to a router, asks it something and leaves, again and again, in a process of its own whose memory nothing else
 * moves. `deno run -A --v8-flags=--expose-gc bench/reconnect_child.ts PORT FIRST ALL`; prints one line of JSON with what
 * it holds after the first so many connections and after all of them.
 */
import { RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";

const [port = "", first = "", all = ""] = Deno.args;

async function connectTimes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const session = await RouterOsSession.connect({
      host: "127.0.0.1",
      port: Number(port),
      user: "admin",
      password: "admin",
    });
    await session.call("/system/identity/print");
    await session.close();
  }
}

/** After a full collection, so that only what something still refers to counts. */
async function look(): Promise<{ heapMb: number; residentMb: number; resources: number }> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    (globalThis as { gc?: () => void }).gc?.();
  }
  const { heapUsed, rss } = Deno.memoryUsage();
  const open = Array.from(Deno.readDirSync("/proc/self/fd")).length;
  return { heapMb: heapUsed / 2 ** 20, residentMb: rss / 2 ** 20, resources: open };
}

await connectTimes(Number(first));
const early = await look();
await connectTimes(Number(all) - Number(first));
console.log(JSON.stringify({ early, late: await look() }));
