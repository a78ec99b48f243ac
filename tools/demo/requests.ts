import { sql } from "kysely";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { savePolicy } from "@/web/services/approvals/save_policy.ts";
import type { Actor } from "@/web/services/context.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { listMembers } from "@/web/store/access/members.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { inBooks, must, type Seed } from "./books.ts";

/** The end of a service that the cashier has asked for, and that waits for the owner. */
export async function leaveRequests(seed: Seed): Promise<void> {
  const { context, tenantId, owner, cashier } = seed;
  const policy = { ...NO_APPROVAL, mode: "always" as const };
  must(await savePolicy(context, tenantId, owner, { kind: "service_end", policy }));
  const { asker, subscriptionId, today } = await inBooks(seed, async (trx) => {
    const member = (await listMembers(trx)).find(({ name }) => name === cashier.label);
    const { rows } = await sql<{ id: string }>`
      select c.id from subscriptions c where c.tenant_id = ${tenantId} and c.status = 'active'
        and c.billing_mode = 'postpaid' and c.stopped_from_on is null and c.next_plan_id is null
        and not exists (select from block_reasons r where r.tenant_id = c.tenant_id and r.subscription_id = c.id
          and r.removed_at is null)
      order by c.ppp_name desc limit 1`.execute(trx);
    const [connection] = rows;
    if (member === undefined || connection === undefined) {
      throw new Error("Cannot leave a request: the demo has nobody who asks, or nobody to ask about");
    }
    const asker: Actor = { kind: "staff", label: member.name, staffUserId: member.id };
    return {
      asker,
      subscriptionId: connection.id,
      today: businessNow(await getTenant(trx), context.clock).today,
    };
  });
  must(
    await askOrRun(context, tenantId, asker, {
      kind: "service_end",
      input: { subscriptionId, lastDay: today.add({ days: 10 }), unused: "credit", why: "moved" },
      reason: "Moves to Cebu at the end of the month",
    }),
  );
}
