import type { Selectable } from "kysely";
import { announceLive } from "../live/live_topics.ts";
import type { ClockWatchesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** When the clock was last looked at, and whether it is doubted. */
export type ClockWatchRow = Selectable<ClockWatchesTable>;

const COLUMNS = [
  "tenant_id",
  "seen_at",
  "boot_id",
  "uptime_seconds",
  "doubt",
  "doubted_at",
] as const;

/** Null before the first look. */
export async function findClockWatch(trx: TenantTransaction): Promise<ClockWatchRow | null> {
  return await trx.selectFrom("clock_watches").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .executeTakeFirst() ?? null;
}

/** The same, locked: two processes judge one after the other. */
export async function lockClockWatch(trx: TenantTransaction): Promise<ClockWatchRow | null> {
  return await trx.selectFrom("clock_watches").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .forNoKeyUpdate().executeTakeFirst() ?? null;
}

/** Notes a look; pages learn of it only where the doubt changes. */
export async function upsertClockWatch(
  trx: TenantTransaction,
  watch: Omit<ClockWatchRow, "tenant_id">,
  options: { isNews: boolean },
): Promise<void> {
  await trx.insertInto("clock_watches").values({ ...watch, tenant_id: trx.tenantId })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(watch)).execute();
  if (options.isNews) announceLive(trx, ["money", "tonight"]);
}
