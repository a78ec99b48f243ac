import assert from "node:assert/strict";
import { connectRouter } from "@/agent/routers/mikrotik/mod.ts";

Deno.test("the simulator started from the command line serves a router and stops on SIGTERM", async () => {
  const main = new URL("../../sim/routeros/main.ts", import.meta.url);
  const args = [
    "run",
    "-A",
    "--no-check",
    main.pathname,
    "--secrets",
    "25",
    "--identity",
    "Tanay",
    "--version",
    "7.18",
  ];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (!printed.includes("\n")) printed += (await reader.read()).value ?? "";
  const match = /^RouterOS 7\.18 \(stable\) "Tanay" on 127\.0\.0\.1:(\d+), 25 secrets/.exec(printed);
  assert.ok(match, printed);
  const router = await connectRouter({
    host: "127.0.0.1",
    port: Number(match[1]),
    user: "admin",
    password: "admin",
  });
  assert.equal((await router.listSecrets()).length, 25);
  await router.close();
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  await reader.cancel();
});
