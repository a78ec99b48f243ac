import assert from "node:assert/strict";
import { Cashier } from "@/tests/support/cashier.ts";
import { TEST_OWNER, TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { soaked } from "@/tests/support/soak.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { DatabaseUnavailableError } from "@/web/store/db/database.ts";

const WEB_KILLS = soaked(3, 40);
const POSTMASTER_KILLS = soaked(2, 30);
const RUN_KILLS = soaked(2, 30);
/** Answers that must come between two kills. */
const BETWEEN = 12;
/** The database is up again, and the web with it, within this time. */
const HEAL_MS = 10_000;

Deno.test("the web or PostgreSQL is killed under payments and runs: nothing is lost, doubled or cut wrongly", async (t) => {
  await using provider = await TestStack.start({ secrets: 30 });
  const { stack } = provider;

  await t.step(
    "web killed under payments over HTTP: each acknowledged one stands, once",
    async () => {
      await using counter = await openCounter(provider);
      for (let kill = 0; kill < WEB_KILLS; kill++) {
        await counter.hasServed(BETWEEN);
        await stack.killWeb();
        await stack.startWeb();
      }
      await counter.hasServed(BETWEEN);
      await counter.close();
      assert.ok(counter.unanswered > 0, "no kill was felt");
      await counter.assertPosted();
      await provider.assertHonest();
    },
  );

  await t.step("PostgreSQL killed under payments and a bill run: the web stays up and heals", async () => {
    const pid = stack.webPid;
    await using counter = await openCounter(provider);
    const billing = runNextBillDay(provider);
    for (let kill = 0; kill < POSTMASTER_KILLS; kill++) {
      await counter.hasServed(BETWEEN, HEAL_MS);
      Deno.kill(stack.postgres.pid, "SIGKILL");
    }
    await counter.hasServed(BETWEEN, HEAL_MS);
    await counter.close();
    await billing;
    assert.equal(stack.webPid, pid, "the web process ended");
    assert.ok(counter.unanswered > 0, "no kill was felt");
    await counter.assertPosted();
    assert.equal((await fetch(`${stack.url}/health`)).status, 200);
    await until(() => provider.isAgentConnected(), { timeoutMs: 20_000, what: "the agent's link is up" });
    await provider.settle();
    await provider.assertHonest();
  });

  await t.step(
    "web killed under a cut run: pressed again it ends, in the books and on the router",
    async () => {
      const { runId, names } = await provider.nextCutList();
      assert.ok(names.length > 20, `only ${names.length} are listed`);
      const paid = names.slice(0, 4);
      for (const name of paid) await provider.pay(name);
      const owner = await Cashier.signIn(stack.url, TEST_OWNER);
      const runNow = () => owner.send("/admin/tonight/run", { run: runId });
      for (let kill = 0; kill < RUN_KILLS; kill++) {
        const asked = runNow();
        await pause(Math.random() * 40);
        await stack.killWeb();
        await asked;
        await stack.startWeb();
      }
      const isDone = async () => {
        await runNow();
        return (await provider.query("select 1 from runs where id = $1 and status = 'done'", [runId]))
          .length === 1;
      };
      await until(isDone, { timeoutMs: HEAL_MS, what: "the cut run ends" });
      await provider.untilConverged(40_000);
      assert.deepEqual(await provider.disabledLines(), names.filter((name) => !paid.includes(name)));
      await provider.assertHonest();
      await provider.settle();
    },
  );
});

/** Customers who keep on paying ₱5 each until the counter is closed. */
interface Counter extends AsyncDisposable {
  unanswered: number;
  /** Waits until so many more payments were acknowledged. */
  hasServed(count: number, timeoutMs?: number): Promise<void>;
  /** Lets who is being served finish. */
  close(): Promise<void>;
  /** Every key is one payment, under the id that its browser was told. */
  assertPosted(): Promise<void>;
}

async function openCounter(provider: TestStack): Promise<Counter> {
  const cashier = await Cashier.signIn(provider.stack.url, TEST_OWNER);
  const receivedOn = await provider.today();
  const keys: string[] = [];
  let isOpen = true;
  const serve = async (window: number) => {
    for (let n = window; isOpen; n += 3) {
      const line = provider.lines[n % provider.lines.length];
      assert.ok(line !== undefined);
      const key = `counter-${crypto.randomUUID()}`;
      keys.push(key);
      await cashier.pay({ subscriberId: line.subscriberId, pesos: "5", key }, receivedOn);
    }
  };
  const served = Promise.all([serve(0), serve(1), serve(2)]);
  // A refusal is told where it is waited for.
  served.catch(() => {});
  const close = async () => {
    isOpen = false;
    await served;
  };
  return {
    get unanswered() {
      return cashier.unanswered;
    },
    async hasServed(count, timeoutMs = 20_000) {
      const before = cashier.acknowledged.size;
      const isServed = until(() => cashier.acknowledged.size >= before + count, {
        timeoutMs,
        what: `${count} payments are answered`,
      });
      await Promise.race([isServed, served.then(() => isServed)]);
    },
    close,
    async assertPosted() {
      assert.equal(cashier.acknowledged.size, keys.length);
      const rows = await provider.query<{ key: string; id: string; amount: string }>(
        `select idempotency_key as key, id, amount_centavos::text as amount from payments where tenant_id = $1
          and idempotency_key = any($2)`,
        [provider.tenantId, keys],
      );
      assert.equal(rows.length, keys.length, "a payment is missing or was posted twice");
      for (const { key, id, amount } of rows) {
        assert.deepEqual([id, amount], [cashier.acknowledged.get(key), "500"]);
      }
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
      await served.catch(() => {});
    },
  };
}

/** Another process raises the next bills meanwhile, as often as it takes. */
async function runNextBillDay(provider: TestStack): Promise<void> {
  const [row] = await provider.query<{ on: string }>(
    "select min(next_bill_on)::text as on from subscriptions where tenant_id = $1",
    [provider.tenantId],
  );
  await provider.setBusinessTime(Temporal.PlainDate.from(row?.on ?? ""), "00:10");
  await until(async () => {
    try {
      return (await runDueDays(provider.context, provider.tenantId, provider.actor)).ok;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError)) throw error;
      return false;
    }
  }, { timeoutMs: 60_000, what: "the bills are raised" });
}

/** Moments of a kill are random; nothing is waited for. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
