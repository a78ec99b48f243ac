import assert from "node:assert/strict";
import { type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { MORNING, playedMorning } from "../cuts/tonight_isp.ts";

const LISTS = ["/admin/subscribers", "/admin/bills", "/admin/payments", "/admin/tonight"];
const PAGES_MAX = 50;

/** One number of Today and the list that it opens. */
interface Figure {
  href: string;
  text: string;
  /** Centavos when it is money, else a count of rows. */
  value: bigint;
  isMoney: boolean;
}

/** Every link of the page whose text is a number, and every card that is one. */
function figuresOf(html: string): Figure[] {
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? "";
  const figures: Figure[] = [];
  for (const [, attributes = "", inner = ""] of main.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)) {
    const href = /href="([^"]*)"/.exec(attributes)?.[1]?.replaceAll("&amp;", "&") ?? "";
    if (!LISTS.includes(href.split("?")[0] ?? "")) continue;
    const marked = /class="kpi-value">([\s\S]*?)<\/span>/.exec(inner)?.[1] ??
      /<b>([\s\S]*?)<\/b>/.exec(inner)?.[1];
    const text = (marked ?? inner).replace(/<[^>]*>/g, "").trim();
    const number = /^(₱?)([\d,]+)(?:\.(\d\d))?/.exec(text);
    if (number === null) continue;
    const [, sign, whole = "", cents = ""] = number;
    const isMoney = sign === "₱";
    figures.push({ href, text, isMoney, value: BigInt(whole.replaceAll(",", "") + (isMoney ? cents : "")) });
  }
  return figures;
}

/** Rows of a list through all of its pages, and the sum of a column of money. */
async function measure(user: PageUser, href: string): Promise<{ rows: bigint; sums: Map<string, bigint> }> {
  let [rows, next] = [0n, href];
  const sums = new Map<string, bigint>();
  for (let page = 0; next !== ""; page++) {
    assert.ok(page < PAGES_MAX, `${href} has no end`);
    const { html, status } = await user.get(next);
    assert.equal(status, 200, next);
    const table = /<table\b[\s\S]*?<\/table>/.exec(html)?.[0] ?? "";
    const heads = [
      ...(/<thead[\s\S]*?<\/thead>/.exec(table)?.[0] ?? "").matchAll(/<th\b[^>]*>([\s\S]*?)<\/th>/g),
    ]
      .map(([, head = ""]) => head.replace(/<[^>]*>/g, "").trim());
    for (const [row] of (/<tbody[\s\S]*?<\/tbody>/.exec(table)?.[0] ?? "").matchAll(/<tr\b[\s\S]*?<\/tr>/g)) {
      rows++;
      const cells = [...row.matchAll(/<t[dh]\b[^>]*>([\s\S]*?)<\/t[dh]>/g)].map(([, cell = ""]) => cell);
      heads.forEach((head, at) => {
        const money = /₱([\d,]+)\.(\d\d)/.exec(cells[at] ?? "");
        if (money === null) return;
        sums.set(head, (sums.get(head) ?? 0n) + BigInt(`${money[1]}${money[2]}`.replaceAll(",", "")));
      });
    }
    const link = [...html.matchAll(/<a\b[^>]*>/g)].find(([tag]) =>
      /rel="next"/.test(tag) || /[?&;]after=/.test(tag)
    );
    next = /href="([^"]*)"/.exec(link?.[0] ?? "")?.[1]?.replaceAll("&amp;", "&") ?? "";
  }
  return { rows, sums };
}

/** Follows every number of Today and compares it with the list that it opens. */
async function followAll(user: PageUser): Promise<Figure[]> {
  const { html, status } = await user.get("/admin");
  assert.equal(status, 200);
  const figures = figuresOf(html);
  const lists = new Map<string, ReturnType<typeof measure>>();
  for (const figure of figures) {
    const list = lists.get(figure.href) ?? measure(user, figure.href);
    lists.set(figure.href, list);
    const { rows, sums } = await list;
    if (!figure.isMoney) assert.equal(rows, figure.value, `${figure.text} leads to ${figure.href}`);
    else if (rows === 0n) assert.equal(figure.value, 0n, `${figure.text} leads to ${figure.href}`);
    else {
      assert.ok(
        [...sums.values()].includes(figure.value),
        `${figure.text} leads to ${figure.href}, which sums to ${JSON.stringify([...sums].map(String))}`,
      );
    }
  }
  return figures;
}

async function showAsOnline(isp: Isp): Promise<void> {
  const now = isp.clock.now();
  await isp.run(async (trx) => {
    const { id } = await trx.selectFrom("agents").select("id").where("tenant_id", "=", isp.tenantId)
      .executeTakeFirstOrThrow();
    const seen = { connected_at: now, heartbeat_at: now, disconnected_at: null };
    await trx.insertInto("agent_presence").values({
      ...seen,
      tenant_id: isp.tenantId,
      agent_id: id,
      node_id: "n",
      epoch: 1n,
      version: "1",
      round_trip_ms: 20,
    }).onConflict((conflict) => conflict.columns(["tenant_id", "agent_id"]).doUpdateSet(seen)).execute();
    await trx.updateTable("routers").set({ status: "online", status_at: now })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.routerIds[0]!).execute();
    const secrets = await trx.selectFrom("desired_secrets").select(["router_id", "ppp_name"])
      .where("tenant_id", "=", isp.tenantId).orderBy("ppp_name").execute();
    await trx.insertInto("observed_secrets").values(secrets.map((secret, n) => ({
      ...secret,
      tenant_id: isp.tenantId,
      is_present: true,
      is_disabled: false,
      profile: "50M",
      is_online: n % 3 !== 0,
      address: null,
      caller_id: null,
      uptime_seconds: null,
      drift: null,
      observed_at: now,
    }))).execute();
  });
}

