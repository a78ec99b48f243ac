import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { DEFAULT_PPP_SERVICE, keyOfSecret } from "@/shared/protocol/mod.ts";
import { readableText } from "@/shared/text/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import {
  type ImportedBilling,
  importedBilling,
  importKey,
  importRulesOf,
  managedService,
  openingCoverage,
  parseComment,
} from "@/web/domain/imports/mod.ts";
import { insertBlockReasons } from "@/web/store/cuts/block_reasons.ts";
import {
  type ImportBatchRow,
  lockImportBatch,
  updateImportBatch,
} from "@/web/store/imports/import_batches.ts";
import { type ImportRow, listImportRows, updateImportOutcomes } from "@/web/store/imports/import_rows.ts";
import {
  type ImportedSubscriber,
  insertImportedSubscribers,
} from "@/web/store/imports/imported_subscribers.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { insertBoughtBefore } from "@/web/store/billing/unbilled_coverage.ts";
import { refreshStatistics } from "@/web/store/db/statistics.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { type DecidedRow, decideRows } from "./import_plan.ts";
import { type ImportSettings, importSettings } from "./import_settings.ts";
import { makePlans } from "./make_plans.ts";
import { recordNetworkAudit } from "../network/network_audit.ts";

/** Rows of one transaction: small enough that progress is seen and a crash loses little. */
const CHUNK = 200;

/** One chunk's surroundings. */
interface Chunk {
  batch: ImportBatchRow;
  settings: ImportSettings;
  firstBillOn: Temporal.PlainDate;
  importedOn: Temporal.PlainDate;
  now: Temporal.Instant;
}

/**
 * Runs a confirmed import, one transaction a chunk. It can be killed anywhere and started again, also twice at once:
 * a chunk takes rows without an outcome under the batch's lock, and commits rows, subscribers, desired state and
 * progress together. Nothing changes on the router: secrets get the state they already have.
 */
export async function runImport(
  context: ServiceContext,
  tenantId: string,
  batchId: string,
  options: { chunks?: number } = {},
): Promise<{ created: number; skipped: number; isDone: boolean }> {
  const routerIds = new Set<string>();
  // Nothing changes on the router, so its agent is told once; should this end early, its poll finds out.
  const tell = () => routerIds.size > 0 && context.notifyRouters(tenantId, [...routerIds]);
  for (let chunk = 0; chunk < (options.chunks ?? Infinity); chunk++) {
    const step = await withTenant(context.db, tenantId, (trx) => runChunk(trx, context, batchId));
    step.routerIds.forEach((id) => routerIds.add(id));
    if (step.isDone || chunk + 1 === options.chunks) tell();
    // At 200 rows, then at each fourfold: the first is what saves the rest (see migration 0012).
    if (!step.isDone && Math.log2(chunk + 1) % 2 === 0) await refreshPlans(context);
    if (step.isDone) return step;
    if (chunk + 1 === options.chunks) return step;
  }
  return { created: 0, skipped: 0, isDone: false };
}

/** An import without it is slower, and no worse. */
async function refreshPlans({ db, log }: ServiceContext): Promise<void> {
  try {
    await refreshStatistics(db);
  } catch (error) {
    log.warn("statistics_not_refreshed", { error: String(error) });
  }
}

interface Step {
  created: number;
  skipped: number;
  isDone: boolean;
  routerIds: string[];
}

async function runChunk(trx: TenantTransaction, context: ServiceContext, batchId: string): Promise<Step> {
  const batch = await lockImportBatch(trx, batchId);
  const counts = { created: batch?.created_count ?? 0, skipped: batch?.skipped_count ?? 0, routerIds: [] };
  if (batch === null || batch.status !== "running") return { ...counts, isDone: true };
  const settings = importSettings.parse(batch.settings);
  const { importedOn } = settings;
  if (batch.first_bill_on === null || importedOn === undefined) {
    throw new Error(`Cannot run import ${batchId}: it was started without a review`);
  }
  const now = context.clock.now();
  const chunk: Chunk = { batch, settings, importedOn, firstBillOn: batch.first_bill_on, now };
  const rows = await listImportRows(trx, batch.id, { limit: CHUNK, isOpen: true });
  if (rows.length === 0) {
    await finish(trx, context, chunk);
    return { ...counts, isDone: true };
  }
  const decided = await decideRows(trx, { routerId: batch.router_id, settings }, rows);
  const made = await createSubscribers(trx, chunk, decided);
  const routerIds = await refreshDesired(trx, made.map((one) => one.subscription_id), {
    now,
    authorisation: { kind: "import", runId: null, approvedBy: settings.confirmedBy ?? batch.created_by },
  });
  await noteOutcomes(trx, chunk, decided, made);
  const created = batch.created_count + made.length;
  const skipped = batch.skipped_count + rows.length - made.length;
  await updateImportBatch(trx, batch.id, {
    done: batch.done + rows.length,
    created_count: created,
    skipped_count: skipped,
  });
  return { created, skipped, isDone: false, routerIds };
}

