import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { hasMailDue } from "@/web/store/mail/mail_due.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { businessNow } from "../business_clock.ts";
import type { ServiceContext } from "../context.ts";

/** A server that is slower than this holds nobody up. */
const WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 40;

/** How is waited. */
export interface MailWait {
  /** @default 10000 */
  withinMs?: number;
  /** Asked before each look: nobody sends any more. */
  isOver?: () => boolean;
  /** Called after each look that found something. */
  onDue?: () => void;
}

/**
 * Waits until a tenant has no mail that could go at its business time of now. What waits for its hour, for another try or
 * for a server that is away is not waited for.
 */
export async function untilMailIsOut(
  { db, clock }: Pick<ServiceContext, "db" | "clock">,
  tenantId: string,
  { withinMs = WITHIN_MS, isOver = () => false, onDue = () => {} }: MailWait = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isOver() && performance.now() < deadline) {
    const isDue = await withTenant(db, tenantId, async (trx) => {
      const now = clock.now();
      const business = businessNow(await getTenant(trx), { now: () => now });
      return await hasMailDue(trx, { now, businessNow: business.instant });
    }, { readOnly: true });
    if (!isDue) return;
    onDue();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
