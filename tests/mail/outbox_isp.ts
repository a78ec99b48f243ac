import { createIsp, type Isp, todayOf } from "@/tests/billing/isp.ts";
import { setMailServer } from "@/tests/support/mail_server.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import type { OpenedServer, OutboxParts } from "@/web/services/mail/outbox_parts.ts";
import { MailWorker, type MailWorkerOptions } from "@/web/services/mail/mail_worker.ts";
import { queueMail } from "@/web/services/mail/queue_mail.ts";

/** Where a test's provider mails through. */
export function serverOn(port: number, password = "good"): OpenedServer {
  return {
    server: {
      host: "127.0.0.1",
      port,
      encryption: "none",
      login: { kind: "password", username: "isp", password },
      reach: "anywhere",
    },
    from: { name: "Ilaya Net", address: "bills@ilaya.test" },
    replyTo: null,
    hourlyMax: null,
    dailyMax: null,
  };
}

/** A provider whose subscribers have these addresses and a mail each that waits. */
export async function createMailingIsp(
  database: Pick<TestDatabase, "db">,
  addresses: readonly string[],
): Promise<Isp> {
  const isp = await createIsp(database, { subscribers: addresses.length });
  await isp.run(async (trx) => {
    for (const [n, address] of addresses.entries()) {
      await trx.updateTable("subscribers").set({ email: address }).where("tenant_id", "=", isp.tenantId)
        .where("id", "=", isp.subscriberIds[n]!).execute();
    }
    await setMailServer(trx);
  });
  await queueOneEach(isp, "first");
  return isp;
}

/** Another mail to everybody. */
export async function queueOneEach(isp: Isp, name: string, subscriberIds = isp.subscriberIds): Promise<void> {
  const mails = subscriberIds.map((subscriberId) => ({
    occasion: "bill_issued" as const,
    dedupeKey: `${name}:${subscriberId}`,
    subscriberId,
  }));
  const queueing = { at: isp.clock.now(), businessOn: todayOf(isp), by: "Scheduler" };
  await isp.run((trx) => queueMail(trx, mails, queueing));
}

/** Parts that say little, through a server that a test may change. */
export function partsOf(
  opened: (tenantId: string) => OpenedServer | null,
  over: Partial<OutboxParts> = {},
): OutboxParts {
  return {
    openServer: (trx) => Promise.resolve(opened(trx.tenantId)),
    whyNot: () => Promise.resolve(new Map()),
    compose: (_trx, message) =>
      Promise.resolve({
        toName: "Juan Cruz",
        language: "en",
        subject: `Bill ${message.dedupe_key}`,
        html: "<p>Your bill</p>",
        text: "Your bill",
        headers: {},
        attachments: [],
      }),
    ...over,
  };
}

/** A worker of a provider, quick to look and quick to give up. */
export function startWorker(isp: Isp, parts: OutboxParts, over: Partial<MailWorkerOptions> = {}): MailWorker {
  const { db, clock, log } = isp.context;
  return new MailWorker({
    db,
    clock,
    log,
    parts,
    pollMs: 50,
    leaseMs: 2_000,
    session: { connectMs: 1_000, greetingMs: 1_000, openMs: 2_000, messageMs: 1_000, answerMs: 1_000 },
    ...over,
  });
}

/** What stands in the outbox, as it was queued. */
export async function outboxOf(isp: Isp) {
  return await isp.run((trx) =>
    trx.selectFrom("mail_messages").selectAll().where("tenant_id", "=", isp.tenantId).orderBy("dedupe_key")
      .execute()
  );
}

/** The lines of mail in the system log. */
export async function mailLog(isp: Isp) {
  return await isp.run((trx) =>
    trx.selectFrom("system_log").selectAll().where("tenant_id", "=", isp.tenantId).where(
      "source",
      "=",
      "mail",
    )
      .orderBy("id").execute()
  );
}

/** What stops the provider's mail. */
export async function senderOf(isp: Isp) {
  return await isp.run((trx) =>
    trx.selectFrom("mail_senders").selectAll().where("tenant_id", "=", isp.tenantId).executeTakeFirst()
  );
}
