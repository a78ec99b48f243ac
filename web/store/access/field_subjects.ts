import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What a field of a query or a form is of that holds an id, by its name. */
const TABLES = {
  bill: "bills",
  connection: "subscriptions",
  mail: "mail_messages",
  outage: "outages",
  payment: "payments",
  plan: "plans",
  router: "routers",
  routerId: "routers",
  run: "runs",
  site: "sites",
  subscriber: "subscribers",
} as const;

/** Fields that hold ids of other things, and why nobody is told 404 for one that is not there. */
export const OTHER_ID_FIELDS: Readonly<Record<string, string>> = {
  company: "a company that one works for; looked up with one's own sessions",
  answer: "a command of the router's page, which says that it is over",
  from: "a role to begin with; without it the form begins with nothing",
  id: "rows that were ticked: those that are gone are left out",
  key: "made by the page, so that a form that is sent twice counts once",
  once: "made by the page, so that a form that is sent twice counts once",
  price: "of the connection or the plan that the same form names",
  question: "of the router in the path",
  role: "a role that is gone is said beside the ticks",
  session: "one of one's own sessions, or whose looks are listed: of others there are none",
  seen: "the version that the page showed",
  tenant: "a company that one works for; looked up with one's own session",
  test: "a command of the router's page, which says that it is over",
  what: "one of one's own second factors",
  who: "whose looks are listed: of somebody else's people there are none",
  to: "a subscriber who was chosen, among people who can be found",
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** More than any form names. */
const IDS_MAX = 1_000;

type Table = (typeof TABLES)[keyof typeof TABLES];

/** Whether a field of this name is looked up. */
export function isLookedUp(field: string): field is keyof typeof TABLES {
  return Object.hasOwn(TABLES, field);
}

/** The ids that fields name, by the table that would hold them; null for more than are looked up. */
export function idsByTable(fields: Readonly<Record<string, unknown>>): Map<Table, string[]> | null {
  const found = new Map<Table, Set<string>>();
  let count = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (!isLookedUp(name)) continue;
    const texts = [value].flat().flatMap((each) => typeof each === "string" ? each.split(",") : []);
    for (const id of texts.filter((text) => UUID.test(text))) {
      const ids = found.get(TABLES[name]) ?? new Set();
      found.set(TABLES[name], ids.add(id.toLowerCase()));
      if (++count > IDS_MAX) return null;
    }
  }
  return new Map([...found].map(([table, ids]) => [table, [...ids]]));
}

/** Whether the tenant, as this transaction sees it, has all of them. */
export async function areInTenant(
  trx: TenantTransaction,
  named: ReadonlyMap<Table, readonly string[]>,
): Promise<boolean> {
  const parts = [...named].map(([table, ids]) =>
    sql`(select count(*) from ${
      sql.table(table)
    } where tenant_id = ${trx.tenantId} and id = any(${ids}::uuid[]))
      = ${ids.length}`
  );
  const { rows } = await sql<{ all: boolean }>`select ${sql.join(parts, sql` and `)} as "all"`.execute(trx);
  return rows[0]?.all === true;
}
