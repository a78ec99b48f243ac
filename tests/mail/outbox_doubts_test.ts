import assert from "node:assert/strict";
import type { Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import type { MailWorker } from "@/web/services/mail/mail_worker.ts";
import { clearMailProblem } from "@/web/store/mail/mail_servers.ts";
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
import { type Answer, startPicky } from "./picky_server.ts";

const BAD = "daily-quota@x.test";
const good = (count: number) => Array.from({ length: count }, (_, n) => `juan${n}@example.test`);

/** Everything that may go now has gone, or waits. */
async function outNow(isp: Isp, worker: MailWorker): Promise<void> {
  await worker.goesOut(isp.tenantId);
  await until(async () => (await senderOf(isp))?.leased_by === null);
}

async function later(isp: Isp, worker: MailWorker, time: Temporal.DurationLike): Promise<void> {
  isp.clock.advance(time);
  await outNow(isp, worker);
}

async function markedAddresses(isp: Isp): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("mail_refusals").select("address_lower").where("tenant_id", "=", isp.tenantId).execute()
  );
  return rows.map((row) => row.address_lower);
}

/** Answers that one recipient's mail gets, where, and what becomes of it in the end. */
const OWN_ANSWERS: readonly [at: "RCPT" | "DATA", answer: NonNullable<Answer>, end: string][] = [
  ["RCPT", [
    550,
    "5.1.1 <daily-quota@x.test>: Recipient address rejected: undeliverable address: host mx.x.test[192.0.2.9] said: 550 5.7.1 Sender address rejected: not allowed",
  ], "failed message_refused"],
  ["RCPT", [550, "5.7.1 <daily-quota@x.test>: Relay access denied"], "failed message_refused"],
  ["RCPT", [553, "5.7.1 Sender address rejected by this recipient"], "failed message_refused"],
  [
    "RCPT",
    [550, "5.1.1 <daily-quota@x.test>: Recipient address rejected: User unknown"],
    "refused recipient_refused",
  ],
  ["RCPT", [550, "5.7.1 recipient has exceeded daily message limit"], "failed message_refused"],
  ["RCPT", [550, "5.7.1 daily limit of this domain exceeded"], "queued sending_limit"],
  ["DATA", [550, "5.2.1 The email account that you tried to reach is disabled"], "refused recipient_refused"],
  ["DATA", [550, "5.7.1 account restricted"], "failed message_refused"],
  ["RCPT", [450, "4.7.1 no more than 5 messages per second"], "queued too_fast"],
];

Deno.test.each(OWN_ANSWERS)(
  "what one recipient's mail is answered stops nobody else's: %s %s",
  async (at, answer, end) => {
    const answerTo = (address: string) => address === BAD ? answer : null;
    await using smtp = await startPicky(
      at === "RCPT" ? { onRecipient: answerTo } : { onContent: ({ to }) => answerTo(to) },
    );
    await using database = await createTestDatabase();
    const isp = await createMailingIsp(database, [BAD, ...good(10)]);
    const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)), { slowMs: 10 });
    try {
      await outNow(isp, worker);
      assert.equal(smtp.taken.length, 10, "without any wait");
      // Where it was the last one it is tried alone now, and says nothing about who sends.
      await later(isp, worker, { minutes: 20 });
      assert.equal((await senderOf(isp))?.problem, null);
      await queueOneEach(isp, "second");
      await outNow(isp, worker);
      assert.equal(smtp.taken.length, 20, "and the next bills as well");
      await later(isp, worker, { minutes: 20 });
      assert.equal((await senderOf(isp))?.problem, null);
      const first = (await outboxOf(isp)).find(({ address, dedupe_key: key }) =>
        address === BAD && key.startsWith("first")
      );
      assert.equal(`${first?.state} ${first?.reason}`, end);
      assert.equal(first?.server_words, `${answer[0]} ${answer[1]}`);
    } finally {
      await worker.stop();
    }
  },
);