async function createSubscribers(
  trx: TenantTransaction,
  chunk: Chunk,
  decided: readonly DecidedRow[],
): Promise<ImportedSubscriber[]> {
  const planIds = await makePlans(trx, chunk);
  const create = decided.flatMap(({ row, decision }) =>
    decision.action === "create" ? [{ row, decision }] : []
  );
  const accounts = await takeNumbers(trx, "account", create.length);
  const rules = importRulesOf(await getTenant(trx));
  const { firstBillOn, importedOn, now } = chunk;
  const billing = importedBilling({ ...rules, firstBillOn, importedOn });
  const made = create.map(({ row, decision }, i): ImportedSubscriber => ({
    ...billedAs(row, billing, { isDisabled: decision.isDisabled, importedOn }),
    subscriber_id: uuidv7(now.epochMilliseconds),
    subscription_id: uuidv7(now.epochMilliseconds),
    account_number: accounts[i] ?? "",
    name: row.name ?? readableText(row.ppp_name),
    phone: row.phone,
    address: parseComment(row.comment).address,
    plan_id: planIds.get(decision.choice.profile) ?? "",
    ppp_name: row.ppp_name,
    // A row of a service that cannot be managed is never decided to be created.
    ppp_service: managedService(row.service) ?? DEFAULT_PPP_SERVICE,
    status: decision.isDisabled ? "disconnected" : "active",
    anchor_day: billing.anchorDay,
    bill_timing: billing.timing,
  }));
  await insertImportedSubscribers(trx, { id: chunk.batch.id, routerId: chunk.batch.router_id, now }, made);
  await insertBoughtBefore(
    trx,
    create.flatMap(({ row: { prepaid_until_on: until } }, i) => {
      if (until === null) return [];
      const { start, end } = openingCoverage(until, importedOn);
      const subscription_id = made[i]?.subscription_id ?? "";
      return [{ subscription_id, period_start: start.toString(), period_end: end.toString() }];
    }),
    now,
  );
  await insertBlockReasons(
    trx,
    made.filter((one) => one.status === "disconnected").map((one) => ({
      id: uuidv7(now.epochMilliseconds),
      subscription_id: one.subscription_id,
      reason: "imported_disabled" as const,
      note: formatCoded(coded("disabled_on_router")),
      run_id: null,
      added_by: chunk.settings.confirmedBy ?? chunk.batch.created_by,
      added_on: importedOn,
      added_at: now,
    })),
  );
  return made;
}

type BilledAs = Pick<
  ImportedSubscriber,
  "billing_mode" | "prepaid_unit" | "prepaid_count" | "activated_on" | "billed_through_on" | "next_bill_on"
>;

/** How a connection pays when it comes in: up front where the file says until when, else by bills. */
function billedAs(
  { prepaid_until_on: until, prepaid_unit, prepaid_count }: ImportRow,
  { activatedOn, billedThroughOn, nextBillOn }: ImportedBilling,
  { isDisabled, importedOn }: { isDisabled: boolean; importedOn: Temporal.PlainDate },
): BilledAs {
  if (until !== null) {
    const { start, end } = openingCoverage(until, importedOn);
    return {
      billing_mode: "prepaid",
      prepaid_unit,
      prepaid_count,
      activated_on: start,
      billed_through_on: end,
      next_bill_on: null,
    };
  }
  // Nobody is billed for a line that was off when it came: billing begins when somebody turns it on.
  return {
    billing_mode: "postpaid",
    prepaid_unit,
    prepaid_count,
    activated_on: isDisabled ? null : activatedOn,
    billed_through_on: isDisabled ? null : billedThroughOn,
    next_bill_on: isDisabled ? null : nextBillOn,
  };
}

async function noteOutcomes(
  trx: TenantTransaction,
  chunk: Chunk,
  decided: readonly DecidedRow[],
  made: readonly ImportedSubscriber[],
): Promise<void> {
  const byKey = new Map(
    made.map((one) => [keyOfSecret({ name: one.ppp_name, service: one.ppp_service }), one]),
  );
  await updateImportOutcomes(
    trx,
    chunk.batch.id,
    decided.map(({ row, decision }) => {
      const one = byKey.get(importKey({ name: row.ppp_name, service: row.service }));
      const why = decision.action === "create"
        ? null
        : decision.action === "link"
        ? coded("already_subscriber")
        : decision.reason;
      return {
        account_key: row.account_key,
        outcome: one
          ? "created" as const
          : decision.action === "problem"
          ? "failed" as const
          : "skipped" as const,
        outcome_message: why === null ? null : formatCoded(why),
        subscriber_id: one?.subscriber_id ?? null,
        subscription_id: one?.subscription_id ?? null,
      };
    }),
  );
}

async function finish(trx: TenantTransaction, context: ServiceContext, chunk: Chunk): Promise<void> {
  const { batch, now, settings } = chunk;
  await updateImportBatch(trx, batch.id, { status: "done", finished_at: now });
  const actor: Actor = { kind: "staff", label: settings.confirmedBy ?? batch.created_by, staffUserId: null };
  await recordNetworkAudit(trx, context, actor, {
    action: "import.done",
    subjectKind: "import",
    subjectId: batch.id,
    summary: coded("audit_import_done", { count: batch.created_count, left: batch.skipped_count }),
  });
}
