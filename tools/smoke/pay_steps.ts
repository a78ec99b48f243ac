import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { postPayment, type Scene } from "./scene.ts";
import type { Step } from "./steps.ts";

/** From payments back to service, also with the agent away. */
export function paySteps(scene: Scene): Step[] {
  const backOnline = async (name: string) => {
    const { secrets, online } = await scene.router();
    return secrets.get(name)?.disabled === false && online.has(name);
  };
  return [
    {
      name: "a payment brings the subscriber back at once",
      run: async () => {
        const [payer] = scene.cut;
        if (payer === undefined) throw new Error("Cannot pay: nobody was cut");
        await postPayment(scene, payer.subscriber);
        const startedAt = performance.now();
        const enabled = async () => (await scene.router()).secrets.get(payer.name)?.disabled === false;
        await until(enabled, { timeoutMs: 10_000, everyMs: 5, what: "the router has the payer enabled" });
        const tookMs = performance.now() - startedAt;
        await until(() => backOnline(payer.name), { timeoutMs: 15_000, what: "the payer dials in" });
        return `enabled on the router ${tookMs.toFixed(0)} ms after the receipt`;
      },
    },
    {
      name:
        "a hand-made change found and settled: a payer who was disabled in WinBox is on again, and the page tells of it",
      run: async () => {
        const [payer] = scene.cut;
        if (payer === undefined) throw new Error("Cannot disable a payer: nobody was cut");
        await scene.disableSecret(payer.name);
        const startedAt = performance.now();
        await until(() => backOnline(payer.name), { timeoutMs: 120_000, what: "the payer is on again" });
        const tookMs = performance.now() - startedAt;
        const [router] = await scene.rows("select id from routers");
        const told = `Changed by hand.*${payer.name}.*Disabled.*Linya turns such an account on again`;
        await scene.user.openUntil(`/admin/routers/${router?.["id"]}`, new RegExp(told, "s"), 30_000);
        const change = await scene.sql("select kind, ppp_name from router_hand_changes");
        assert.deepEqual([change["kind"], change["ppp_name"]], ["disabled", payer.name]);
        return `on again ${(tookMs / 1_000).toFixed(1)} s later`;
      },
    },
    {
      name: "the agent dies; a payment waits; it comes back and only the payer is restored",
      run: async () => {
        const [, payer, ...others] = scene.cut;
        if (payer === undefined) throw new Error("Cannot pay: too few were cut");
        await scene.stack.killAgent();
        await postPayment(scene, payer.subscriber);
        assert.equal((await scene.router()).secrets.get(payer.name)?.disabled, true);
        await scene.stack.startAgent();
        await until(() => backOnline(payer.name), { timeoutMs: 30_000, what: "the payer is back" });
        const { secrets } = await scene.router();
        for (const other of others) assert.equal(secrets.get(other.name)?.disabled, true, other.name);
      },
    },
  ];
}

/** Killed parts, the books, and the end. */
export function faultSteps(scene: Scene): Step[] {
  const { stack } = scene;
  return [
    {
      name: "the web is killed and started again; another payment restores",
      run: async () => {
        const payer = scene.cut[2];
        if (payer === undefined) throw new Error("Cannot pay: too few were cut");
        await stack.killWeb();
        await stack.startWeb();
        await postPayment(scene, payer.subscriber);
        await until(async () => (await scene.router()).secrets.get(payer.name)?.disabled === false, {
          timeoutMs: 60_000,
          what: "the agent reconnects and enables the payer",
        });
      },
    },
    {
      name: "the books balance, asked with separate SQL",
      run: async () => {
        const trial = await scene.sql(
          "select coalesce(sum(amount_centavos), 0)::text as sum, count(*) as entries from ledger_entries",
        );
        assert.equal(trial["sum"], "0");
        const bills = await scene.sql(
          `select count(*) as n from bills b where paid_centavos <> coalesce((select sum(a.amount_centavos)
          from allocations a where a.tenant_id = b.tenant_id and a.bill_id = b.id and a.released_at is null), 0)`,
        );
        assert.equal(Number(bills["n"]), 0, "every bill's paid amount is the sum of its allocations");
        const receivable = await scene.sql(
          `select (select coalesce(sum(amount_centavos), 0) from ledger_entries where account = 'receivable')
          = (select coalesce(sum(total_centavos - paid_centavos), 0) from bills where status = 'issued') as same`,
        );
        assert.equal(String(receivable["same"]), "true", "receivable is what the open bills say");
        return `${trial["entries"]} entries, sum 0`;
      },
    },
    {
      name: "stop every part",
      run: async () => {
        const pids = [stack.webPid, stack.agentPid, stack.postgres.pid];
        await scene.books?.close();
        await stack.stop();
        for (const pid of pids) assert.ok(pid === null || !await isAlive(pid), `process ${pid} is gone`);
      },
    },
  ];
}

async function isAlive(pid: number): Promise<boolean> {
  const { code } = await new Deno.Command("kill", {
    args: ["-0", String(pid)],
    stdout: "null",
    stderr: "null",
  }).output();
  return code === 0;
}