Deno.test("one mail alone that sounds as if the sender were refused stops it once; mails of later go, and it has its end", async () => {
  await using smtp = await startPicky({
    onRecipient: (to) => to === BAD ? [554, "5.7.1 Relay access denied"] : null,
  });
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, [BAD, ...good(2)]);
  const [bad] = isp.subscriberIds;
  await isp.run((trx) =>
    trx.updateTable("mail_messages").set({ state: "skipped", reason: "not_wanted" })
      .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "!=", bad!).execute()
  );
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await until(async () => (await senderOf(isp))?.problem === "login_needed");
    await outNow(isp, worker);
    await later(isp, worker, { minutes: 11 });
    const alone = async () => (await outboxOf(isp)).find(({ subscriber_id }) => subscriber_id === bad);
    assert.deepEqual([(await alone())?.state, (await alone())?.attempts], ["queued", 2]);
    assert.equal((await senderOf(isp))?.tries, 1, "and says nothing new about the sender");
    await queueOneEach(isp, "second", isp.subscriberIds.slice(1));
    await outNow(isp, worker);
    assert.equal(smtp.taken.length, 2);
    await until(async () => (await outboxOf(isp)).every(({ state }) => state !== "queued"));
    assert.equal((await alone())?.state, "failed");
    assert.equal((await senderOf(isp))?.problem, null);
  } finally {
    await worker.stop();
  }
});

Deno.test("a sender that every recipient refuses stops after three; saved again, all go and none has failed", async () => {
  let answer: Answer = [553, "5.7.1 Sender address rejected: not owned by user isp"];
  await using smtp = await startPicky({ onRecipient: () => answer });
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(20));
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)), { connections: 1 });
  const tried = async () => (await outboxOf(isp)).filter(({ attempts }) => attempts > 0).length;
  try {
    await until(async () => (await senderOf(isp))?.problem === "sender_refused");
    await outNow(isp, worker);
    assert.equal(await tried(), 3);
    await later(isp, worker, { minutes: 5, seconds: 1 });
    assert.equal(await tried(), 4, "one a wait, and another one");
    assert.equal((await senderOf(isp))?.tries, 2);
    // Saved, and as wrong as before.
    await isp.run((trx) => clearMailProblem(trx, isp.clock.now()));
    worker.wake();
    await until(async () => (await senderOf(isp))?.problem === "sender_refused");
    await outNow(isp, worker);
    assert.ok((await outboxOf(isp)).every(({ state }) => state === "queued"));
    answer = null;
    await isp.run((trx) => clearMailProblem(trx, isp.clock.now()));
    await outNow(isp, worker);
    assert.equal(smtp.taken.length, 20);
    assert.ok((await outboxOf(isp)).every(({ state }) => state === "sent"));
  } finally {
    await worker.stop();
  }
});

Deno.test("a relay that says no such user to everybody marks no address: after ten it is the sender's trouble", async () => {
  let answer: Answer = [550, "5.1.1 Recipient address rejected: User unknown in virtual alias table"];
  await using smtp = await startPicky({ onRecipient: () => answer });
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(40));
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await until(async () => (await senderOf(isp))?.problem === "messages_refused");
    await outNow(isp, worker);
    assert.deepEqual(await markedAddresses(isp), []);
    assert.ok((await outboxOf(isp)).every(({ state }) => state === "queued"));
    const tried = (await outboxOf(isp)).filter(({ attempts }) => attempts > 0).length;
    assert.ok(tried >= 10 && tried < 20, `${tried} were tried`);
    answer = null;
    await later(isp, worker, { minutes: 6 });
    await outNow(isp, worker);
    assert.equal(smtp.taken.length, 40);
    assert.equal((await senderOf(isp))?.problem, null);
  } finally {
    await worker.stop();
  }
});

Deno.test("addresses that are dead among good ones are marked, nine in a row as well", async () => {
  const dead = Array.from({ length: 9 }, (_, n) => `dead${n}@example.test`);
  await using smtp = await startPicky({
    onRecipient: (to) => to.startsWith("dead") ? [550, "5.1.1 No such user"] : null,
  });
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, [...dead, ...good(5)]);
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)), { connections: 1 });
  try {
    await outNow(isp, worker);
    assert.deepEqual((await markedAddresses(isp)).toSorted(), dead);
    assert.equal(smtp.taken.length, 5);
  } finally {
    await worker.stop();
  }
});

