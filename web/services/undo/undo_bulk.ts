import { coded, codedOf } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { AuditEntryRow } from "@/web/store/access/audit.ts";
import { countTouchedSince, listRowEntries } from "@/web/store/access/audit_undo.ts";
import {
  type BulkRow,
  insertHolds,
  listBulkRows,
  listExcluded,
  lockSubscriptions,
  updateExclusionsRemoved,
  updateHoldsEnded,
  updateNextPlans,
} from "@/web/store/subscribers/bulk.ts";
import { lockSentForm } from "@/web/store/subscribers/sent_form.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { recordAudits } from "../audit.ts";
import { type BulkEntry, toAudit } from "../subscribers/bulk.ts";
import { countDecided, updateDaysUnexplained } from "@/web/store/billing/decided_days.ts";
import { isUnderWay } from "../billing/change_plan.ts";
import { keysFrom } from "../billing/decide_days.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { relist } from "../cuts/plan_cut_run.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** A row that the action changed, as it stands now, with what its entry kept. */
interface ChangedRow {
  row: BulkRow;
  kept: Readonly<Record<string, string | null | undefined>>;
}

interface Opposite {
  /** Whether every row is still as the action left it; asked before the first write, behind the locks. */
  isAsLeft(useCase: UseCase, rows: readonly ChangedRow[]): boolean | Promise<boolean>;
  /** The opposite for the whole set, with an entry for each row. */
  apply(useCase: UseCase, rows: readonly ChangedRow[]): Promise<readonly BulkEntry[]>;
}

type Undo = (
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  whole: AuditEntryRow,
) => Promise<Result<null, "some_changed">>;

/** The lock of everybody who acts, or takes back, under the key of an action on many. */
export function lockBulk(trx: TenantTransaction, key: string): Promise<void> {
  return lockSentForm(trx, key);
}

/** Ends the holds that an action on many made. */
export const undoBulkHold: Undo = (context, tenantId, actor, whole) =>
  undoBulk(context, tenantId, actor, whole, {
    isAsLeft: (_useCase, rows) =>
      rows.every(({ row }) => String(row.hold_until) === textOf(whole.details, "until_on")),
    async apply(useCase, rows) {
      const ids = rows.map(({ row }) => row.id);
      await updateHoldsEnded(useCase.trx, ids, useCase.at);
      await relist(useCase, ids);
      return rows.map(({ row }) => ({
        row,
        action: "hold_ended",
        summary: coded("audit_hold_ended", { until: row.hold_until ?? useCase.business.today }),
        details: { until_on: String(row.hold_until), reason: row.hold_reason ?? "" },
      }));
    },
  });

/** Holds again, each until its day and for its reason. Who was cut meanwhile is not: a hold comes too late there. */
export const undoBulkEndHold: Undo = (context, tenantId, actor, whole) =>
  undoBulk(context, tenantId, actor, whole, {
    isAsLeft: ({ business }, rows) =>
      rows.every(({ row, kept }) =>
        row.hold_until === null && !row.is_cut && isFrom(kept.until_on, business.today)
      ),
    async apply({ trx, at, actor }, rows) {
      await updateHoldsEnded(trx, rows.map(({ row }) => row.id), at);
      await insertHolds(
        trx,
        rows.map(({ row, kept }) => ({
          id: uuidv7(at.epochMilliseconds),
          subscription_id: row.id,
          until_on: dayOf(kept.until_on),
          reason: kept.reason ?? "",
          created_by: actor.label,
          created_at: at,
        })),
      );
      return rows.map(({ row, kept }) => ({
        row,
        action: "held",
        summary: coded("audit_held", { until: dayOf(kept.until_on), reason: kept.reason ?? "" }),
      }));
    },
  });

/** Takes back into the run whom an action on many left out. */
export const undoBulkExclude: Undo = (context, tenantId, actor, whole) => {
  const day = dayOf(textOf(whole.details, "business_on"));
  return undoBulk(context, tenantId, actor, whole, {
    async isAsLeft({ trx, business }, rows) {
      if (Temporal.PlainDate.compare(day, business.today) < 0) return false;
      return (await listExcluded(trx, rows.map(({ row }) => row.id), day)).size === rows.length;
    },
    async apply(useCase, rows) {
      const ids = rows.map(({ row }) => row.id);
      await updateExclusionsRemoved(useCase.trx, ids, day, useCase.at);
      await relist(useCase, ids);
      const summary = coded("audit_included", { day });
      return rows.map(({ row }) => ({ row, action: "included", summary }));
    },
  });
};

