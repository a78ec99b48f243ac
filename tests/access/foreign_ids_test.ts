import assert from "node:assert/strict";
import type { Isp } from "@/tests/billing/isp.ts";
import { everything } from "./_everything.ts";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { type RouteEntry, subjectOf } from "@/web/app/route_table.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";

/** What any form might want, so that a route that looks at its fields first gets past them. */
const FORM = {
  reason: "a reason",
  name: "Name",
  days: "3",
  until: "2026-03-20",
  intent: "save",
  confirm: "yes",
  serial: "1",
};

async function addNeighbour({ context }: Isp): Promise<string> {
  const tenantId = crypto.randomUUID();
  await withTenant(
    context.db,
    tenantId,
    (trx) => insertTenant(trx, { slug: "kapitbahay", name: "Kapitbahay Net", timeZone: "Asia/Manila" }),
  );
  return tenantId;
}

function send(user: PageUser, { method, pattern }: RouteEntry, id: string, fields: Record<string, string>) {
  const path = pattern.replace(":id", id);
  return method === "GET" ? user.get(path) : user.post(path, fields);
}

Deno.test("every route with an id answers 404 for another tenant's and for one that nobody has, and changes nothing", async () => {
  await using played = await playedMorning();
  const { isp } = played;
  const ids = await everything(isp);
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const neighbour = await app.signIn(await addNeighbour(isp), "Owner");
  const count = () =>
    isp.run(async (trx) =>
      // What its own owner takes out is written down, and is no change.
      (await trx.selectFrom("audit_entries").select("sequence").where("tenant_id", "=", isp.tenantId)
        .where("subject_kind", "<>", "export").execute()).length
    );
  const before = await count();
  const routes = (await loadRouteTable()).filter(({ pattern }) => pattern.includes("/:id"));
  assert.ok(routes.length > 55, `the walk has ${routes.length} routes`);
  const wrong: string[] = [];
  for (const entry of routes) {
    const subject = subjectOf(entry.pattern);
    assert.ok(subject !== null, entry.pattern);
    const name = `${entry.method} ${entry.pattern}`;
    for (const [whose, id] of [["foreign", ids[subject]], ["random", crypto.randomUUID()]] as const) {
      for (const fields of entry.method === "GET" ? [{}] : [{}, FORM]) {
        const { status, location } = await send(neighbour, entry, id, fields);
        if (status !== 404) wrong.push(`${name} ${whose}: ${status} ${location}`);
      }
    }
    // The id is a real one: to its own tenant the page is there.
    if (entry.method === "GET" && (await send(owner, entry, ids[subject], {})).status === 404) {
      wrong.push(`${name} own: 404`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.equal(await count(), before);
});

Deno.test("an id that is none answers 404 as well", async () => {
  await using played = await playedMorning();
  const app = await createWebApp(played.isp.context);
  const owner = await app.signIn(played.isp.tenantId, "Owner");
  for (const id of ["1", "x", "%00", "..%2f..", "00000000-0000-0000-0000-00000000000g"]) {
    for (const path of [`/admin/sites/${id}/rename`, `/admin/tonight/${id}/include`, `/admin/bills/${id}`]) {
      const { status } = await owner.get(path);
      assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    }
  }
});
