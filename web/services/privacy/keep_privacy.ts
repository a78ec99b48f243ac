import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { clearOldMails, deleteOldOpenings } from "@/web/store/privacy/openings.ts";
import { insertErasure, listErasures, listLeftOver, readBlockers } from "@/web/store/privacy/erasures.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { ok } from "@/shared/result.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { SCHEDULER, type ServiceContext } from "../context.ts";
import { eachInTurn } from "../each_in_turn.ts";
import { runUseCase } from "../use_case.ts";
import { isBlocked } from "./blockers.ts";
import { beginErasure, runErasure } from "./run_erasure.ts";

/** Rows of one transaction, and transactions of one kind in one night; the rest waits for the next. */
const BATCH = { rows: 5_000, most: 40 };

type Kind = "mails" | "openings";

const CLEANED: Record<Kind, {
  days: (tenant: TenantRow) => number;
  clear: (trx: TenantTransaction, batch: { before: Temporal.Instant; most: number }) => Promise<number>;
}> = {
  mails: { days: (tenant) => tenant.mail_days, clear: clearOldMails },
  openings: { days: (tenant) => tenant.opening_days, clear: deleteOldOpenings },
};

/**
 * The night's work on what is known of people: requests to be erased, and what is older than it is kept. What fails for one
 * keeps none of the others from theirs; the job fails, and is tried again, once all have had it.
 */
export async function keepPrivacy(context: ServiceContext, tenantId: string): Promise<void> {
  const kinds = Object.keys(CLEANED) as Kind[];
  const parts = [
    () => eraseWhoAsked(context, tenantId),
    ...kinds.map((kind) => () => cleanUp(context, tenantId, kind)),
  ];
  const said = (_part: unknown, error: unknown) =>
    context.log.error("privacy_not_kept", { tenant_id: tenantId, error });
  await eachInTurn(parts, (part) => part(), said);
}

/** Somebody whose turn it is; null: what is left over of an erasure of before, for which nothing is written down yet. */
interface Due {
  subscriberId: string;
  erasureId: string | null;
}

/** Erases whoever asked and against whom nothing stands any more; the others stay. */
async function eraseWhoAsked(context: ServiceContext, tenantId: string): Promise<void> {
  const { asked, left } = await withTenant(context.db, tenantId, async (trx) => ({
    asked: await listErasures(trx, "asked"),
    left: await listLeftOver(trx),
  }), { readOnly: true });
  const people: Due[] = [
    ...asked.map((row) => ({ subscriberId: row.subscriber_id, erasureId: row.id })),
    ...left.map((subscriberId) => ({ subscriberId, erasureId: null })),
  ];
  const erase = async (person: Due) => {
    const erasureId = await beginDue(context, tenantId, person);
    if (erasureId !== null) await runErasure(context, tenantId, erasureId);
  };
  const said = ({ subscriberId }: Due, error: unknown) =>
    context.log.error("erasure_failed", { tenant_id: tenantId, subscriber_id: subscriberId, error });
  await eachInTurn(people, erase, said);
}

/** Begins an erasure against which nothing stands any more; null: something does. One that has begun goes on. */
async function beginDue(
  context: ServiceContext,
  tenantId: string,
  { subscriberId, erasureId }: Due,
): Promise<string | null> {
  const result = await runUseCase<string | null, never>(
    context,
    tenantId,
    SCHEDULER,
    async (useCase) => {
      const { trx, at } = useCase;
      const subscriber = await lockSubscriber(trx, subscriberId);
      if (subscriber === null) return ok(null);
      // What a restored backup had connected again and is over now: nothing else stands against what is left of it.
      const isLeftOver = subscriber.erased_at !== null;
      if (!isLeftOver && isBlocked(await readBlockers(trx, subscriberId))) return ok(null);
      const id = erasureId ?? uuidv7(at.epochMilliseconds);
      if (erasureId === null) {
        const { account_number } = subscriber;
        const row = { id, subscriber_id: subscriberId, account_number, reason: null };
        await insertErasure(trx, { ...row, asked_at: at, asked_by: SCHEDULER.label });
      }
      await beginErasure(useCase, id);
      return ok(id);
    },
  );
  return result.ok ? result.value : null;
}

async function cleanUp(context: ServiceContext, tenantId: string, kind: Kind): Promise<void> {
  let total = 0;
  for (let batch = 0; batch < BATCH.most; batch++) {
    const gone = await withTenant(context.db, tenantId, async (trx) => {
      const days = CLEANED[kind].days(await getTenant(trx));
      const before = context.clock.now().subtract({ hours: 24 * days });
      return await CLEANED[kind].clear(trx, { before, most: BATCH.rows });
    });
    total += gone;
    if (gone < BATCH.rows) break;
  }
  if (total === 0) return;
  await withTenant(context.db, tenantId, (trx) =>
    insertSystemLog(trx, {
      at: context.clock.now(),
      level: "info",
      event: "privacy_cleaned",
      message: formatCoded(coded("log_cleaned", { kind, count: total })),
    }));
}
