import { localDate } from "@/shared/calendar/mod.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { sign, type SigningKeyPair } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import {
  type AuditCheckRow,
  findLastAuditCheck,
  insertAuditCheck,
  insertAuditHead,
} from "@/web/store/access/audit_heads.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { type AuditChainReport, checkAuditChain } from "./audit_chain.ts";
import { headStatement } from "./audit_head.ts";
import type { ServiceContext } from "./context.ts";
import { isNightCheckDue } from "./night_check.ts";

/**
 * Looks at a company's whole audit log, writes down what it found, and signs the end of one that is whole: what is cut
 * off or written anew from then on is found. A broken one is not signed, or the signature would vouch for it.
 */
export async function checkAudit(
  { db, clock, signing }: ServiceContext,
  tenantId: string,
): Promise<AuditChainReport> {
  const startedAt = performance.now();
  const publicKey = signing?.publicKey ?? null;
  const report = await withTenant(db, tenantId, (trx) => checkAuditChain(trx, publicKey), {
    readOnly: true,
    isolation: "repeatable read",
  });
  const at = clock.now();
  const check: AuditCheckRow = {
    id: uuidv7(at.epochMilliseconds),
    checked_at: at,
    took_ms: Math.round(performance.now() - startedAt),
    entries: report.entries,
    problem: report.broken?.problem ?? null,
    problem_sequence: report.broken?.at ?? null,
    problem_print: report.broken?.print ?? null,
  };
  await withTenant(db, tenantId, async (trx) => {
    await insertAuditCheck(trx, check);
    await noteOutcome(trx, check, report);
    if (report.broken === null && report.entries > 0n && signing !== undefined) {
      await signHead(trx, report, { signing, at });
    }
    // Today shows what waits for somebody, and it looks again with money.
    if (report.broken !== null) announceLive(trx, ["money"]);
  });
  return report;
}

/** The night's look, once a day from two o'clock in the company's zone. */
export async function checkAuditAtNight(context: ServiceContext, tenantId: string): Promise<void> {
  const isDue = await withTenant(context.db, tenantId, async (trx) => {
    const { time_zone: zone } = await getTenant(trx);
    const last = await findLastAuditCheck(trx);
    return isNightCheckDue(last?.checked_at ?? null, { now: context.clock.now(), zone });
  }, { readOnly: true });
  if (isDue) await checkAudit(context, tenantId);
}

async function noteOutcome(
  trx: TenantTransaction,
  { checked_at: at, id }: AuditCheckRow,
  { broken, entries, foreignHeads }: AuditChainReport,
): Promise<void> {
  const message = broken === null
    ? coded("log_audit_whole", { count: Number(entries) })
    : coded("log_audit_broken", { entry: broken.at.toString(), problem: broken.problem });
  await insertSystemLog(trx, {
    at,
    level: broken === null ? "info" : "error",
    event: broken === null ? "audit_whole" : "audit_broken",
    message: formatCoded(message),
    reference: id,
  });
  if (foreignHeads === 0) return;
  await insertSystemLog(trx, {
    at,
    level: "warn",
    event: "audit_foreign_heads",
    message: formatCoded(coded("log_audit_foreign", { count: foreignHeads })),
    reference: id,
  });
}

async function signHead(
  trx: TenantTransaction,
  { entries, hash }: AuditChainReport,
  { signing, at }: { signing: SigningKeyPair; at: Temporal.Instant },
): Promise<void> {
  const { tenantId } = trx;
  const { time_zone: zone } = await getTenant(trx);
  const head = { sequence: entries, hash, signed_on: localDate(at, zone) };
  await insertAuditHead(trx, {
    ...head,
    signed_at: at,
    public_key: signing.publicKey,
    signature: await sign(signing.privateKey, headStatement({ tenantId, ...head })),
  });
}
