import assert from "node:assert/strict";
import { type Isp, todayOf } from "@/tests/billing/isp.ts";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { subjectOf } from "@/web/app/route_table.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import type { PathSubject } from "@/web/store/access/path_subjects.ts";
import { everything } from "./_everything.ts";
import { listHidden, splitSites } from "./_two_sites.ts";

/** What belongs to the whole company, and is there for whoever has the permission. */
const OF_ALL_SITES: readonly PathSubject[] = ["invites", "plans", "roles", "runs", "staff"];

/** Ids of things of the first site only. */
async function hiddenThings(
  isp: Isp,
  ids: Record<PathSubject, string>,
): Promise<Record<PathSubject, string>> {
  const hidden = (await listHidden(isp)).map(({ id }) => id);
  return await isp.run(async (trx) => {
    const first = async (table: "bills" | "payments" | "mail_messages") =>
      (await trx.selectFrom(table).select("id").where("subscriber_id", "in", hidden).orderBy("id")
        .executeTakeFirstOrThrow()).id;
    const named = {
      ...ids,
      bills: await first("bills"),
      payments: await first("payments"),
      mail: await first("mail_messages"),
    };
    await trx.updateTable("mail_batches").set({ bill_ids: [named.bills] }).execute();
    return named;
  });
}

Deno.test("to who is limited to one site the things of another are not there, wherever a request names them", async () => {
  await using played = await playedMorning();
  const { isp } = played;
  const whole = await everything(isp);
  const { second } = await splitSites(isp);
  const ids = await hiddenThings(isp, whole);
  const app = await createWebApp(isp.context);
  const cashier = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [second] });
  const owner = await app.signIn(isp.tenantId, PERMISSIONS);
  const wrong: string[] = [];
  let asked = 0;
  for (const { method, pattern } of await loadRouteTable()) {
    if (!pattern.startsWith("/admin") || pattern === "/admin/sign-out") continue;
    const subject = pattern.includes("/:id") ? subjectOf(pattern) : null;
    if (pattern.includes("/:") && subject === null) continue;
    const id = subject === null ? null : ids[subject];
    if (subject !== null && OF_ALL_SITES.includes(subject) || id === undefined) continue;
    const send = (path: string, fields: Record<string, string>) =>
      method === "GET" ? cashier.get(path) : cashier.post(path, fields);
    asked++;
    if (id !== null) {
      const { status } = await send(pattern.replace(":id", id), {});
      if (status !== 404) wrong.push(`${method} ${pattern}: ${status}`);
    } else {
      const named = {
        subscriber: isp.subscriberIds[0]!,
        connection: isp.subscriptionIds[0]!,
        bill: ids.bills,
      };
      const query = method === "GET" ? `?${new URLSearchParams(named)}` : "";
      const { status } = await send(pattern + query, named);
      if (status !== 404) wrong.push(`${method} ${pattern} with ids: ${status}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(asked > 150, `only ${asked} routes were asked`);
  assert.equal((await owner.get(`/admin/subscribers/${isp.subscriberIds[0]}`)).status, 200);
});

Deno.test("every page opens for who is limited, and names nobody of another site", async () => {
  await using played = await playedMorning();
  const { isp } = played;
  const ids = await everything(isp);
  const { second } = await splitSites(isp);
  const app = await createWebApp(isp.context);
  const limited = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [second] });
  const hidden = (await listHidden(isp)).map(({ name }) => name);
  assert.ok(hidden.length > 2);
  const wrong: string[] = [];
  for (const { method, pattern } of await loadRouteTable()) {
    if (method !== "GET" || !pattern.startsWith("/admin") || pattern === "/admin/events") continue;
    const subject = pattern.includes("/:id") ? subjectOf(pattern) : null;
    if (pattern.includes("/:") && (subject === null || !OF_ALL_SITES.includes(subject))) continue;
    const page = await limited.get(subject === null ? pattern : pattern.replace(":id", ids[subject]));
    if (page.status >= 500) wrong.push(`${pattern}: ${page.status}`);
    const named = hidden.filter((name) => page.html.includes(name));
    if (named.length > 0) wrong.push(`${pattern} names ${named.slice(0, 3).join(", ")}`);
  }
  assert.deepEqual(wrong, []);
});

Deno.test("who is limited holds all that match: those of their site, and nobody else's", async () => {
  await using played = await playedMorning();
  const { isp } = played;
  const { second } = await splitSites(isp);
  const app = await createWebApp(isp.context);
  const clerk = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [second] });
  const bar = { list: "subscribers", all: "yes", filter: "", back: "/admin/subscribers" };
  const ask = await clerk.post("/admin/bulk/hold", bar);
  assert.equal(ask.status, 200, ask.text.slice(0, 300));
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(ask.html)?.[1] ?? "";
  const done = await clerk.post("/admin/bulk/hold", {
    ...bar,
    ...Object.fromEntries(["key", "seen", "count"].map((name) => [name, hidden(name)])),
    step: "do",
    until: todayOf(isp).add({ days: 5 }).toString(),
    reason: "Typhoon",
  });
  assert.equal(done.status, 303, done.text.slice(0, 400));
  const held = await isp.run((trx) =>
    trx.selectFrom("holds as h").innerJoin("subscriptions as c", "c.id", "h.subscription_id").select(
      "c.router_id",
    )
      .where("h.reason", "=", "Typhoon").execute()
  );
  assert.ok(held.length > 0);
  assert.deepEqual([...new Set(held.map((row) => row.router_id))], [isp.routerIds[1]!]);
});
