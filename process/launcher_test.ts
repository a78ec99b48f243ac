import assert from "node:assert/strict";
import { findNpx, isAlive } from "./launcher.ts";

Deno.test("a process is alive until it has ended", async () => {
  assert.equal(await isAlive(Deno.pid), true);
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", ""], stdout: "null", stderr: "null" })
    .spawn();
  await child.status;
  assert.equal(await isAlive(child.pid), Deno.build.os !== "linux");
});

Deno.test("the launcher is looked for above this process, and never is this process", async () => {
  assert.notEqual(await findNpx(), Deno.pid);
});
