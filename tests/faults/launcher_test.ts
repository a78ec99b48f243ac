import assert from "node:assert/strict";
import { HubWorld } from "@/tests/network/hub_world.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { freePortPair, makeDataDir } from "@/tests/support/stack_parts.ts";
import { until } from "@/tests/support/until.ts";
import { isAlive } from "@/process/launcher.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A stand-in for npx: it passes no signal on, and what it has started outlives it. */
function startThroughNpx(task: string, args: string[], env: Record<string, string> = {}) {
  const script = `"$0" task --quiet ${task} "$@" >/dev/null 2>&1 & wait # npx`;
  const npx = new Deno.Command("/bin/sh", {
    args: ["-c", script, Deno.execPath(), ...args],
    cwd: ROOT,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    pid: npx.pid,
    async kill() {
      npx.kill("SIGKILL");
      await npx.status;
    },
  };
}

/** Every process below one; the list is read from the system. */
async function below(pid: number): Promise<number[]> {
  const output = await new Deno.Command("ps", { args: ["-eo", "pid=,ppid="], stdout: "piped" }).output();
  const rows = new TextDecoder().decode(output.stdout).trim().split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (let at = 0; at < found.length; at++) {
    for (const [child, parent] of rows) if (parent === found[at] && child !== undefined) found.push(child);
  }
  return found.slice(1);
}

async function anyAlive(pids: readonly number[]): Promise<boolean> {
  return (await Promise.all(pids.map(isAlive))).some(Boolean);
}

Deno.test({
  name: "`task start` and `task agent` end with the npx that started them",
  ignore: Deno.build.os !== "linux",
  async fn(t) {
    await t.step("the web", async () => {
      await using database = await createTestDatabase();
      const dataDir = await makeDataDir();
      const port = freePortPair();
      const npx = startThroughNpx("start", ["--port", `${port}`, "--data", dataDir], {
        DATABASE_URL: database.appUrl,
        DATABASE_OWNER_URL: database.ownerUrl,
      });
      const isUp = () =>
        fetch(`http://127.0.0.1:${port}/health`).then((r) => r.text()).then(() => true, () => false);
      await until(isUp, { timeoutMs: 40_000, what: "the web is up" });
      const started = await below(npx.pid);
      assert.ok(started.length > 0);
      await npx.kill();
      await until(async () => !await anyAlive(started), { timeoutMs: 20_000, what: "everything has ended" });
      assert.equal(await isUp(), false);
      await Deno.remove(dataDir, { recursive: true });
    });

    await t.step("the agent", async () => {
      await using world = await HubWorld.start();
      const tenantId = await world.addTenant("north");
      const { code } = await world.addSite(tenantId);
      const dataDir = await Deno.makeTempDir();
      const args = ["--server", `http://127.0.0.1:${world.port}`, "--code", code, "--data", dataDir];
      const npx = startThroughNpx("agent", args);
      await until(() => world.hub.connectedAgents().length === 1, { timeoutMs: 40_000, what: "the link" });
      const started = await below(npx.pid);
      await npx.kill();
      await until(async () => !await anyAlive(started), { timeoutMs: 20_000, what: "everything has ended" });
      await until(() => world.hub.connectedAgents().length === 0, { what: "the link's end" });
      await Deno.remove(dataDir, { recursive: true });
    });
  },
});
