import type { AgentMessage } from "@/shared/protocol/mod.ts";
import type { LinkIdentity } from "@/web/gateways/agent_hub/mod.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertHandChanges } from "@/web/store/network/hand_changes.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { businessNow } from "../../business_clock.ts";
import type { ServiceContext } from "../../context.ts";

type Changes = Extract<AgentMessage, { t: "router.changes" }>;

/** A clock that says less was never set. */
const EARLIEST_MS = Date.UTC(2020, 0, 1);

/** Keeps what an agent tells of changes made by hand, of the routers of its own site. */
export async function keepHandChanges(
  context: ServiceContext,
  agent: LinkIdentity,
  message: Changes,
): Promise<void> {
  const now = context.clock.now();
  await withTenant(context.db, agent.tenantId, async (trx) => {
    const tenant = await getTenant(trx);
    const changes = message.changes.map(({ found_ms: foundMs, ...change }) => {
      const foundAt = momentOf(foundMs, now);
      return { ...change, foundAt, foundOn: businessNow(tenant, { now: () => foundAt }).today };
    });
    await insertHandChanges(trx, { siteId: agent.siteId, routerId: message.router_id }, { changes, now });
  }, { isRepeatable: true });
}

/** By the agent's clock; a moment that cannot be right is now. */
function momentOf(ms: number, now: Temporal.Instant): Temporal.Instant {
  return ms < EARLIEST_MS || ms > now.epochMilliseconds
    ? now
    : Temporal.Instant.fromEpochMilliseconds(Math.round(ms));
}
