import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { ReminderSettings } from "@/web/domain/mail/ladder.ts";
import { getReminders, type SavedReminders, saveReminders } from "@/web/store/mail/reminder_settings.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Why reminders are not saved. */
export type SaveRemindersCode = "row_changed" | "notice_is_silent" | "quiet_hours_half" | "quiet_hours_none";

/** What the form says; the hours as they were typed. */
export interface RemindersInput extends Omit<ReminderSettings, "quiet"> {
  /** Of the form; 0 when nobody had saved yet. */
  revision: number;
  quietFrom: Temporal.PlainTime | null;
  quietUntil: Temporal.PlainTime | null;
}

/**
 * Saves what is said when. It holds for what is queued from now on. Nobody can be kept on for want of a notice that the
 * company sends to nobody, so the two together are refused.
 */
export async function saveReminderSettings(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { revision, quietFrom: from, quietUntil: until, ...rest }: RemindersInput,
): Promise<Result<{ isUnchanged: boolean }, SaveRemindersCode>> {
  if ((from === null) !== (until === null)) return err("quiet_hours_half");
  if (from !== null && until !== null && from.equals(until)) return err("quiet_hours_none");
  if (rest.cutNeedsNotice && rest.silentOccasions.includes("cut_notice")) return err("notice_is_silent");
  const settings = { ...rest, quiet: from === null || until === null ? null : { from, until } };
  return await runUseCase<{ isUnchanged: boolean }, SaveRemindersCode>(
    context,
    tenantId,
    actor,
    async ({ trx, at, business, live }) => {
      const before = await getReminders(trx);
      if (before.revision !== revision) return err("row_changed");
      if (isSame(before, settings)) return ok({ isUnchanged: true });
      if (!await saveReminders(trx, settings, { seen: revision, at, by: actor.label })) {
        return err("row_changed");
      }
      live(["tonight", "mail"]);
      await recordAudit(trx, actor, {
        action: "settings.reminders_saved",
        subjectKind: "tenant",
        subjectId: tenantId,
        summary: coded("audit_reminders_saved"),
        details: { before: plain(before), after: plain(settings) },
        at,
        businessOn: business.today,
      });
      return ok({ isUnchanged: false });
    },
  );
}

function isSame(before: SavedReminders, settings: ReminderSettings): boolean {
  return before.revision > 0 && JSON.stringify(plain(before)) === JSON.stringify(plain(settings));
}

function plain(settings: ReminderSettings): Record<string, unknown> {
  return {
    before_due_days: settings.beforeDueDays,
    before_cut_days: settings.beforeCutDays,
    silent_occasions: settings.silentOccasions,
    quiet: settings.quiet === null ? null : `${settings.quiet.from} ${settings.quiet.until}`,
    cut_needs_notice: settings.cutNeedsNotice,
    unreachable: settings.unreachable,
  };
}
