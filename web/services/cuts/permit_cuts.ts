import { whenToCut } from "@/web/domain/cuts/mod.ts";
import { findClockWatch } from "@/web/store/billing/clock_watch.ts";
import { listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import { listRunCuts, type RunCutRow } from "@/web/store/cuts/run_cuts.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { isClockDoubted } from "@/web/domain/billing/mod.ts";
import { businessNow } from "../business_clock.ts";

/**
 * Of the names that an agent wants to disable now, those that may be (rule R3). What a cut run has decided is made with
 * its run; what has waited for its router is made only at the hour of cuts, and only if the rules still say so when it
 * is read again: not on a free day, not while it is held, never by a clock that is doubted. What a person or an import
 * has switched off is made at any time. Asked before the generation is compared, so that a payment in between is seen.
 */
export async function permitCuts(
  trx: TenantTransaction,
  now: Temporal.Instant,
  asked: { routerId: string; names: readonly string[] },
): Promise<string[]> {
  const cuts = await listRunCuts(trx, asked.routerId, asked.names);
  if (cuts.length === 0) return [...asked.names];
  const kept = await listKept(trx, now, cuts);
  return asked.names.filter((name) => !kept.has(name));
}

/** Names whose cut has to wait. */
async function listKept(
  trx: TenantTransaction,
  now: Temporal.Instant,
  cuts: readonly RunCutRow[],
): Promise<Set<string>> {
  const all = new Set(cuts.map((cut) => cut.name));
  if (isClockDoubted(await findClockWatch(trx), now)) return all;
  const tenant = await getTenant(trx);
  const { today, time } = businessNow(tenant, { now: () => now });
  const cutTime = Temporal.PlainTime.from(tenant.cut_time);
  const due = Map.groupBy(cuts, ({ decided_at, business_on }) =>
    whenToCut({
      ageHours: (now.epochMilliseconds - decided_at.epochMilliseconds) / 3_600_000,
      isOfToday: business_on === null || business_on.equals(today),
      time,
      cutTime,
    }));
  for (const { name } of due.get("now") ?? []) all.delete(name);
  const again = due.get("again") ?? [];
  if (again.length === 0) return all;
  const subscriptionIds = again.map((cut) => cut.subscription_id);
  const candidates = await listCutCandidates(trx, tenant, today, { subscriptionIds, now });
  const stillCut = new Set(
    candidates.filter((row) => row.decision === "cut").map((row) => row.subscription_id),
  );
  for (const cut of again) if (stillCut.has(cut.subscription_id)) all.delete(cut.name);
  return all;
}
