import assert from "node:assert/strict";
import { RouterOSAPI } from "node-routeros";
import { RouterOSClient } from "routeros-client";
import { connectRouter } from "@/agent/routers/mikrotik/mod.ts";

interface Started {
  /** What it printed first. */
  line: string;
  port: number;
  stop(): Promise<number>;
}

async function start(args: readonly string[]): Promise<Started> {
  const main = new URL("../../sim/routeros/main.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main.pathname, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (!printed.includes("\n")) printed += (await reader.read()).value ?? "";
  const line = printed.split("\n")[0] ?? "";
  return {
    line,
    port: Number(/ on 127\.0\.0\.1:(\d+),/.exec(line)?.[1]),
    async stop() {
      child.kill("SIGTERM");
      const { code } = await child.status;
      await reader.cancel();
      return code;
    },
  };
}

Deno.test("the simulator started from the command line serves a router and stops on SIGTERM", async () => {
  const sim = await start(["--secrets", "25", "--identity", "Tanay", "--version", "7.18"]);
  assert.match(sim.line, /^RouterOS 7\.18 \(stable\) "Tanay" on 127\.0\.0\.1:\d+, 25 secrets/);
  const router = await connectRouter({ host: "127.0.0.1", port: sim.port, user: "admin", password: "admin" });
  assert.equal((await router.listSecrets()).length, 25);
  await router.close();
  assert.equal(await sim.stop(), 0);
});

Deno.test("the simulator on a port of one's choice serves clients that others wrote", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const sim = await start(["--secrets", "40", "--version", "6.49.10", "--port", String(port)]);
  assert.equal(sim.port, port);
  const login = { host: "127.0.0.1", port, user: "admin", password: "admin", timeout: 5 };
  const first = new RouterOSAPI(login);
  await first.connect();
  assert.equal((await first.write("/ppp/secret/print")).length, 40);
  await first.close();
  const second = new RouterOSClient(login);
  const client = await second.connect();
  assert.equal((await client.menu("/ppp secret").get()).length, 40);
  await second.close();
  assert.equal(await sim.stop(), 0);
});
