import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { clearSenderProblem } from "@/web/store/mail/senders.ts";
import { loginsAt, recipientsAt, startIspMail } from "./isp_mail.ts";
import {
  createMailingIsp,
  mailLog,
  outboxOf,
  partsOf,
  queueOneEach,
  senderOf,
  serverOn,
  startWorker,
} from "./outbox_isp.ts";

const good = (count: number) => Array.from({ length: count }, (_, n) => `juan${n}@example.test`);

Deno.test("the outbox sends each mail once and says when and what the server answered", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(30));
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"));
  } finally {
    await worker.stop();
  }
  assert.equal(smtp.mailbox.taken, 30);
  assert.equal(new Set(recipientsAt(smtp)).size, 30);
  for (const message of await outboxOf(isp)) {
    assert.equal(message.server_words, "250 OK: message queued");
    assert.equal(message.data_begun_at, null);
    assert.equal(message.attempts, 1);
    assert.equal(message.message_id, `<${message.id}@ilaya.test>`);
    assert.ok(smtp.mailbox.timesByMessageId.has(message.message_id ?? ""));
  }
  assert.deepEqual(await mailLog(isp), []);
});

Deno.test("a wrong login sends none and tries once a wait; corrected, all go once (mail-05)", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(300));
  let password = "wrong";
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port, password)));
  try {
    await until(async () => (await senderOf(isp))?.problem === "login_refused");
    const looks = loginsAt(smtp);
    await queueOneEach(isp, "second");
    worker.wake();
    isp.clock.advance({ minutes: 6 });
    await until(async () => (await senderOf(isp))?.tries === 2);
    assert.equal(loginsAt(smtp), looks + 1, "one login a wait");
    assert.equal((await mailLog(isp)).length, 1, "one line, not one for each try or mail");
    assert.ok((await outboxOf(isp)).every(({ state, attempts }) => state === "queued" && attempts === 0));
    password = "good";
    await isp.run(clearSenderProblem);
    await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"), {
      timeoutMs: 20_000,
    });
  } finally {
    await worker.stop();
  }
  assert.equal(smtp.mailbox.taken, 600);
  assert.equal(smtp.mailbox.timesByMessageId.size, 600);
});

Deno.test("a problem that ends by itself is said to have ended", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(3));
  let port = 1;
  const worker = startWorker(isp, partsOf(() => serverOn(port)));
  try {
    await until(async () => (await senderOf(isp))?.problem === "connection_refused");
    port = smtp.port;
    isp.clock.advance({ minutes: 2 });
    await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"));
  } finally {
    await worker.stop();
  }
  assert.deepEqual((await mailLog(isp)).map(({ event }) => event), ["mail_stopped", "mail_resumed"]);
  assert.equal((await senderOf(isp))?.problem, null);
});

Deno.test("the provider's daily limit pauses the sender, though a 5xx: nothing fails and no try after the first is counted", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(20));
  await smtp.turn({ dailyLimit: 8 });
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)), { connections: 1 });
  try {
    await until(async () => (await senderOf(isp))?.problem === "sending_limit");
    await until(async () => (await senderOf(isp))?.leased_by === null);
    const waiting = (await outboxOf(isp)).filter(({ state }) => state === "queued");
    assert.equal(waiting.length, 12);
    assert.ok(waiting.every(({ attempts, data_begun_at }) => attempts <= 1 && data_begun_at === null));
    await smtp.turn({ dailyLimit: null });
    isp.clock.advance({ minutes: 61 });
    await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"));
  } finally {
    await worker.stop();
  }
  assert.equal(smtp.mailbox.timesByMessageId.size, 20);
});

