import assert from "node:assert/strict";
import { z } from "zod";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { everything } from "./_everything.ts";
import { isLookedUp, OTHER_ID_FIELDS } from "@/web/store/access/field_subjects.ts";
import { insertOutage } from "@/web/store/billing/outages.ts";
import { addNeighbour } from "./_neighbour.ts";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { type RouteEntry, subjectOf } from "@/web/app/route_table.ts";

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

/** The fields of a route's query or form that take ids, as its schema says. */
function idFieldsOf({ input }: RouteEntry): string[] {
  if (input === undefined) return [];
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  return Object.entries(schema.properties ?? {})
    .filter(([, field]) => JSON.stringify(field).includes('"uuid"')).map(([name]) => name);
}

Deno.test("every field of a query or a form that takes an id is looked up, or it says why not", async () => {
  const fields = new Set((await loadRouteTable()).flatMap(idFieldsOf));
  assert.ok(fields.size > 15, [...fields].join(" "));
  const unknown = [...fields].filter((name) => !isLookedUp(name) && OTHER_ID_FIELDS[name] === undefined);
  assert.deepEqual(unknown, []);
});

Deno.test("a thing of another company that a query or a form names is answered 404, as one that nobody has", async () => {
  await using played = await playedMorning();
  const { isp } = played;
  const ids = await everything(isp);
  const foreign: Record<string, string> = {
    bill: ids.bills,
    connection: isp.subscriptionIds[0]!,
    mail: ids.mail,
    outage: await addOutage(isp),
    payment: ids.payments,
    plan: ids.plans,
    router: ids.routers,
    routerId: ids.routers,
    run: ids.runs,
    site: ids.sites,
    subscriber: ids.subscribers,
  };
  const other = await createIsp(played.database, { subscribers: 2 });
  const app = await createWebApp(isp.context);
  const neighbour = await app.signIn(other.tenantId, "Owner");
  const wrong: string[] = [];
  let asked = 0;
  for (const entry of await loadRouteTable()) {
    const names = idFieldsOf(entry).filter(isLookedUp);
    const own = ownIdOf(other, entry);
    if (names.length === 0 || own === null) continue;
    const path = entry.pattern.replace(":id", own);
    for (const name of names) {
      for (const [whose, id] of [["foreign", foreign[name]!], ["random", crypto.randomUUID()]] as const) {
        const fields = { ...FORM, [name]: id };
        const { status, location } = entry.method === "GET"
          ? await neighbour.get(`${path}?${name}=${id}`)
          : await neighbour.post(path, fields);
        asked++;
        if (status !== 404) {
          wrong.push(`${entry.method} ${entry.pattern} ${whose} ${name}: ${status} ${location}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(asked > 100, `only ${asked} were asked`);
});

/** A thing of the path that is their own, so that only the field is another's; null where there is none at hand. */
function ownIdOf(isp: Isp, { pattern }: RouteEntry): string | null {
  if (!pattern.includes("/:")) return "";
  const subject = subjectOf(pattern);
  if (subject === "subscribers") return isp.subscriberIds[0]!;
  if (subject === "plans") return isp.planId;
  if (subject === "routers") return isp.routerIds[0]!;
  return subject === "tonight" || subject === "decisions" ? isp.subscriptionIds[0]! : null;
}

async function addOutage({ run, clock }: Isp): Promise<string> {
  const id = crypto.randomUUID();
  const at = clock.now();
  await run((trx) =>
    insertOutage(trx, {
      id,
      from_at: at,
      to_at: null,
      announced_at: null,
      cause: "A pole fell",
      kind: "fault",
      scope: "company",
      site_id: null,
      router_id: null,
      connections: 0,
      recorded_at: at,
      recorded_by: "Ana",
    })
  );
  return id;
}
