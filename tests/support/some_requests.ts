import { insertRequest } from "@/web/store/approvals/requests.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/**
 * A request for an approval that somebody has made about a connection, as a row: what it means is tested elsewhere.
 *
 * @param of where it is seen from, in place of where the connection is
 */
export async function insertSomeRequests(
  trx: TenantTransaction,
  { at, today }: { at: Temporal.Instant; today: Temporal.PlainDate },
  of: { site_id?: string | null; subscriber_id?: string | null } = {},
): Promise<{ approvals: string }> {
  const approvals = crypto.randomUUID();
  const connection = await trx.selectFrom("subscriptions as c")
    .innerJoin(
      "routers as r",
      (on) => on.onRef("r.tenant_id", "=", "c.tenant_id").onRef("r.id", "=", "c.router_id"),
    )
    .select(["c.id", "c.subscriber_id", "c.ppp_name", "r.site_id"]).where("c.tenant_id", "=", trx.tenantId)
    .where("c.status", "=", "active").orderBy("c.ppp_name").orderBy("c.id").executeTakeFirstOrThrow();
  await insertRequest(trx, {
    id: approvals,
    kind: "service_end",
    input: JSON.stringify({
      subscriptionId: connection.id,
      lastDay: today.add({ days: 5 }).toString(),
      unused: "credit",
      why: "moved",
    }),
    input_version: 1,
    subject_kind: "subscription",
    subject_id: connection.id,
    subject_label: connection.ppp_name,
    subscriber_id: connection.subscriber_id,
    site_id: connection.site_id,
    effects: "[]",
    seen: "",
    reason: "Moves to Cebu",
    state: "asked",
    asked_at: at,
    asked_by: "Berto Cruz",
    expires_at: at.add({ hours: 168 }),
    ...of,
  });
  return { approvals };
}