Deno.test("a server that takes three messages at once gets all within minutes, and no more than three at once from then on", async () => {
  const busy: Answer = [432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"];
  let refused = 0;
  await using smtp = await startPicky({
    lookMs: 30,
    onContent: ({ atOnce }) => {
      if (atOnce <= 3) return null;
      refused++;
      return busy;
    },
  });
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(60));
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await outNow(isp, worker);
    for (let n = 0; n < 3 && smtp.taken.length < 60; n++) {
      await later(isp, worker, { minutes: 1, seconds: 1 });
    }
    assert.equal(smtp.taken.length, 60);
    const refusedFirst = refused;
    assert.ok(refusedFirst > 0 && refusedFirst < 20, `${refusedFirst} came too many at once`);
    await queueOneEach(isp, "second");
    await outNow(isp, worker);
    assert.equal(smtp.taken.length, 120, "without any wait");
    assert.equal(refused, refusedFirst, "what worked is remembered");
  } finally {
    await worker.stop();
  }
  assert.deepEqual(await mailLog(isp), []);
});

const ENOUGH_OF_IT: readonly [code: number, text: string][] = [
  [421, "Too many messages in this connection"],
  [421, "4.3.2 Service closing transmission channel"],
  [452, "4.5.3 too many messages in this session"],
];

Deno.test.each(ENOUGH_OF_IT)(
  "a server that takes three messages over a connection gets the next ones over new ones: %i %s",
  async (code, text) => {
    await using smtp = await startPicky({ onContent: ({ nth }) => nth > 3 ? [code, text] : null });
    await using database = await createTestDatabase();
    const isp = await createMailingIsp(database, good(20));
    const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
    try {
      await outNow(isp, worker);
      assert.equal(smtp.taken.length, 20);
    } finally {
      await worker.stop();
    }
    assert.deepEqual(new Set((await outboxOf(isp)).map(({ attempts }) => attempts)), new Set([1]));
    assert.deepEqual(await mailLog(isp), []);
  },
);

Deno.test("a server that looks at a message for longer than all the rest may take gets each once", async () => {
  await using smtp = await startPicky({ lookMs: 600 });
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(6));
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)), {
    session: { connectMs: 1_000, greetingMs: 1_000, openMs: 2_000, messageMs: 400, answerMs: 10_000 },
  });
  try {
    await outNow(isp, worker);
    assert.deepEqual(smtp.taken.toSorted(), good(6));
    assert.ok((await outboxOf(isp)).every(({ is_perhaps_double }) => !is_perhaps_double));
  } finally {
    await worker.stop();
  }
});

Deno.test("a provider that takes so many a minute gets no more, and the rest a minute later", async () => {
  await using smtp = await startPicky({});
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(20));
  const worker = startWorker(isp, partsOf(() => ({ ...serverOn(smtp.port), minuteMax: 8 })));
  try {
    for (const taken of [8, 16, 20]) {
      await outNow(isp, worker);
      assert.equal(smtp.taken.length, taken);
      isp.clock.advance({ seconds: 62 });
    }
  } finally {
    await worker.stop();
  }
});

Deno.test("a worker that is stopped does not wait for a resolver, and blames no server", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(2));
  const asked = Promise.withResolvers<void>();
  const worker = startWorker(isp, partsOf(() => serverOn(25)), {
    graceMs: 20,
    session: {
      openMs: 600_000,
      resolve: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    },
  });
  await asked.promise;
  await worker.stop();
  assert.equal((await senderOf(isp))?.problem, null);
  assert.ok((await outboxOf(isp)).every(({ state, attempts }) => state === "queued" && attempts === 0));
});

Deno.test("a company whose server looks at a mail for long keeps no other waiting, where one is served at a time", async () => {
  const looked = Promise.withResolvers<void>();
  await using slow = await startPicky({ lookUntil: looked.promise });
  await using quick = await startPicky({});
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, ["slow@example.test"]);
  const worker = startWorker(isp, partsOf((id) => serverOn(id === isp.tenantId ? slow.port : quick.port)), {
    tenants: 1,
    passMs: 300,
    session: { answerMs: 30_000 },
  });
  try {
    await until(async () => (await outboxOf(isp))[0]?.data_begun_at !== null);
    const other = await createMailingIsp(database, good(2));
    await until(async () => (await outboxOf(other)).every(({ state }) => state === "sent"));
    assert.equal(slow.taken.length, 0);
    looked.resolve();
    await until(async () => (await outboxOf(isp))[0]?.state === "sent");
  } finally {
    looked.resolve();
    await worker.stop();
  }
});
