import { formatCount, formatDuration } from "@/web/format.ts";
import { SENDING_LIMIT } from "@/web/domain/mail/sender_problems.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { checkSecrets } from "@/web/services/secrets/check_secrets.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { findMailStanding, type MailStanding } from "@/web/store/mail/mail_servers.ts";
import { type MailBacklog, readMailBacklog } from "@/web/store/mail/outbox.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import type { Finding } from "./examine.ts";

/** Due for so long, and nobody says why: it is stuck. */
const STUCK_MINUTES = 30;

/** Whether what is sealed for a tenant opens, and whether its mail goes out. */
export async function* mailOf(
  { db, clock, masterKeys }: ServiceContext,
  tenantId: string,
  isRunning: boolean,
): AsyncGenerator<Finding> {
  const now = clock.now();
  const { tenant, secrets, standing, backlog } = await withTenant(db, tenantId, async (trx) => {
    const tenant = await getTenant(trx);
    return {
      tenant,
      secrets: await checkSecrets(trx, masterKeys ?? null),
      standing: await findMailStanding(trx),
      backlog: await backlogOf(trx, tenant, now),
    };
  }, { readOnly: true });
  if (secrets.problems.length > 0) {
    const text = `${tenant.name}: what is sealed does not open`;
    yield { state: "broken", text, more: secrets.problems };
  } else if (secrets.sealed > 0) {
    yield { state: "ok", text: `${tenant.name}: the master keys open what is sealed (${secrets.sealed})` };
  }
  yield queueOf(tenant.name, { standing, backlog, now, isRunning });
}

async function backlogOf(
  trx: TenantTransaction,
  tenant: TenantRow,
  now: Temporal.Instant,
): Promise<MailBacklog> {
  const { instant } = businessNow(tenant, { now: () => now });
  return await readMailBacklog(trx, { now, businessNow: instant });
}

function queueOf(
  name: string,
  { standing: { problem, notBeforeAt }, backlog: { count, oldestAt }, now, isRunning }: {
    standing: MailStanding;
    backlog: MailBacklog;
    now: Temporal.Instant;
    isRunning: boolean;
  },
): Finding {
  const ageMs = oldestAt === null ? 0 : now.epochMilliseconds - oldestAt.epochMilliseconds;
  const waiting = count === 0
    ? "no mail is due"
    : `${formatCount(count)} mails are due, the oldest for ${formatDuration(ageMs)}`;
  const isPaused = notBeforeAt !== null && Temporal.Instant.compare(notBeforeAt, now) > 0;
  if (problem !== null && problem.problem !== SENDING_LIMIT) {
    const text = `${name}: mail is stopped (${problem.problem}); ${waiting}`;
    return { state: "warn", text, more: problem.problem_words === null ? [] : [problem.problem_words] };
  }
  if (isPaused) {
    return { state: "ok", text: `${name}: mail pauses for its limit until ${notBeforeAt}; ${waiting}` };
  }
  if (isRunning && ageMs > STUCK_MINUTES * 60_000) {
    return { state: "broken", text: `${name}: nobody sends mail; ${waiting}` };
  }
  return { state: "ok", text: `${name}: ${waiting}` };
}
