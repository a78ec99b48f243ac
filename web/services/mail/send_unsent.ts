import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { lockReminding } from "@/web/store/mail/remind.ts";
import { listUnsent, type NotSentLater, type UnsentMail, updateUnsent } from "@/web/store/mail/unsent.ts";
import { seeOnly, type TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import { businessNow } from "../business_clock.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { digestOf } from "../subscribers/bulk.ts";
import { runUseCase } from "../use_case.ts";
import { whyNotEach } from "./why_not.ts";

/** Mails that are queued at once; what is more is asked about again. */
const UNSENT_MAX = 20_000;

/** What became of the mails that were skipped for want of a server. */
export interface UnsentMails {
  mails: UnsentMail[];
  /** Those that are sent. */
  chosen: number;
  /** Business date of the oldest of them; null: there is none. */
  oldestOn: Temporal.PlainDate | null;
  /** The others by why, the most first. */
  left: { reason: NotSentLater; count: number }[];
  /** Digest of those that are sent. */
  seen: string;
}

/** Looks at mails that were skipped while no server was set, as everything stands now. */
export async function readUnsent(trx: TenantTransaction, now: Temporal.Instant): Promise<UnsentMails> {
  const tenant = await getTenant(trx);
  const business = businessNow(tenant, { now: () => now });
  const found = await listUnsent(trx, { now, today: business.today }, UNSENT_MAX);
  const open = found.filter(({ reason }) => reason === null).map(({ id }) => id);
  const why = await whyNotEach(trx, tenant, open, business);
  const mails = found.map((mail) => ({ ...mail, reason: mail.reason ?? why.get(mail.id) ?? null }));
  const chosen = mails.filter(({ reason }) => reason === null);
  const counts = new Map<NotSentLater, number>();
  for (const { reason } of mails) {
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return {
    mails,
    chosen: chosen.length,
    oldestOn: chosen.map((mail) => mail.created_on).sort(Temporal.PlainDate.compare)[0] ?? null,
    left: [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
    seen: await digestOf(chosen.map(({ id }) => id)),
  };
}

/**
 * Sends what was skipped while no server was set, all together: the messages of their occasions, so that nothing is ever
 * told twice. What is left out says why from now on. The same form sent twice queues once.
 */
export async function sendUnsent(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  /** `siteIds`: what whoever asks is limited to; null: nothing. */
  { seen, siteIds = null }: { seen: string; siteIds?: readonly string[] | null },
): Promise<Result<{ count: number }, "mail_nobody_chosen" | "mail_list_changed">> {
  return await runUseCase<{ count: number }, "mail_nobody_chosen" | "mail_list_changed">(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const { trx, at, business } = useCase;
      await lockReminding(trx);
      const { mails, chosen, seen: now } = await seeOnly(trx, siteIds, () => readUnsent(trx, at));
      if (mails.length === 0) return ok({ count: 0 });
      if (chosen === 0) return err("mail_nobody_chosen");
      if (now !== seen) return err("mail_list_changed");
      await updateUnsent(trx, mails, at);
      useCase.live(["mail"]);
      await recordAudit(trx, actor, {
        action: "mail.unsent_sent",
        subjectKind: "tenant",
        subjectId: tenantId,
        summary: coded("audit_mail_unsent", { count: chosen }),
        at,
        businessOn: business.today,
      });
      return ok({ count: chosen });
    },
  );
}