Deno.test("no more connections than the provider allows; ten where it says none, and five until it has taken one", async () => {
  const opened = async (connectionsMax?: number, everyRecipient?: { code: number; text: string }) => {
    await using smtp = await startIspMail();
    await using database = await createTestDatabase();
    const isp = await createMailingIsp(database, good(60));
    if (everyRecipient !== undefined) await smtp.turn({ everyRecipient });
    const server = { ...serverOn(smtp.port), ...(connectionsMax === undefined ? {} : { connectionsMax }) };
    const worker = startWorker(isp, partsOf(() => server), { session: {} });
    try {
      await until(async () =>
        (await senderOf(isp))?.problem === "messages_refused" ||
        (await outboxOf(isp)).every(({ state }) => state === "sent")
      );
    } finally {
      await worker.stop();
    }
    return smtp.counts.connections;
  };
  assert.equal(await opened(3), 3);
  assert.equal(await opened(), 10);
  assert.equal(await opened(undefined, { code: 550, text: "5.7.1 Blocked" }), 5);
});

Deno.test("our own limits hold over any hour and any day, restarts included", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(12));
  const parts = partsOf(() => ({ ...serverOn(smtp.port), hourlyMax: 5, dailyMax: 8 }));
  for (const [minutes, sent] of [[0, 5], [30, 5], [31, 8], [61, 8], [24 * 60, 12]] as const) {
    isp.clock.advance({ minutes });
    const worker = startWorker(isp, parts);
    await until(async () => {
      const sender = await senderOf(isp);
      const isAtRest = sender?.leased_by === null && sender.not_before_at !== null &&
        Temporal.Instant.compare(sender.not_before_at, isp.clock.now()) > 0;
      return smtp.mailbox.taken === sent && (isAtRest || sent === 12);
    });
    await worker.stop();
    assert.equal(smtp.mailbox.taken, sent);
  }
  assert.equal((await senderOf(isp))?.problem, null, "a limit of our own is no problem");
});

Deno.test("one mail that cannot be made is tried again, and the others go (mail-02)", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(10));
  const parts = partsOf(() => serverOn(smtp.port));
  let isBroken = true;
  const worker = startWorker(
    isp,
    partsOf(() => serverOn(smtp.port), {
      compose: (trx, message) => {
        if (isBroken && message.subscriber_id === isp.subscriberIds[3]) {
          throw new Error("the statement has no page");
        }
        return parts.compose(trx, message);
      },
    }),
  );
  try {
    await until(async () => (await outboxOf(isp)).filter(({ state }) => state === "sent").length === 9);
    await until(async () => (await outboxOf(isp)).some(({ reason }) => reason === "not_made"));
    isBroken = false;
    isp.clock.advance({ minutes: 10 });
    await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"));
  } finally {
    await worker.stop();
  }
  const [line] = await mailLog(isp);
  assert.equal(line?.event, "mail_not_made");
  assert.equal(line?.subscriber_id, isp.subscriberIds[3]);
});

Deno.test("what is not true any more when it is sent is skipped with its reason (mail-16)", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(4));
  await isp.run(async (trx) => {
    await trx.updateTable("subscribers").set({ email: null }).where("id", "=", isp.subscriberIds[1]!)
      .execute();
    await trx.updateTable("subscribers").set({ email: "new@example.test" }).where(
      "id",
      "=",
      isp.subscriberIds[2]!,
    )
      .execute();
  });
  const worker = startWorker(
    isp,
    partsOf(() => serverOn(smtp.port), {
      whyNot: (_trx, messages) =>
        Promise.resolve(
          new Map(
            messages.filter(({ subscriber_id }) => subscriber_id === isp.subscriberIds[0])
              .map(({ id }) => [id, "paid_meanwhile"] as const),
          ),
        ),
    }),
  );
  try {
    await until(async () => (await outboxOf(isp)).every(({ state }) => state !== "queued"));
  } finally {
    await worker.stop();
  }
  const bySubscriber = new Map((await outboxOf(isp)).map((message) => [message.subscriber_id, message]));
  assert.equal(bySubscriber.get(isp.subscriberIds[0]!)?.reason, "paid_meanwhile");
  assert.equal(bySubscriber.get(isp.subscriberIds[1]!)?.reason, "no_address");
  assert.equal(bySubscriber.get(isp.subscriberIds[2]!)?.address, "new@example.test");
  assert.deepEqual(recipientsAt(smtp).sort(), ["juan3@example.test", "new@example.test"]);
});

