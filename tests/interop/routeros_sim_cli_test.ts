import assert from "node:assert/strict";
import { RouterOSAPI } from "node-routeros";
import { RouterOSClient } from "routeros-client";
import { connectRouter, RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { sshTransport } from "@/agent/routers/mikrotik/ssh_tunnel.ts";
import { tlsTransport } from "@/agent/routers/mikrotik/tls.ts";

interface Started {
  /** What it printed first. */
  line: string;
  /** And then. */
  more: string[];
  port: number;
  stop(): Promise<number>;
}

async function start(args: readonly string[], lines = 1): Promise<Started> {
  const main = new URL("../../sim/routeros/main.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main.pathname, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (printed.split("\n").length <= lines) printed += (await reader.read()).value ?? "";
  const [line = "", ...more] = printed.trimEnd().split("\n");
  return {
    line,
    more,
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

Deno.test("its other services say on which port they are and what to pin", async () => {
  const sim = await start(["--secrets", "5", "--api-ssl", "--ssh"], 3);
  const [tls = "", ssh = ""] = sim.more;
  const [, tlsPort, fingerprint = ""] =
    /^api-ssl on 127\.0\.0\.1:(\d+), certificate ([0-9a-f]{64})$/.exec(tls) ?? [];
  const [, sshPort, hostKey = ""] = /^ssh on 127\.0\.0\.1:(\d+), host key (SHA256:\S{43})$/.exec(ssh) ?? [];
  const router = { host: "127.0.0.1", user: "admin", password: "admin" };
  const transport = tlsTransport({ host: router.host, port: Number(tlsPort), fingerprint });
  const session = await RouterOsSession.connect({ ...router, transport });
  assert.equal((await session.call("/ppp/secret/print")).rows.length, 5);
  await session.call("/ip/ssh/set", { "forwarding-enabled": "local" });
  await session.close();
  const tunnel = sshTransport({ ...router, port: Number(sshPort), hostKey });
  const through = await RouterOsSession.connect({ ...router, transport: tunnel });
  assert.equal((await through.call("/ppp/secret/print")).rows.length, 5);
  await through.close();
  assert.equal(await sim.stop(), 0);
});
