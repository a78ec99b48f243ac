import assert from "node:assert/strict";
import { join } from "node:path";
import { generateSecrets, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { HubWorld, MARIA } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { until } from "@/tests/support/until.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { updateRouter } from "@/web/services/network/update_router.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { AgentProcess } from "./agent_process.ts";

Deno.test("an agent whose disk is really full: the owner reads the cause at the site, and that it is over", async () => {
  const disk = await SmallDisk.mount();
  if (disk === null) {
    console.warn("left out: a small disk can be mounted by root on Linux only");
    return;
  }
  await using world = await HubWorld.start();
  await using sim = {
    sim: startRouterOsSim({ secrets: generateSecrets(5, 7) }),
    [Symbol.asyncDispose]: () => sim.sim.close(),
  };
  const tenantId = await world.addTenant("ilaya");
  const { siteId, code } = await world.addSite(tenantId);
  const app = await createWebApp(world.context, { only: ["/admin/sites", "/admin/routers"] });
  const owner = await app.signIn(tenantId, "Owner");
  const address = `http://127.0.0.1:${world.port}`;
  const agent = AgentProcess.start(["--server", address, "--code", code, "--data", join(disk.path, "agent")]);
  try {
    const router = {
      siteId,
      name: "Core",
      host: sim.sim.host,
      port: sim.sim.port,
      username: "admin",
      password: "admin",
    };
    let routerId = "";
    await until(async () => {
      const added = await addRouter(world.context, tenantId, MARIA, router);
      if (added.ok) routerId = added.value.routerId;
      return added.ok;
    }, { timeoutMs: 30_000, everyMs: 200, what: "the agent is enrolled" });
    const status = async () => (await world.inTenant(tenantId, (trx) => findRouter(trx, routerId)))?.status;
    await until(async () => await status() === "online", { timeoutMs: 20_000, what: "the router is read" });
    const siteSays = async () => (await owner.get(`/admin/sites/${siteId}`)).text;
    assert.doesNotMatch(await siteSays(), /disk/i);

    await disk.fill();
    assertOk(await updateRouter(world.context, tenantId, MARIA, { ...router, routerId, name: "Core 2" }));
    await until(async () => /disk of the agent’s machine (is|was) full/i.test(await siteSays()), {
      timeoutMs: 20_000,
      what: "the owner reads the cause",
    });

    await disk.free();
    await until(async () => await status() === "online" && !/Disk full/.test(await siteSays()), {
      timeoutMs: 40_000,
      what: "it goes on by itself",
    });
  } catch (error) {
    console.error(agent.output.join("").slice(-3_000));
    throw error;
  } finally {
    await agent.end("SIGKILL");
    await disk.unmount();
  }
});

/** A file system of 512 KB. */
class SmallDisk {
  private constructor(readonly path: string) {}

  static async mount(): Promise<SmallDisk | null> {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return null;
    const path = await Deno.makeTempDir({ prefix: "linya-disk-" });
    if (await run("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", path])) return new SmallDisk(path);
    await Deno.remove(path);
    return null;
  }

  async fill(): Promise<void> {
    using file = await Deno.open(join(this.path, "filler"), { write: true, create: true });
    try {
      while (true) await file.write(new Uint8Array(4_096));
    } catch {
      // Full.
    }
  }

  async free(): Promise<void> {
    await Deno.remove(join(this.path, "filler"));
  }

  async unmount(): Promise<void> {
    await run("umount", ["-l", this.path]);
    await Deno.remove(this.path);
  }
}

async function run(command: string, args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(command, { args, stderr: "null" }).output();
  return success;
}
