import assert from "node:assert/strict";
import { generateSecrets } from "@/sim/routeros/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import type { TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { ROUTE_TABLE } from "@/web/route_table/mod.ts";
import { excludeFromRun } from "@/web/services/exclude_from_run.ts";
import { holdSubscription } from "@/web/services/hold_subscription.ts";
import { startImport } from "@/web/services/start_import.ts";

/** Brings a provider into many states at once: bills paid, owed and overdue, cuts, holds, exclusions, an open import. */
export async function fillPages(provider: TestStack): Promise<void> {
  const { context, tenantId, actor, lines, router } = provider;
  const first = await provider.nextCutList();
  await provider.cut(first.runId);
  for (const name of first.names.slice(4)) await provider.pay(name);
  const { day } = await provider.nextCutList();
  const [, , , , held, excluded] = lines;
  assert.ok(held !== undefined && excluded !== undefined);
  const promise = { untilOn: day.add({ days: 3 }), reason: "Pays on Friday" };
  assertOk(
    await holdSubscription(context, tenantId, actor, { subscriptionId: held.subscriptionId, ...promise }),
  );
  assertOk(
    await excludeFromRun(context, tenantId, actor, {
      subscriptionId: excluded.subscriptionId,
      businessOn: day,
      reason: "Tower was down",
    }),
  );
  const added = generateSecrets(8, 77).map((secret, i) => ({ ...secret, name: `new-line-${i}` }));
  provider.stack.addSecrets(router.name, added);
  const { batchId } = assertOk(await startImport(context, tenantId, actor, { routerId: router.id }));
  const isRead = async () =>
    (await provider.query("select 1 from import_batches where id = $1 and status = 'review'", [batchId]))
      .length === 1;
  await until(isRead, { timeoutMs: 20_000, what: "the second import is read" });
  await provider.untilConverged();
}

/** Ids by the first words of a pattern: which thing its `:id` is. */
export async function listIds(provider: TestStack): Promise<Map<string, string>> {
  const one = async (text: string) => {
    const [row] = await provider.query<{ id: string }>(text, [provider.tenantId]);
    assert.ok(row !== undefined, text);
    return row.id;
  };
  return new Map([
    ["agents", await one("select id from agents where tenant_id = $1")],
    ["bills", await one("select id from bills where tenant_id = $1 and paid_centavos = 0 limit 1")],
    ["import", await one("select id from import_batches where tenant_id = $1 and status = 'review'")],
    ["payments", await one("select id from payments where tenant_id = $1 limit 1")],
    ["plans", await one("select id from plans where tenant_id = $1 limit 1")],
    ["routers", await one("select id from routers where tenant_id = $1")],
    ["runs", await one("select id from runs where tenant_id = $1 and kind = 'cut' and changed > 0 limit 1")],
    ["sites", await one("select id from sites where tenant_id = $1")],
    [
      "subscribers",
      await one("select subscriber_id as id from bills where tenant_id = $1 order by number limit 1"),
    ],
    [
      "tonight",
      await one(`select w.subscription_id as id from run_rows w join runs r on r.tenant_id = w.tenant_id
        and r.id = w.run_id where w.tenant_id = $1 and r.status = 'planned' and w.outcome = 'listed' limit 1`),
    ],
  ]);
}

/** A pattern of the route table as an address of this provider. */
export function addressOf(pattern: string, ids: ReadonlyMap<string, string>): string {
  const kind = pattern.split("/")[2] ?? "";
  const id = ids.get(kind);
  if (pattern.includes(":id")) assert.ok(id !== undefined, `no id is known for ${pattern}`);
  return pattern.replace(":id", id ?? "");
}

/** Every page of the admin that a signed-in owner can open, as an address. */
export function listPages(ids: ReadonlyMap<string, string>): string[] {
  const pages = ROUTE_TABLE.filter(({ method, pattern, permission }) =>
    method === "GET" && pattern.startsWith("/admin") && permission !== "setup" && !pattern.endsWith(".csv")
  ).map(({ pattern }) => addressOf(pattern, ids));
  const subscriber = ids.get("subscribers");
  return [
    ...pages,
    `/admin/payments/new?subscriber=${subscriber}`,
    "/admin/payments/new?q=a",
    "/admin/tonight?view=held",
    "/admin/tonight?view=kept",
    "/admin/subscribers?bill=overdue",
    "/admin/subscribers?q=nobody-is-called-this",
    "/admin/bills?status=paid",
  ];
}
