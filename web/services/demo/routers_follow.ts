import { countRoutersBehind } from "@/web/store/demo/routers_behind.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../context.ts";

/** A router that is slower than this is waiting for something else. */
const WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 40;

/**
 * Waits until the routers that can be reached are as the books say. A day of the time machine takes a moment, a cut has
 * hours on a real day: without this it would be too late for its own run, and wait for the next hour of cuts.
 */
export async function untilRoutersFollow(context: ServiceContext, tenantId: string): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (performance.now() < deadline) {
    if (await withTenant(context.db, tenantId, countRoutersBehind, { readOnly: true }) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
