import { setMailServer } from "@/tests/support/mail_server.ts";
import { DEFAULT_REMINDERS, type ReminderSettings } from "@/web/domain/mail/ladder.ts";
import { sql } from "kysely";
import { createIsp, type Isp, type IspOptions, runUntil } from "@/tests/billing/isp.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { whyNotEach } from "@/web/services/mail/why_not.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { updateOutcomes } from "@/web/store/mail/outbox.ts";
import { saveReminders } from "@/web/store/mail/reminder_settings.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

/** A provider with a mail server, whose subscribers have addresses. */
export async function createMailIsp(
  database: Pick<TestDatabase, "db">,
  options: IspOptions = {},
): Promise<Isp> {
  const isp = await createIsp(database, options);
  await giveAddresses(isp);
  await setServer(isp);
  return isp;
}

export async function giveAddresses(isp: Isp): Promise<void> {
  await isp.run((trx) =>
    sql`update subscribers set email = 's' || right(account_number, 5) || '@example.net'
      where tenant_id = ${isp.tenantId}`.execute(trx)
  );
}

export async function setServer(isp: Isp): Promise<void> {
  await isp.run((trx) =>
    setMailServer(trx, {
      host: "mail.example.net",
      port: 587,
      encryption: "starttls",
      from_address: "billing@example.net",
    })
  );
}

/** Says what the company wants, over the defaults. */
export async function remind(isp: Isp, change: Partial<ReminderSettings>): Promise<void> {
  await isp.run(async (trx) => {
    await sql`delete from reminder_settings where tenant_id = ${isp.tenantId}`.execute(trx);
    const settings = { ...DEFAULT_REMINDERS, ...change };
    await saveReminders(trx, settings, { seen: 0, at: isp.clock.now(), by: "Maria Santos" });
  });
}

/** A message as tests read it. */
export interface ReadMail {
  id: string;
  occasion: string;
  state: string;
  reason: string | null;
  /** Number of the subscriber, from 0. */
  who: number;
  facts: Record<string, unknown>;
  created_on: Temporal.PlainDate;
  business_after_at: Temporal.Instant | null;
  dedupe_key: string;
}

/** Every message of an occasion, or all, in the order in which they were queued. */
export async function mailsOf(isp: Isp, occasion?: string): Promise<ReadMail[]> {
  const rows = await isp.run(async (trx) => {
    const { rows } = await sql<Omit<ReadMail, "who"> & { subscriber_id: string }>`
      select id, occasion, state, reason, subscriber_id, facts, created_on, business_after_at, dedupe_key
      from mail_messages where tenant_id = ${isp.tenantId}
        and (${occasion ?? null}::text is null or occasion = ${occasion ?? null}) order by created_at, id`
      .execute(trx);
    return rows;
  });
  return rows.map(({ subscriber_id, ...row }) => ({ ...row, who: isp.subscriberIds.indexOf(subscriber_id) }));
}

/** How many there are of each occasion. */
export async function countMails(isp: Isp): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { occasion } of await mailsOf(isp)) counts[occasion] = (counts[occasion] ?? 0) + 1;
  return counts;
}

const UNTOUCHED = {
  words: null,
  address: null,
  attempts: 0,
  nextAttemptAt: null,
  expiresAt: null,
  isPerhapsDouble: false,
  sentAt: null,
} as const;

/** Does what the worker does, without a server: reads again, and sends or skips what has its hour. */
export async function sendDue(isp: Isp): Promise<ReadMail[]> {
  const queued = (await mailsOf(isp)).filter(({ state }) => state === "queued");
  return await isp.run(async (trx) => {
    const tenant = await getTenant(trx);
    const business = businessNow(tenant, isp.clock);
    const due = queued.filter(({ business_after_at: after }) =>
      after === null || Temporal.Instant.compare(after, business.instant) <= 0
    );
    const why = await whyNotEach(trx, tenant, due.map(({ id }) => id), business);
    await updateOutcomes(
      trx,
      due.map(({ id }) => {
        const reason = why.get(id) ?? null;
        const sent = { state: "sent", sentAt: isp.clock.now() } as const;
        return { ...UNTOUCHED, id, reason, ...(reason === null ? sent : { state: "skipped" as const }) };
      }),
    );
    return due.filter(({ id }) => !why.has(id));
  });
}

/** Lives on, and every hour sends what is due, as the worker would. */
export async function liveSending(isp: Isp, until: string): Promise<void> {
  const end = Temporal.PlainDateTime.from(until).toZonedDateTime(isp.zone);
  while (Temporal.Instant.compare(isp.clock.now(), end.toInstant()) < 0) {
    const next = isp.clock.now().toZonedDateTimeISO(isp.zone).add({ hours: 1 });
    await runUntil(isp, next.toPlainDateTime().toString());
    await sendDue(isp);
  }
}
