import pg from "pg";
import { RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { eq } from "@/shared/routeros/mod.ts";
import { Cashier } from "@/tests/support/cashier.ts";
import { TEST_OWNER, type TestLine, TestStack } from "@/tests/support/stack.ts";
import { ROUTER_LOGIN } from "@/tools/stack/mod.ts";
import { median, quantile, type Scenario } from "../row.ts";

const PAYMENTS = 100;
/** The agent writes at most 10 a second to a router after a burst of 50: a slower pace measures the way, not the queue. */
const PACE_MS = 110;
const P99_GOAL_MS = 100;
/** Payments at a router that takes its time, and how long it takes for a command: a small board needs 1 to 5 ms. */
const SLOW_PAYMENTS = 40;
const SLOW_COMMAND_MS = 5;
const PRICE = "5000.00";

/** From sending the payment form to the web's having read the enabled secret back from the router. */
export const paymentReadBack: Scenario = {
  name: "payment_read_back",
  what: `${PAYMENTS} payments over HTTP, each until the router's read-back stands in the database`,
  async run() {
    await using provider = await TestStack.start({ secrets: PAYMENTS + SLOW_PAYMENTS + 40 });
    const { runId, names, day } = await provider.nextCutList();
    await provider.goTo(day, "12:00");
    await provider.cut(runId);
    await provider.untilConverged();
    const client = new pg.Client({ connectionString: provider.stack.postgres.superuserUrl });
    await client.connect();
    try {
      const lines = provider.lines.filter(({ name }) => names.includes(name));
      const cashier = await Cashier.signIn(provider.stack.url, TEST_OWNER);
      await client.query("create table bench_commits (id bigserial primary key, at timestamptz not null)");
      const measure = async (some: readonly TestLine[]) => {
        const times = [];
        for (const line of some) times.push(await payAndWait(provider, client, cashier, line, day));
        return { times, floors: await measureFloor(provider, client, some.length) };
      };
      const quick = await measure(lines.slice(0, PAYMENTS));
      provider.router.sim.setLatency(SLOW_COMMAND_MS);
      const slow = await measure(lines.slice(PAYMENTS, PAYMENTS + SLOW_PAYMENTS));
      provider.router.sim.setLatency(0);
      return [
        toRow("payment_read_back", quick),
        toRow("payment_slow_router", slow, `a router that takes ${SLOW_COMMAND_MS} ms for a command; `),
      ];
    } finally {
      await client.end();
    }
  },
};

interface Measured {
  times: readonly number[];
  floors: readonly number[];
}

function toRow(row: string, { times, floors }: Measured, where = "") {
  const [ours, floor] = [median(times), median(floors)];
  const p99 = quantile(times, 0.99);
  return {
    row,
    unit: "ms" as const,
    ours,
    floor,
    peer: null,
    ratio: ours / floor,
    goal: "p50 at most 3 x floor, p99 under 100 ms",
    met: ours <= 3 * floor && p99 < P99_GOAL_MS,
    note:
      `${where}p50 of ${times.length}, p99 ${
        p99.toFixed(1)
      } ms; floor: one durable commit and two router calls; ` +
      "peers that poll need seconds; why it is more: decision 0023",
  };
}

async function payAndWait(
  provider: TestStack,
  client: pg.Client,
  cashier: Cashier,
  line: TestLine,
  day: Temporal.PlainDate,
): Promise<number> {
  const nextAt = performance.now() + PACE_MS;
  const startedAt = performance.now();
  const payment = { subscriberId: line.subscriberId, pesos: PRICE, key: `bench-${crypto.randomUUID()}` };
  const answered = cashier.pay(payment, day);
  await untilReadBack(client, provider.tenantId, line);
  const took = performance.now() - startedAt;
  await answered;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextAt - performance.now())));
  return took;
}

/** Asks on one connection without a pause: a look costs a fraction of a millisecond. */
async function untilReadBack(
  client: pg.Client,
  tenantId: string,
  { routerId, name }: TestLine,
): Promise<void> {
  const query = {
    name: "read_back",
    text: `select 1 from observed_secrets where tenant_id = $1 and router_id = $2 and ppp_name = $3
      and is_disabled = false`,
    values: [tenantId, routerId, name],
  };
  const deadline = performance.now() + 10_000;
  while ((await client.query(query)).rowCount === 0) {
    if (performance.now() > deadline) {
      throw new Error(`Cannot measure: ${name} was not read back within 10 s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** One durable commit on the same server, then a write and a read on the same router. */
async function measureFloor(provider: TestStack, client: pg.Client, count: number): Promise<number[]> {
  const { sim } = provider.router;
  const session = await RouterOsSession.connect({
    host: sim.host,
    port: sim.port,
    user: ROUTER_LOGIN.username,
    password: ROUTER_LOGIN.password,
    writeRate: { perSecond: 10_000, burst: 10_000 },
  });
  try {
    const times = [];
    for (let i = 0; i < count; i++) {
      const startedAt = performance.now();
      await client.query("insert into bench_commits (at) values (now())");
      const name = "not-ours-1";
      await session.call("/ppp/secret/set", { numbers: name, disabled: i % 2 === 0 });
      await session.call("/ppp/secret/print", {}, {
        query: eq("name", name),
        proplist: ["name", "disabled"],
      });
      times.push(performance.now() - startedAt);
    }
    return times;
  } finally {
    await session.close();
  }
}
