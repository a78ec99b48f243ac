import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../support/until.ts";
import {
  AgentProcess,
  disabledNames,
  LINEAGE,
  namesOf,
  ROUTER,
  rowsOf,
  sendSettings,
  wanted,
  withParts,
} from "./agent_process.ts";

Deno.test("agent process enrols, cuts with a permit, survives SIGKILL mid-pass and restores at once", async () => {
  await withParts(async ({ web, sim, folder, agent }) => {
    const all = namesOf(sim);
    const before = disabledNames(sim);
    const unmanaged = all[0]!;
    const managed = all.filter((name) => name !== unmanaged && !before.has(name));
    const cut = new Set(managed.slice(0, 5));
    const first = agent();
    web.onHello = () =>
      void sendSettings(web, sim).then(() => web.sendState(ROUTER, LINEAGE, 2n, wanted(managed, cut)));
    let isAsked = false;
    web.permit = () => {
      isAsked = true;
      return null;
    };
    await until(() => isAsked, { timeoutMs: 20_000, what: "the agent asks for a permit" });
    assert.deepEqual(disabledNames(sim), before, "nothing is disabled without the web's word");
    await first.end("SIGKILL");
    web.permit = (request) => request.names;
    const second = agent();
    await until(() => [...cut].every((name) => disabledNames(sim).has(name)), {
      timeoutMs: 20_000,
      what: "the cut",
    });
    assert.equal(disabledNames(sim).size, before.size + cut.size);
    const report = () => web.of("state.report").at(-1);
    await until(() => report()?.applied_generation === 2n, {
      timeoutMs: 10_000,
      what: "a report of generation 2",
    });
    const paid = [...cut][0]!;
    cut.delete(paid);
    await web.sendState(ROUTER, LINEAGE, 3n, wanted(managed, cut));
    await until(() => !disabledNames(sim).has(paid), { timeoutMs: 3_000, what: "the payer is back" });
    const { mode } = await Deno.stat(join(folder, "agent", "keys.json"));
    assert.equal(mode! & 0o777, 0o600);
    const { code } = await second.end("SIGTERM");
    assert.equal(code, 0);
  });
});

Deno.test("agent process with the web away restores from disk and cuts nobody", async () => {
  await withParts(async ({ web, sim, agent }) => {
    const managed = namesOf(sim).filter((name) => !disabledNames(sim).has(name));
    const cut = new Set(managed.slice(0, 3));
    const before = disabledNames(sim);
    web.permit = () => null;
    web.onHello = () =>
      void sendSettings(web, sim).then(() => web.sendState(ROUTER, LINEAGE, 5n, wanted(managed, cut)));
    const first = agent();
    await until(() => web.of("state.stored").length > 0, { timeoutMs: 20_000, what: "the state is stored" });
    await first.end("SIGKILL");
    await web.stop();
    const enabled = managed.at(-1)!;
    for (const row of rowsOf(sim)) {
      if (row["name"] === enabled) sim.world.secrets.update(row[".id"]!, { disabled: "true" });
    }
    agent();
    await until(() => !disabledNames(sim).has(enabled), { timeoutMs: 20_000, what: "the enable from disk" });
    assert.deepEqual(disabledNames(sim), before);
  });
});

Deno.test("agent process writes nothing to another router and tells a wrong password", async () => {
  await withParts(async ({ web, sim, agent }) => {
    const managed = namesOf(sim);
    web.onHello = () =>
      void sendSettings(web, sim, "admin", "SOMEBODYELSE").then(() =>
        web.sendState(ROUTER, LINEAGE, 2n, wanted(managed, new Set(managed)))
      );
    agent();
    const status = (wantedStatus: string) =>
      web.of("router.status").some((message) => message.status === wantedStatus);
    await until(() => status("wrong_router"), { timeoutMs: 20_000, what: "wrong_router" });
    assert.ok(!sim.log.some((entry) => JSON.stringify(entry).includes("/set")));
    await sendSettings(web, sim, "not the password");
    await until(() => status("wrong_password"), { timeoutMs: 10_000, what: "wrong_password" });
  });
});

Deno.test("agent process runs a command once however often it is delivered, and refuses a late one", async () => {
  await withParts(async ({ web, sim, agent }) => {
    web.onHello = () => void sendSettings(web, sim);
    agent();
    await until(() => web.of("router.status").length > 0, {
      timeoutMs: 20_000,
      what: "the router is online",
    });
    const send = (id: string, kind: "router.test" | "router.read_secrets", lateMs = 0) =>
      web.send({
        t: "command",
        id,
        kind,
        router_id: ROUTER,
        arguments: {},
        not_after_ms: Date.now() + 60_000 - lateMs,
      });
    const results = (id: string) => web.of("command.result").filter((message) => message.id === id);
    const [test, read, late] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    send(test, "router.test");
    await until(() => results(test).length === 1);
    const logins = sim.log.filter((entry) => entry.words[0] === "/login").length;
    send(test, "router.test");
    await until(() => results(test).length === 2);
    assert.deepEqual(results(test)[0]!.result, results(test)[1]!.result);
    assert.equal(sim.log.filter((entry) => entry.words[0] === "/login").length, logins);
    send(read, "router.read_secrets");
    await until(() => results(read)[0]?.status === "done");
    assert.equal(web.of("command.part").length, 2);
    assert.ok(!JSON.stringify(web.of("command.part")).includes("password"));
    send(late, "router.test", 120_000);
    await until(() => results(late)[0]?.status === "expired");
  });
});

Deno.test("agent allow lets a cut subscriber through on the router", async () => {
  await withParts(async ({ web, sim, folder, agent }) => {
    const name = [...disabledNames(sim)][0]!;
    web.permit = () => [];
    web.onHello = () =>
      void sendSettings(web, sim).then(() =>
        web.sendState(ROUTER, LINEAGE, 2n, wanted([name], new Set([name])))
      );
    agent();
    await until(() => web.of("state.report").length > 0, { timeoutMs: 20_000, what: "a report" });
    assert.ok(disabledNames(sim).has(name));
    const cli = AgentProcess.start(["allow", name, "24h", "--data", join(folder, "agent")]);
    assert.equal((await cli.child.status).code, 0);
    await until(() => !disabledNames(sim).has(name), {
      timeoutMs: 10_000,
      what: "the subscriber is let through",
    });
    const drift = () => web.of("state.report").at(-1)?.secrets.find((row) => row.name === name)?.drift;
    await until(() => drift() === "enabled_by_hand", { what: "the override is reported" });
  });
});
