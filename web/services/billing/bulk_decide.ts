import { coded } from "@/shared/codes/mod.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { replaceDaysToBill, updateDaysNever } from "@/web/store/billing/decided_days.ts";
import { type DecisionRow, listDecisions } from "@/web/store/billing/parked_bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import {
  type BulkCode,
  type BulkEntry,
  type BulkOutcome,
  type BulkTargets,
  runBulk,
} from "../subscribers/bulk.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { type DaysOffer, keysOf, offerDays, partsOf, startsOf } from "./decide_days.ts";

/** Why nothing is decided for many. */
export type BulkDecideCode = BulkCode | "days_decided";

/** Decides for many connections that the days that nothing explains are never billed. */
export async function bulkNeverBill(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: BulkTargets,
): Promise<Result<BulkOutcome, BulkDecideCode>> {
  const summary = ({ changed: count }: BulkOutcome) => coded("audit_bulk_days_never", { count });
  return await runBulk<BulkDecideCode>(
    context,
    tenantId,
    actor,
    { ...input, action: "never_bill", summary },
    async ({ trx }, rows) => {
      const open = await listOpen(trx, rows.map((row) => row.id));
      const decided = rows.filter((row) => open.has(row.id));
      await updateDaysNever(trx, [...open.values()].flatMap(keysOf));
      return ok({
        same: rows.length - decided.length,
        entries: decided.map((row): BulkEntry => {
          const decision = open.get(row.id);
          const keys = decision === undefined ? [] : keysOf(decision);
          return {
            row,
            action: "days_never",
            summary: coded("audit_days_never", { count: keys.length }),
            details: { starts: startsOf(keys) },
          };
        }),
      });
    },
  );
}

/** Decides for many connections that these days are billed, each at its own plan and its price of then. */
export async function bulkBillDays(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: BulkTargets & { total: string },
): Promise<Result<BulkOutcome, BulkDecideCode>> {
  const summary = ({ changed: count }: BulkOutcome) => coded("audit_bulk_days_to_bill", { count });
  return await runBulk<BulkDecideCode>(
    context,
    tenantId,
    actor,
    { ...input, action: "bill_days", summary },
    async (useCase, rows) => {
      const { trx, tenant, business } = useCase;
      const open = await listOpen(trx, rows.map((row) => row.id));
      const offers = await offersOf(trx, tenant, rows, open);
      if (totalOf(offers).toString() !== input.total) return err("days_decided");
      const decided = rows.flatMap((row) => {
        const offer = offers.get(row.id);
        return offer === undefined
          ? []
          : [{ row, offer, parts: partsOf(useCase, { subscription_id: row.id }, offer) }];
      });
      await replaceDaysToBill(trx, decided.flatMap(({ parts }) => parts), business.today);
      return ok({
        same: rows.filter((row) => !open.has(row.id)).length,
        entries: decided.map(({ row, offer, parts }): BulkEntry => ({
          row,
          action: "days_to_bill",
          summary: coded("audit_days_to_bill", { count: parts.length, amount: offer.totalCentavos }),
          details: { starts: startsOf(parts) },
        })),
      });
    },
  );
}

/** What the days of many would cost together. */
export async function offerMany(
  trx: TenantTransaction,
  tenant: TenantRow,
  rows: readonly SubscriptionRow[],
): Promise<Centavos> {
  return totalOf(await offersOf(trx, tenant, rows, await listOpen(trx, rows.map((row) => row.id))));
}

async function listOpen(
  trx: TenantTransaction,
  ids: readonly string[],
): Promise<Map<string, DecisionRow>> {
  const rows = (await listDecisions(trx, ids)).filter((row) => row.unexplained.length > 0);
  return new Map(rows.map((row) => [row.subscription_id, row]));
}

/** By connection; those that cannot be priced are left out. */
async function offersOf(
  trx: TenantTransaction,
  tenant: TenantRow,
  rows: readonly SubscriptionRow[],
  open: ReadonlyMap<string, DecisionRow>,
): Promise<Map<string, DaysOffer>> {
  const offers = new Map<string, DaysOffer>();
  for (const row of rows) {
    const decision = open.get(row.id);
    const offer = decision === undefined ? null : await offerDays(trx, tenant, row, decision);
    if (offer !== null) offers.set(row.id, offer);
  }
  return offers;
}

function totalOf(offers: ReadonlyMap<string, DaysOffer>): Centavos {
  return centavos([...offers.values()].reduce((sum, offer) => sum + offer.totalCentavos, 0n));
}