Deno.test("every number on Today equals the list that it opens, through all of its pages", async () => {
  await using past = await playedMorning({ subscribers: 60 });
  const { isp } = past;
  await showAsOnline(isp);
  for (const n of [12, 13, 14]) await pay(isp, n, n === 13 ? 700 : 1499);
  assertOk(
    await recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[15]!,
      amountCentavos: 149_900n as never,
      method: "gcash",
      receivedOn: Temporal.PlainDate.from("2026-02-14"),
      reference: "9012345678",
      idempotencyKey: "counter-gcash-0001",
    }),
  );
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  const figures = await followAll(owner);
  const leads = new Set(figures.map(({ href }) => href.split("?")[0]));
  assert.deepEqual([...leads].sort(), [...LISTS].sort());
  // 120 days of money in the table of the chart, and about twenty figures around it.
  assert.ok(figures.length > 70, `only ${figures.length} numbers are links`);
  const { html } = await owner.get("/admin");
  assert.match(html, /class="kpi-value">\d/);
});

Deno.test("after midnight in the tenant's zone Today is the new day, and its numbers still equal their lists", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  await liveUntil(isp, "2026-02-14T23:50:00");
  await pay(isp, 0, 1499);
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const late = await app.signIn(isp.tenantId, "Owner");
  assert.match((await late.get("/admin")).text, /Collected today ₱1,499\.00/);
  await followAll(late);
  // 00:02 in Manila; in UTC it is still the 14th.
  await liveUntil(isp, "2026-02-15T00:02:00");
  const early = await app.signIn(isp.tenantId, "Owner");
  const page = await early.get("/admin");
  assert.match(page.text, /Sun, 15 Feb 2026/);
  assert.match(page.text, /Collected today ₱0\.00/);
  await followAll(early);
});

Deno.test("what needs a person has one sentence and one button, and those without the permission do not see it", async () => {
  await using past = await playedMorning({ brakePercent: 5 });
  const { isp } = past;
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  const page = await owner.get("/admin");
  assert.match(page.text, /The cut run of Sat, 14 Feb 2026 waits for approval with 6 connections/);
  assert.match(page.html, /href="\/admin\/tonight\/approve\?run=[^"]*"[^>]*>(<[^>]*>)*Look and approve/);
  assert.match(page.text, /The agent of Ilaya is not connected/);
  assert.doesNotMatch(page.text, /Router 1: it was not reached yet/, "one line for one cause");
  const technician = await app.signIn(isp.tenantId, "Technician");
  const theirs = await technician.get("/admin");
  assert.doesNotMatch(theirs.text, /waits for approval/);
  assert.doesNotMatch(theirs.text, /₱/, "a role without money sees no money");
  assert.match(
    theirs.text,
    /Not shown to your role: Tonight, payments, bills and what is past due\. Ana Reyes can change that/,
  );
});

Deno.test("failed commands, two payments with one reference and days without runs are listed until they are settled", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  const now = isp.clock.now();
  const [routerId = ""] = isp.routerIds;
  const command = async (status: "failed" | "done", minutes: number) => {
    await isp.run(async (trx) => {
      const { id } = await trx.selectFrom("agents").select("id").where("tenant_id", "=", isp.tenantId)
        .executeTakeFirstOrThrow();
      const at = now.add({ minutes });
      await trx.insertInto("commands").values({
        tenant_id: isp.tenantId,
        id: crypto.randomUUID(),
        agent_id: id,
        router_id: routerId,
        kind: "test_router",
        status,
        requested_by: "Maria Santos",
        requested_at: at,
        not_after_at: at.add({ minutes: 5 }),
        sent_at: at,
        finished_at: at,
        result: null,
        error_code: status === "failed" ? "timeout" : null,
        error_message: status === "failed" ? "The router did not answer in 10 s." : null,
      }).execute();
    });
  };
  await command("failed", 0);
  for (const key of ["a", "b"]) {
    await recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[key === "a" ? 0 : 1]!,
      amountCentavos: 10_000n as never,
      method: "gcash",
      receivedOn: Temporal.PlainDate.from("2026-02-14"),
      reference: "9012345678",
      confirmDuplicateReference: true,
      idempotencyKey: `counter-gcash-000${key}`,
    });
  }
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  const first = await owner.get("/admin");
  assert.match(first.text, /A command to Router 1 did not succeed: The router did not answer in 10 s\./);
  assert.match(first.text, /2 posted payments have the same GCash reference, 9012345678/);
  await command("done", 1);
  assert.doesNotMatch((await owner.get("/admin")).text, /did not succeed/);
  assert.doesNotMatch(first.text, /the scheduler does not run/);
  isp.clock.advance({ hours: 72 });
  const later = await app.signIn(isp.tenantId, "Owner");
  assert.match((await later.get("/admin")).text, /The runs of 3 days are missing, from Sun, 15 Feb 2026 on/);
});

Deno.test("a held connection counts in the Tonight card as its list shows it", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  assertOk(
    await holdSubscription(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      untilOn: Temporal.PlainDate.from("2026-02-18"),
      reason: "Pays on Wednesday",
    }),
  );
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  assert.match((await owner.get("/admin")).text, /Held, nobody cuts them 2/);
  assert.ok(MORNING.startsWith("2026-02-14"));
  await followAll(owner);
});