/** Puts back the plan change that each connection waited for before, or none. */
export const undoBulkPlan: Undo = (context, tenantId, actor, whole) =>
  undoBulk(context, tenantId, actor, whole, {
    isAsLeft: (useCase, rows) =>
      rows.every(({ row, kept }) =>
        row.next_plan_id === kept.plan_id && String(row.next_plan_on) === kept.on &&
        !isUnderWay(useCase, row) &&
        (!kept.on_before || isFrom(kept.on_before, useCase.business.today.add({ days: 1 })))
      ),
    async apply({ trx }, rows) {
      await updateNextPlans(
        trx,
        rows.map(({ row, kept }) => ({
          id: row.id,
          plan_id: kept.plan_before ?? null,
          on: kept.on_before ? dayOf(kept.on_before) : null,
        })),
      );
      return rows.map(({ row, kept }) => ({
        row,
        action: "plan_change_cancelled",
        summary: kept.on_before
          ? coded("audit_plan_change_put_back", { on: dayOf(kept.on_before) })
          : coded("audit_plan_change_undone"),
      }));
    },
  });

/** Takes back what was decided for many about days that nothing explains, while nothing has come of it. */
export const undoBulkNever: Undo = (context, tenantId, actor, whole) =>
  undoBulk(context, tenantId, actor, whole, reopening("never"));

/** The same for days that are to be billed. */
export const undoBulkBillDays: Undo = (context, tenantId, actor, whole) =>
  undoBulk(context, tenantId, actor, whole, reopening("to_bill_again"));

function reopening(was: "never" | "to_bill_again"): Opposite {
  const keysFor = (rows: readonly ChangedRow[]) =>
    rows.flatMap(({ row, kept }) => keysFrom(row.id, kept.starts ?? ""));
  return {
    async isAsLeft({ trx }, rows) {
      const keys = keysFor(rows);
      return await countDecided(trx, keys, was) === keys.length;
    },
    async apply({ trx }, rows) {
      await updateDaysUnexplained(trx, keysFor(rows));
      const summary = coded("audit_days_open_again");
      return rows.map(({ row }) => ({ row, action: "days_open_again", summary }));
    },
  };
}

/**
 * Takes an action on many back for exactly the rows that it changed, which its entries name, whatever the filter means
 * by now: in one transaction, all of them or none. One entry for each row and one for the whole.
 */
async function undoBulk(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  whole: AuditEntryRow,
  opposite: Opposite,
): Promise<Result<null, "some_changed">> {
  return await runUseCase<null, "some_changed">(context, tenantId, actor, async (useCase) => {
    const { trx, business, at } = useCase;
    const { changed } = whole.details as { changed: number };
    const entries = await listRowEntries(trx, whole, changed);
    const kept = new Map(entries.map((entry) => [entry.subject_id, entry.details as ChangedRow["kept"]]));
    const ids = [...kept.keys()];
    await lockSubscribersOf(trx, ids);
    await lockSubscriptions(trx, ids);
    const rows = (await listBulkRows(trx, ids, business.today))
      .filter((row) => row.status !== "cancelled")
      .map((row): ChangedRow => ({ row, kept: kept.get(row.id) ?? {} }));
    const touched = await countTouchedSince(trx, whole.sequence, ids);
    if (touched > 0 || rows.length !== changed || !await opposite.isAsLeft(useCase, rows)) {
      return err("some_changed");
    }
    const done = await opposite.apply(useCase, rows);
    await recordAudits(trx, actor, [
      ...done.map((entry) => toAudit(useCase, entry)),
      {
        action: "bulk.undone",
        subjectKind: "bulk",
        subjectId: whole.subject_id,
        summary: coded("audit_bulk_undone", { what: codedOf(whole.summary) }),
        details: { changed },
        at,
        businessOn: business.today,
      },
    ]);
    return ok(null);
  });
}

function textOf(details: unknown, name: string): string {
  return (details as Record<string, string>)[name] ?? "";
}

function dayOf(text: string | null | undefined): Temporal.PlainDate {
  return Temporal.PlainDate.from(text ?? "");
}

function isFrom(text: string | null | undefined, first: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(dayOf(text), first) >= 0;
}
