import { type Selectable, sql } from "kysely";
import {
  DEFAULT_REMINDERS,
  type QuietHours,
  type ReminderSettings,
  type UnreachablePolicy,
} from "@/web/domain/mail/ladder.ts";
import { type Occasion, OCCASIONS } from "@/web/domain/mail/types.ts";
import type { ReminderSettingsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What a company says when, and who has said so last. */
export interface SavedReminders extends ReminderSettings {
  /** 0: the company has said nothing yet, these are the defaults. */
  revision: number;
  savedAt: Temporal.Instant | null;
  savedBy: string | null;
}

const COLUMNS = [
  "before_due_days",
  "before_cut_days",
  "silent_occasions",
  "quiet_from",
  "quiet_until",
  "cut_needs_notice",
  "unreachable",
  "revision",
  "saved_at",
  "saved_by",
] as const;
type Row = Pick<Selectable<ReminderSettingsTable>, (typeof COLUMNS)[number]>;

/** The company's reminders, or the defaults. */
export async function getReminders(trx: TenantTransaction): Promise<SavedReminders> {
  const row = await trx.selectFrom("reminder_settings").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .executeTakeFirst();
  return row === undefined
    ? { ...DEFAULT_REMINDERS, revision: 0, savedAt: null, savedBy: null }
    : toReminders(row);
}

function toReminders(row: Row): SavedReminders {
  return {
    beforeDueDays: row.before_due_days,
    beforeCutDays: row.before_cut_days,
    silentOccasions: row.silent_occasions.filter((one): one is Occasion =>
      (OCCASIONS as readonly string[]).includes(one)
    ),
    quiet: quietOf(row),
    cutNeedsNotice: row.cut_needs_notice,
    unreachable: row.unreachable,
    revision: row.revision,
    savedAt: row.saved_at,
    savedBy: row.saved_by,
  };
}

function quietOf({ quiet_from: from, quiet_until: until }: Row): QuietHours | null {
  if (from === null || until === null) return null;
  return { from: Temporal.PlainTime.from(from), until: Temporal.PlainTime.from(until) };
}

/** Saves over the revision that was read; false where somebody else saved meanwhile. */
export async function saveReminders(
  trx: TenantTransaction,
  settings: ReminderSettings,
  saved: { seen: number; at: Temporal.Instant; by: string },
): Promise<boolean> {
  const row = {
    before_due_days: [...settings.beforeDueDays],
    before_cut_days: [...settings.beforeCutDays],
    silent_occasions: [...settings.silentOccasions],
    quiet_from: settings.quiet?.from.toString() ?? null,
    quiet_until: settings.quiet?.until.toString() ?? null,
    cut_needs_notice: settings.cutNeedsNotice,
    unreachable: settings.unreachable satisfies UnreachablePolicy,
    revision: saved.seen + 1,
    saved_at: saved.at,
    saved_by: saved.by,
  };
  if (saved.seen === 0) {
    const { numInsertedOrUpdatedRows: added } = await trx.insertInto("reminder_settings")
      .values({ ...row, tenant_id: trx.tenantId }).onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    return (added ?? 0n) > 0n;
  }
  const { numUpdatedRows } = await trx.updateTable("reminder_settings").set(row)
    .where("tenant_id", "=", trx.tenantId).where("revision", "=", saved.seen).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** How many of those who have a connection mail can reach, and why the others not. */
export interface Reach {
  people: number;
  noAddress: number;
  refused: number;
  notWanted: number;
  hasServer: boolean;
}

/** Counted of subscribers with a connection that is not ended. */
export async function countReach(trx: TenantTransaction): Promise<Reach> {
  const { rows: [reach] } = await sql<Reach>`
    select count(*)::int as people, count(*) filter (where s.email is null)::int as "noAddress",
      count(*) filter (where r.address_lower is not null)::int as refused,
      count(*) filter (where s.email is not null and r.address_lower is null and s.mail_wanted <> 'all')::int as "notWanted",
      exists (select from mail_servers where tenant_id = ${trx.tenantId}) as "hasServer"
    from subscribers s
      left join mail_refusals r on r.tenant_id = s.tenant_id and r.kind = 'hard' and r.address_lower = lower(s.email)
    where s.tenant_id = ${trx.tenantId} and exists (select from subscriptions c where c.tenant_id = s.tenant_id
      and c.subscriber_id = s.id and c.status in ('active', 'disconnected'))`.execute(trx);
  return reach ?? { people: 0, noAddress: 0, refused: 0, notWanted: 0, hasServer: false };
}
