import { verify } from "@/shared/crypto/mod.ts";
import { err, ok } from "@/shared/result.ts";
import type { ListedErasure } from "@/web/gateways/erasure_list/mod.ts";
import { lookupTenants } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { type ErasureRow, findErasure, insertErasure, listErasures } from "@/web/store/privacy/erasures.ts";
import { findSubscriber, lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { SCHEDULER, type ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { erasureStatement } from "./erasure_statement.ts";
import { keepOutside } from "./keep_outside.ts";
import { beginErasure, runErasure } from "./run_erasure.ts";

/**
 * What becomes of an erasure of the list: it is known, its person or company is not in this database, this installation
 * never signed it, or it was done again.
 */
export type AgainOutcome = "known" | "not_here" | "not_signed" | "erased";

/**
 * What a start does: whoever the list names and a restored database has whole is erased again, and what the database knows
 * and the list does not is added to the list. A list that cannot be read stops nothing; the log and the doctor say it.
 */
export async function applyErasuresAgain(context: ServiceContext): Promise<Record<AgainOutcome, number>> {
  const counts: Record<AgainOutcome, number> = { known: 0, not_here: 0, not_signed: 0, erased: 0 };
  try {
    const listed = await context.erasures?.read() ?? [];
    for (const erasure of listed) counts[await applyAgain(context, erasure)]++;
    await keepOutside(context, await listedOfDatabase(context));
  } catch (error) {
    context.log.error("erasures_not_applied", { error });
  }
  if (counts.erased > 0) context.log.warn("erasures_applied_again", { count: counts.erased });
  return counts;
}

/** Erasures of the list that this database does not have; for who only looks. */
export async function listNotApplied(
  { db }: Pick<ServiceContext, "db">,
  listed: readonly ListedErasure[],
): Promise<ListedErasure[]> {
  const tenants = new Set(await lookupTenants(db));
  const missing: ListedErasure[] = [];
  for (const erasure of listed) {
    if (!tenants.has(erasure.company_id)) continue;
    const isOpen = await withTenant(db, erasure.company_id, async (trx) => {
      const row = await findErasure(trx, erasure.erasure);
      return row?.state !== "done" && await findSubscriber(trx, erasure.subscriber) !== null;
    }, { readOnly: true });
    if (isOpen) missing.push(erasure);
  }
  return missing;
}

/** Erases somebody again, once: nothing is asked any more, it was decided. */
export async function applyAgain(context: ServiceContext, listed: ListedErasure): Promise<AgainOutcome> {
  const { company_id: tenantId, erasure: erasureId, subscriber: subscriberId, account } = listed;
  if (!(await lookupTenants(context.db)).includes(tenantId)) return "not_here";
  if (!await isOurs(context, listed)) return "not_signed";
  const begun = await runUseCase<"known" | "begun", "subscriber_not_found">(
    context,
    tenantId,
    SCHEDULER,
    async (useCase) => {
      const { trx, at } = useCase;
      const subscriber = await lockSubscriber(trx, subscriberId);
      if (subscriber === null) return err("subscriber_not_found");
      const row = await findErasure(trx, erasureId);
      if (row?.state === "done") return ok("known");
      if (row === null) {
        const asked = { reason: null, asked_at: at, asked_by: SCHEDULER.label };
        await insertErasure(trx, {
          id: erasureId,
          subscriber_id: subscriberId,
          account_number: account,
          ...asked,
        });
      }
      await beginErasure(useCase, erasureId);
      return ok("begun");
    },
  );
  if (!begun.ok) return "not_here";
  if (begun.value === "known") return "known";
  const again = { erasedAt: listed.erased_at };
  const outcome = await runErasure(context, tenantId, erasureId, { actor: SCHEDULER, again });
  return outcome === "done" ? "erased" : "known";
}

/** Nobody is erased by a file that somebody wrote. */
async function isOurs({ signing }: ServiceContext, listed: ListedErasure): Promise<boolean> {
  if (signing === undefined || listed.public_key.toHex() !== signing.publicKey.toHex()) return false;
  return await verify(
    signing.publicKey,
    listed.signature,
    erasureStatement({
      tenantId: listed.company_id,
      erasureId: listed.erasure,
      subscriberId: listed.subscriber,
      account: listed.account,
      erasedAt: listed.erased_at,
      entries: listed.entries,
      digest: listed.digest,
    }),
  );
}

/** Every erasure of this database, as the list keeps them. */
export async function listedOfDatabase({ db }: Pick<ServiceContext, "db">): Promise<ListedErasure[]> {
  const listed: ListedErasure[] = [];
  for (const tenantId of await lookupTenants(db)) {
    const rows = await withTenant(db, tenantId, (trx) => listErasures(trx, "done"), { readOnly: true });
    for (const row of rows) listed.push(listedOf(tenantId, row));
  }
  return listed;
}

function listedOf(tenantId: string, row: ErasureRow): ListedErasure {
  const { erased_at: erasedAt, digest, public_key: publicKey, signature } = row;
  if (erasedAt === null || digest === null || publicKey === null || signature === null) {
    throw new Error(`Cannot list erasure ${row.id}: it is done and not signed`);
  }
  return {
    format: "linya-erasure-v1",
    company_id: tenantId,
    erasure: row.id,
    subscriber: row.subscriber_id,
    account: row.account_number,
    erased_at: erasedAt,
    entries: row.entries ?? 0,
    digest: new Uint8Array(digest),
    public_key: new Uint8Array(publicKey),
    signature: new Uint8Array(signature),
  };
}
