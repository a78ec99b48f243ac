import assert from "node:assert/strict";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { pay } from "@/tests/billing/isp.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { playedMorning, showRouters } from "../cuts/tonight_isp.ts";
import { followAll } from "./_figures.ts";

Deno.test("who may not see sites and routers is not told that nothing of them needs her", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  assert.match((await owner.get("/admin")).text, /The agent of Ilaya is not connected/);
  const cashier = await app.signIn(isp.tenantId, "Cashier");
  const { text } = await cashier.get("/admin");
  assert.match(text, /Nothing needs you\. Looked at and in order: the server's clock, runs\./);
  assert.match(text, /Not shown to your role: sites and routers/);
});

Deno.test("a cashier's Today speaks neither of a question about a router nor of what is wrong with it", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  await showRouters(isp, {
    question: JSON.stringify({ id: crypto.randomUUID(), kind: "changed_at_once" }),
    remarks: JSON.stringify([
      { code: "router_may_not_write", message: "x" },
      { code: "router_clock_unset", message: "x" },
    ]),
  });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  assert.match(
    (await owner.get("/admin")).text,
    /Router 1: many accounts are not as Linya left them.*Router 1: Linya may not write to this router, and 1 more/,
  );
  const cashier = await app.signIn(isp.tenantId, "Cashier");
  const { text } = await cashier.get("/admin");
  assert.doesNotMatch(text, /Router 1|as Linya left them|may not write|in order:[^.]*routers/);
  assert.match(text, /Not shown to your role: sites and routers/);
});

Deno.test("whatever a role may do, each link of its Today opens, and what is called in order was looked at", async () => {
  await using past = await playedMorning({ brakePercent: 5 });
  const { isp } = past;
  const app = await createWebApp(isp.context);
  for (const permission of PERMISSIONS.filter((one) => one !== "today:read")) {
    const user = await app.signIn(isp.tenantId, ["today:read", permission]);
    const { html, text } = await user.get("/admin");
    const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? "";
    const links = new Set(
      [...main.matchAll(/href="(\/admin[^"]*)"/g)].map(([, href = ""]) => href.replaceAll("&amp;", "&")),
    );
    for (const href of links) {
      assert.ok([200, 303].includes((await user.get(href)).status), `${permission}: ${href}`);
    }
    if (permission !== "site:read") assert.doesNotMatch(text, /in order:[^.]*agents/, permission);
    if (permission !== "router:read") assert.doesNotMatch(text, /in order:[^.]*routers/, permission);
  }
});

Deno.test("counts on every page agree with their lists, with cancelled, held, pending and an archived plan among them", async () => {
  await using past = await playedMorning({ subscribers: 20 });
  const { isp } = past;
  const set = (n: number, fields: Record<string, unknown>) =>
    isp.run((trx) =>
      trx.updateTable("subscriptions").set(fields).where("tenant_id", "=", isp.tenantId)
        .where("id", "=", isp.subscriptionIds[n]!).execute()
    );
  await set(12, { status: "cancelled", next_bill_on: null });
  await set(13, { status: "pending", next_bill_on: null });
  await pay(isp, 14, 700);
  const planId = crypto.randomUUID();
  await isp.run((trx) =>
    trx.insertInto("plans").values({ tenant_id: isp.tenantId, id: planId, name: "Old", price_centavos: 1n })
      .execute()
  );
  await set(15, { plan_id: planId });
  await set(12, { plan_id: planId });
  await isp.run((trx) =>
    trx.updateTable("plans").set({ archived_at: isp.clock.now() }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", planId).execute()
  );
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  for (const path of ["/admin", "/admin/plans?archived=yes", "/admin/subscribers", "/admin/tonight"]) {
    const figures = await followAll(owner, path);
    assert.ok(figures.length > 0, `${path} has numbers that lead to lists`);
  }
  const today = (await owner.get("/admin")).text;
  const list = (await owner.get("/admin/subscribers")).text;
  assert.match(today, /Online now 0 of 19 connections/);
  assert.match(today, /Cancelled 1/);
  assert.match(list, /All 20[\s\S]*Cancelled 1/);
});

Deno.test("beside stopped bills there is no next bill", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const path = `/admin/subscribers/${isp.subscriberIds[0]}`;
  assert.match((await owner.get(path)).text, /Next bill/);
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({
      stopped_from_on: Temporal.PlainDate.from("2026-02-01"),
      stopped_at: Temporal.Instant.from("2026-02-01T01:00:00Z"),
    })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[0]!).execute()
  );
  const { text } = await owner.get(path);
  assert.match(text, /no bills are made from/);
  assert.doesNotMatch(text, /Next bill/);
  for (const list of ["/admin/subscribers?stopped=yes", "/admin/subscribers.csv?stopped=yes"]) {
    const answer = await owner.get(list);
    assert.match(answer.text, /A-00001/, list);
    assert.doesNotMatch(answer.text, /Next bill/i, list);
  }
});