Deno.test("mail whose server was taken away is skipped, and nothing complains", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(4));
  const worker = startWorker(isp, partsOf(() => null));
  try {
    await until(async () => (await outboxOf(isp)).every(({ reason }) => reason === "no_server"));
  } finally {
    await worker.stop();
  }
  assert.deepEqual(await mailLog(isp), []);
});

Deno.test("two processes never send for a tenant together", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(120));
  const workers = [1, 2, 3].map(() => startWorker(isp, partsOf(() => serverOn(smtp.port)), { passMs: 200 }));
  try {
    await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"), {
      timeoutMs: 20_000,
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  assert.equal(smtp.mailbox.taken, 120);
  assert.equal(smtp.mailbox.timesByMessageId.size, 120);
});

Deno.test("a clock that was set back neither stalls nor doubles mail", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(5));
  await isp.run((trx) =>
    trx.insertInto("mail_senders").values({
      tenant_id: isp.tenantId,
      leased_by: crypto.randomUUID(),
      leased_until: Temporal.Now.instant().add({ hours: 3 }),
      not_before_at: isp.clock.now().add({ hours: 20 * 24 }),
    }).execute()
  );
  isp.clock.set(isp.clock.now().subtract({ hours: 48 }));
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"));
  } finally {
    await worker.stop();
  }
  assert.equal(smtp.mailbox.taken, 5);
});

Deno.test("one strange mail stops no other: what the database, the wire or its maker refuses is its own", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(12));
  const plain = partsOf(() => serverOn(smtp.port));
  const odd = new Map<string, { subject?: string; toName?: string }>([
    [isp.subscriberIds[0]!, { subject: "x".repeat(5_000) }],
    [isp.subscriberIds[1]!, { subject: "half a letter \ud83d here" }],
    [isp.subscriberIds[2]!, { toName: "Juan\r\nBcc: everybody@example.test" }],
  ]);
  const worker = startWorker(
    isp,
    partsOf(() => serverOn(smtp.port), {
      compose: async (trx, message) => {
        // A statement that fails takes the transaction with it.
        if (message.subscriber_id === isp.subscriberIds[3]) {
          await trx.selectFrom("bills").select("id").where("id", "=", "no uuid").execute();
        }
        return { ...await plain.compose(trx, message), ...odd.get(message.subscriber_id ?? "") };
      },
    }),
  );
  try {
    await until(async () => (await outboxOf(isp)).filter(({ state }) => state === "sent").length === 10);
    await until(async () =>
      (await outboxOf(isp)).every(({ state, attempts }) => state !== "queued" || attempts === 1)
    );
  } finally {
    await worker.stop();
  }
  assert.deepEqual(
    (await outboxOf(isp)).filter(({ state }) => state !== "sent").map(({ state, reason }) =>
      `${state} ${reason}`
    ).sort(),
    ["failed unsendable", "queued not_made"],
  );
  assert.ok(smtp.mailbox.list().every(({ raw }) => !/^bcc/im.test(new TextDecoder().decode(raw))));
});

Deno.test("messages are found by their ids and not by reading the queue, once the planner knows the table", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(2_000));
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query("analyze mail_messages");
  await client.end();
  const plan = await isp.run(async (trx) => {
    const { rows } = await sql<
      { "QUERY PLAN": string }
    >`explain update mail_messages m set data_begun_at = now()
      from jsonb_to_recordset('[]'::jsonb) as r(id uuid) where m.tenant_id = ${isp.tenantId}
        and m.id = any(${[
      crypto.randomUUID(),
      crypto.randomUUID(),
    ]}::uuid[]) and m.id = r.id
        and coalesce(m.state = 'queued', false)`
      .execute(trx);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });
  assert.match(plan, /mail_messages_pkey/, plan);
});
