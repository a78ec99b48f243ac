import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import { insertSomeMail } from "@/tests/support/some_mail.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { type RouteEntry, subjectOf } from "@/web/app/route_table.ts";
import type { PathSubject } from "@/web/store/access/path_subjects.ts";
import { insertImportBatch } from "@/web/store/imports/import_batches.ts";
import { insertMemo } from "@/web/store/payments/memos.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
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

/** Something of every kind that a path can name, all of one tenant. */
async function everything(isp: Isp): Promise<Record<PathSubject, string>> {
  const at = isp.clock.now();
  const batchId = uuidv7(at.epochMilliseconds);
  return await isp.run(async (trx) => {
    const first = async (table: "sites" | "agents" | "bills" | "payments" | "runs") =>
      (await trx.selectFrom(table).select("id").where("tenant_id", "=", isp.tenantId)
        .orderBy("id").executeTakeFirstOrThrow()).id;
    await insertImportBatch(trx, {
      id: batchId,
      router_id: isp.routerIds[0]!,
      command_id: null,
      created_by: "Ana",
      created_at: at,
    });
    const corrected = await correctBooks(trx, isp);
    const mailed = await insertSomeMail(trx, {
      at,
      today: at.toZonedDateTimeISO("Asia/Manila").toPlainDate(),
    });
    return {
      ...corrected,
      ...mailed,
      import: batchId,
      agents: await first("agents"),
      sites: await first("sites"),
      bills: await first("bills"),
      decisions: isp.subscriptionIds[0]!,
      payments: await first("payments"),
      runs: await first("runs"),
      plans: isp.planId,
      routers: isp.routerIds[0]!,
      subscribers: isp.subscriberIds[0]!,
      tonight: isp.subscriptionIds[0]!,
    };
  });
}

/** A memo and a refund, as rows: what they mean is tested elsewhere. */
async function correctBooks(trx: TenantTransaction, isp: Isp): Promise<{ memos: string; refunds: string }> {
  const [memos, refunds] = [crypto.randomUUID(), crypto.randomUUID()];
  const at = isp.clock.now();
  const same = {
    subscriber_id: isp.subscriberIds[0]!,
    amount_centavos: 100n,
    reason: "Goodwill",
    recorded_at: at,
    recorded_by: "Ana",
    staff_user_id: null,
    request_hash: "",
  };
  const day = at.toZonedDateTimeISO("Asia/Manila").toPlainDate();
  await insertMemo(trx, {
    ...same,
    id: memos,
    number: "CM-000001",
    kind: "goodwill",
    bill_id: null,
    issued_on: day,
    idempotency_key: memos,
  });
  const refund = {
    ...same,
    id: refunds,
    number: "RF-000001",
    method: "cash" as const,
    reference: null,
    paid_on: day,
    idempotency_key: refunds,
  };
  await trx.insertInto("refunds").values({ ...refund, tenant_id: trx.tenantId }).execute();
  return { memos, refunds };
}

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
      (await trx.selectFrom("audit_entries").select("sequence").where("tenant_id", "=", isp.tenantId)
        .execute()).length
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
