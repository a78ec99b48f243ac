import pg from "pg";
import type { Isp } from "@/tests/billing/isp.ts";
import { setMailServer } from "@/tests/support/mail_server.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import { storedFacts } from "@/web/domain/mail/facts.ts";
import type { Occasion } from "@/web/domain/mail/types.ts";
import { queueMail } from "@/web/services/mail/queue_mail.ts";

/** The day of the test's clock in Manila. */
export function dayOf(isp: Isp): Temporal.PlainDate {
  return isp.clock.now().toZonedDateTimeISO("Asia/Manila").toPlainDate();
}

/**
 * A scene whose bills were issued before anything was mailed: the days that it has lived queue nothing, so that a test
 * counts what it put there itself. The product deletes no message, so the database's owner does.
 */
export async function withUnmailedScene(local: string, work: (scene: Scene) => Promise<void>): Promise<void> {
  await withScene(local, async (scene) => {
    const client = new pg.Client({ connectionString: scene.database.superuserUrl });
    await client.connect();
    try {
      await client.query("delete from mail_messages");
    } finally {
      await client.end();
    }
    await work(scene);
  });
}

/** Sets a mail server, so that messages wait for one who sends them, and gives the first subscribers an address. */
export async function setUpMail(isp: Isp, addresses: number): Promise<void> {
  await isp.run(async (trx) => {
    await setMailServer(trx, { host: "mail.ilaya.test", port: 587, encryption: "starttls" });
    for (const [n, id] of isp.subscriberIds.slice(0, addresses).entries()) {
      await trx.updateTable("subscribers").set({ email: `s${n}@mail.test` }).where("id", "=", id).execute();
    }
  });
}

/** Ids of the first bill of each subscriber, in their order. */
export async function billIdsOf(isp: Isp): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "subscriber_id"]).where("tenant_id", "=", isp.tenantId)
      .where("status", "=", "issued").orderBy("number").execute()
  );
  return isp.subscriberIds.flatMap((id) =>
    rows.filter((row) => row.subscriber_id === id).slice(0, 1).map((row) => row.id)
  );
}

/** Queues one message about a bill. @returns its id */
export async function queueOne(
  isp: Isp,
  { n, occasion = "bill_issued", key }: { n: number; occasion?: Occasion; key?: string },
): Promise<string> {
  const billId = (await billIdsOf(isp))[n]!;
  const dedupeKey = key ?? `${occasion}:${billId}`;
  return await isp.run(async (trx) => {
    await queueMail(
      trx,
      [{
        ...storedFacts(occasion, { billIds: [billId] }),
        dedupeKey,
        subscriberId: isp.subscriberIds[n]!,
        billId,
      }],
      { at: isp.clock.now(), businessOn: dayOf(isp), by: "Scheduler" },
    );
    const row = await trx.selectFrom("mail_messages").select("id").where("tenant_id", "=", isp.tenantId)
      .where("dedupe_key", "=", dedupeKey).executeTakeFirstOrThrow();
    return row.id;
  });
}

/** What the worker would have left of a message. */
export async function setMail(isp: Isp, id: string, fields: Record<string, unknown>): Promise<void> {
  await isp.run((trx) => trx.updateTable("mail_messages").set(fields).where("id", "=", id).execute());
}

/** Every message as `occasion state reason key`. */
export async function mailsOf(isp: Isp): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("mail_messages").select(["occasion", "state", "reason", "dedupe_key"])
      .where("tenant_id", "=", isp.tenantId).orderBy("dedupe_key").execute()
  );
  return rows.map((row) => [row.occasion, row.state, row.reason ?? "-", row.dedupe_key].join(" "));
}
