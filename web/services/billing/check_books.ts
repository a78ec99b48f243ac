import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { ok, type Result } from "@/shared/result.ts";
import { checkBooksJob } from "@/web/jobs/check_books.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import {
  type BookCheckRow,
  countBookRows,
  findLastBookCheck,
  insertBookCheck,
} from "@/web/store/billing/book_checks.ts";
import { type BrokenInvariant, checkInvariants } from "@/web/store/billing/invariants.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import { type Actor, SCHEDULER, type ServiceContext } from "../context.ts";
import { isNightCheckDue } from "../night_check.ts";
import { runUseCase } from "../use_case.ts";

/** Findings of each kind that are kept with a check: a flood of one kind hides no other. */
const FINDINGS_MAX = 20;

/**
 * Asks whether the books hold and keeps the answer. All questions see one moment, and reading locks nobody out: bills,
 * cuts and payments go on meanwhile.
 */
export async function checkBooks(
  context: ServiceContext,
  tenantId: string,
  askedBy: string,
): Promise<BookCheckRow> {
  const startedAt = performance.now();
  const found = await withTenant(context.db, tenantId, async (trx) => ({
    broken: await checkInvariants(trx),
    rows: await countBookRows(trx),
  }), { readOnly: true, isolation: "repeatable read" });
  const checkedAt = context.clock.now();
  const check = {
    tenant_id: tenantId,
    id: uuidv7(checkedAt.epochMilliseconds),
    checked_at: checkedAt,
    took_ms: Math.round(performance.now() - startedAt),
    rows_seen: found.rows,
    broken_count: found.broken.length,
    broken: firstOfEach(found.broken),
    asked_by: askedBy,
  };
  await withTenant(context.db, tenantId, async (trx) => {
    await insertBookCheck(trx, check);
    if (check.broken_count === 0) return;
    await insertSystemLog(trx, {
      at: checkedAt,
      level: "error",
      event: "books_broken",
      message: formatCoded(coded("log_books_broken", { count: check.broken_count })),
      reference: check.id,
    });
  });
  return check;
}

/** The night's check, once a day from two o'clock in the tenant's zone; a web that was off then makes up for it. */
export async function checkBooksAtNight(context: ServiceContext, tenantId: string): Promise<void> {
  const isDue = await withTenant(context.db, tenantId, async (trx) => {
    const { time_zone: zone } = await getTenant(trx);
    const last = await findLastBookCheck(trx);
    return isNightCheckDue(last?.checked_at ?? null, { now: context.clock.now(), zone });
  }, { readOnly: true });
  if (isDue) await checkBooks(context, tenantId, SCHEDULER.label);
}

/** A person wants to know now. The check is done by the queue, one of a tenant at a time. */
export async function askBookCheck(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
): Promise<Result<null, never>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    await useCase.enqueue(checkBooksJob, { tenantId, askedBy: actor.label });
    await recordAudit(useCase.trx, actor, {
      action: "books.check_asked",
      subjectKind: "books",
      subjectId: tenantId,
      summary: coded("audit_book_check_asked"),
      details: {},
      at: useCase.at,
      businessOn: useCase.business.today,
    });
    return ok(null);
  });
}

function firstOfEach(broken: readonly BrokenInvariant[]): BrokenInvariant[] {
  return [...Map.groupBy(broken, ({ name }) => name).values()].flatMap((found) =>
    found.slice(0, FINDINGS_MAX)
  );
}
