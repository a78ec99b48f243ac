import assert from "node:assert/strict";
import type { MailSim } from "@/sim/mail/mod.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { countHandedOver } from "@/web/store/mail/handovers.ts";
import { markDoubtful, skipOutbox, updateOutcomes } from "@/web/store/mail/outbox.ts";
import { updateReported } from "@/web/store/mail/reported.ts";
import { clearMailProblem } from "@/web/store/mail/mail_servers.ts";
import { loginsAt, startIspMail } from "./isp_mail.ts";
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

async function isAtRest(isp: Isp): Promise<boolean> {
  return (await senderOf(isp))?.leased_by === null;
}

async function stoppedBy(isp: Isp, problem: string): Promise<void> {
  await until(async () => (await senderOf(isp))?.problem === problem && await isAtRest(isp), {
    what: problem,
  });
}

async function refusedAddresses(isp: Isp): Promise<number> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("mail_refusals").select("kind").where("tenant_id", "=", isp.tenantId).execute()
  );
  return rows.length;
}

/** Every message went out, and none twice. */
async function allSentOnce(isp: Isp, smtp: MailSim, count: number): Promise<void> {
  await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"), {
    timeoutMs: 15_000,
  });
  assert.equal(smtp.mailbox.taken, count);
  assert.equal(smtp.mailbox.timesByMessageId.size, count);
}

Deno.test("a sender on a list marks no address: its mails wait, one is tried, and all go when it is off the list", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(40));
  await smtp.turn({
    everyRecipient: { code: 550, text: "Blocked - see https://www.spamhaus.org/query/ip/192.0.2.1" },
  });
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await stoppedBy(isp, "messages_refused");
    assert.equal(await refusedAddresses(isp), 0);
    assert.ok((await outboxOf(isp)).every(({ state }) => state === "queued"));
    const tried = () => outboxOf(isp).then((all) => all.filter(({ attempts }) => attempts > 0).length);
    const first = await tried();
    assert.ok(first >= 5 && first <= 10, `${first} were tried`);
    isp.clock.advance({ minutes: 6 });
    await until(async () => (await senderOf(isp))?.tries === 2 && await isAtRest(isp));
    assert.equal(await tried(), first + 1, "one a wait, and another one");
    await smtp.turn({ everyRecipient: null });
    isp.clock.advance({ minutes: 16 });
    await allSentOnce(isp, smtp, 40);
  } finally {
    await worker.stop();
  }
  assert.deepEqual(
    (await mailLog(isp)).map(({ event }) => event).filter((event) => event !== "mail_failed"),
    ["mail_stopped", "mail_resumed"],
  );
});

Deno.test("messages that are refused one after the other wait; a few bad ones among good ones end by themselves", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const bad = Array.from({ length: 8 }, (_, n) => `554@isp${n}.test`);
  const isp = await createMailingIsp(database, [...bad, ...good(20)]);
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  const states = async (local: string) =>
    new Set(
      (await outboxOf(isp)).filter(({ address }) => address?.startsWith(local)).map(({ state }) => state),
    );
  try {
    for (let n = 0; n < 8; n++) {
      await until(() => isAtRest(isp));
      isp.clock.advance({ hours: 7 });
      worker.wake();
      if (!(await outboxOf(isp)).some(({ state }) => state === "queued")) break;
    }
    await until(async () => (await outboxOf(isp)).every(({ state }) => state !== "queued"), {
      timeoutMs: 15_000,
    });
  } finally {
    await worker.stop();
  }
  assert.deepEqual(await states("554"), new Set(["failed"]));
  assert.deepEqual(await states("juan"), new Set(["sent"]));
  assert.equal((await senderOf(isp))?.problem, null);
});

Deno.test("an account that is suspended stops the sender with the first answer, and no message fails", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(12));
  await smtp.turn({ everyMessage: { code: 550, text: "5.7.1 Your account has been suspended" } });
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await stoppedBy(isp, "sender_blocked");
    assert.ok((await outboxOf(isp)).every(({ state, attempts }) => state === "queued" && attempts === 0));
    await smtp.turn({ everyMessage: null });
    isp.clock.advance({ minutes: 6 });
    await allSentOnce(isp, smtp, 12);
  } finally {
    await worker.stop();
  }
});

Deno.test("a server that wants fewer mails in a second gets them more slowly: no try is counted and nothing stops for hours", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(12));
  await smtp.turn({
    everyMessage: { code: 454, text: "Throttling failure: Maximum sending rate exceeded." },
  });
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)), { slowMs: 10 });
  try {
    await stoppedBy(isp, "too_fast");
    assert.ok((await outboxOf(isp)).every(({ state, attempts }) => state === "queued" && attempts === 0));
    await smtp.turn({ everyMessage: null });
    isp.clock.advance({ minutes: 2 });
    await allSentOnce(isp, smtp, 12);
  } finally {
    await worker.stop();
  }
});

Deno.test("a mail that two processes died with is not handed over a third time", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(3));
  const [twice, once] = await outboxOf(isp);
  await isp.run(async (trx) => {
    for (const [id, isDouble] of [[twice!.id, true], [once!.id, false]] as const) {
      await trx.updateTable("mail_messages").set({
        is_perhaps_double: isDouble,
        data_begun_at: isp.clock.now(),
      })
        .where("tenant_id", "=", isp.tenantId).where("id", "=", id).execute();
    }
  });
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  try {
    await until(async () => (await outboxOf(isp)).every(({ state }) => state !== "queued"));
  } finally {
    await worker.stop();
  }
  assert.deepEqual((await outboxOf(isp)).map(({ state, reason }) => [state, reason]), [
    ["failed", "answer_lost"],
    ["sent", null],
    ["sent", null],
  ]);
  assert.deepEqual(
    new Map((await mailLog(isp)).map(({ reference, event, level }) => [reference, [event, level]])),
    new Map([[twice!.id, ["mail_failed", "error"]], [once!.id, ["mail_perhaps_double", "warn"]]]),
  );
});

Deno.test("after days in which the sender was stopped, the first 4xx ends no message", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, ["450always@example.test"]);
  let password = "good";
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port, password)));
  try {
    await until(async () => (await outboxOf(isp))[0]?.attempts === 1 && await isAtRest(isp));
    password = "wrong";
    isp.clock.advance({ hours: 7 });
    await stoppedBy(isp, "login_refused");
    password = "good";
    isp.clock.advance({ hours: 24 * 6 });
    await until(async () => (await outboxOf(isp))[0]?.attempts === 2 && await isAtRest(isp));
    assert.equal((await outboxOf(isp))[0]?.state, "queued");
    password = "wrong";
    isp.clock.advance({ hours: 7 });
    await until(async () => ((await senderOf(isp))?.tries ?? 0) > 1 && await isAtRest(isp));
    isp.clock.advance({ hours: 24 * 6 });
    password = "good";
    await isp.run((trx) => clearMailProblem(trx, isp.clock.now()));
    worker.wake();
    await until(async () => (await outboxOf(isp))[0]?.attempts === 3 && await isAtRest(isp));
    assert.equal((await outboxOf(isp))[0]?.state, "queued", "the same where somebody corrected the settings");
  } finally {
    await worker.stop();
  }
});

Deno.test("what waited for a month is not sent any more, and one line says how many", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(6));
  let port = 1;
  const worker = startWorker(isp, partsOf(() => serverOn(port)));
  try {
    await stoppedBy(isp, "connection_refused");
    isp.clock.advance({ hours: 24 * 30 + 1 });
    await queueOneEach(isp, "second", isp.subscriberIds.slice(0, 2));
    port = smtp.port;
    worker.wake();
    await until(async () => (await outboxOf(isp)).every(({ state }) => state !== "queued"));
  } finally {
    await worker.stop();
  }
  assert.equal(smtp.mailbox.taken, 2);
  const old = (await outboxOf(isp)).filter(({ reason }) => reason === "too_old");
  assert.equal(old.length, 6);
  const lines = (await mailLog(isp)).filter(({ event }) => event === "mail_too_old");
  assert.deepEqual(lines.map(({ fields }) => fields), [{ problem: "too_old", count: 6 }]);
});

Deno.test("a server that is taken away ends what waits, and not what is being handed over", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, ["tarpit-data@example.test", ...good(30)]);
  let isGone = false;
  const worker = startWorker(isp, partsOf(() => isGone ? null : serverOn(smtp.port)), {
    connections: 1,
    passMs: 200,
    session: { messageMs: 800 },
  });
  try {
    await until(async () =>
      (await outboxOf(isp)).some(({ address, data_begun_at }) =>
        address?.startsWith("tarpit") === true && data_begun_at !== null
      )
    );
    isGone = true;
    await isp.run(async (trx) => {
      await skipOutbox(trx, "no_server");
    });
    const begun = (await outboxOf(isp)).filter(({ data_begun_at }) => data_begun_at !== null);
    assert.deepEqual(begun.map(({ state }) => state), ["queued"]);
    await until(async () => (await outboxOf(isp)).some(({ is_perhaps_double }) => is_perhaps_double));
    isp.clock.advance({ minutes: 10 });
    await until(async () => (await outboxOf(isp)).every(({ state }) => state !== "queued"));
  } finally {
    await worker.stop();
  }
  const [inFlight] = await outboxOf(isp).then((all) =>
    all.filter(({ is_perhaps_double }) => is_perhaps_double)
  );
  assert.equal(inFlight?.address, "tarpit-data@example.test", "whoever sends it again is told");
});

Deno.test("a refused recipient counts against our own limits: the provider has counted it too", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, ["550@example.test", "552@example.test", ...good(6)]);
  const worker = startWorker(isp, partsOf(() => ({ ...serverOn(smtp.port), hourlyMax: 7 })), {
    connections: 1,
  });
  try {
    await until(async () => {
      const sender = await senderOf(isp);
      return sender?.leased_by === null && sender.not_before_at !== null;
    });
  } finally {
    await worker.stop();
  }
  const states = (await outboxOf(isp)).map(({ state }) => state);
  assert.ok(states.includes("refused"));
  assert.equal(states.filter((state) => state === "queued").length, 1, "seven were handed over or refused");
});

Deno.test("what was refused after it was handed over, or whose answer was lost, counts against our own limits as what was sent", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, [
    "554@example.test",
    "421@example.test",
    "cut-after-data@example.test",
    ...good(6),
  ]);
  // Not before any of the good ones: the faults take their places first.
  await isp.run((trx) =>
    trx.updateTable("mail_messages").set({ priority: 1 }).where("tenant_id", "=", isp.tenantId)
      .where("address", "not like", "juan%").execute()
  );
  const worker = startWorker(isp, partsOf(() => ({ ...serverOn(smtp.port), hourlyMax: 7 })), {
    connections: 1,
  });
  try {
    await until(async () => {
      const sender = await senderOf(isp);
      return sender?.leased_by === null && sender.not_before_at !== null;
    });
  } finally {
    await worker.stop();
  }
  const outbox = await outboxOf(isp);
  assert.equal(outbox.filter(({ state }) => state === "sent").length, 4, "three of seven were not taken");
  assert.deepEqual(
    outbox.filter(({ reason }) => reason !== null).map(({ reason }) => reason).sort(),
    ["answer_lost", "message_refused", "server_busy"],
  );
});

Deno.test("each time a message is handed over counts, whoever died with it; one that came back counts too; two days later nothing is kept", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, good(3));
  const [lost, back, late] = (await outboxOf(isp)).map(({ id }) => id) as [string, string, string];
  const begin = (id: string) =>
    isp.run((trx) =>
      trx.updateTable("mail_messages").set({ data_begun_at: isp.clock.now() }).where("id", "=", id).execute()
    );
  const end = async (id: string, state: "queued" | "sent" | "failed") => {
    const sentAt = state === "sent" ? isp.clock.now() : null;
    const outcome = { id, state, reason: null, words: null, address: null, attempts: 1, sentAt };
    const rest = { nextAttemptAt: null, expiresAt: null, isPerhapsDouble: false };
    await isp.run((trx) => updateOutcomes(trx, [{ ...outcome, ...rest }]));
  };
  const counted = () => isp.run((trx) => countHandedOver(trx, { now: isp.clock.now(), minutes: 60 }));

  const firstAt = isp.clock.now();
  await begin(lost);
  await isp.run((trx) => markDoubtful(trx));
  isp.clock.advance({ minutes: 1 });
  await begin(lost);
  await end(lost, "failed");
  await begin(back);
  await end(back, "sent");
  await isp.run((trx) => updateReported(trx, back, { reason: "returned", words: "5.1.1 unknown" }));
  // What was never handed over has no place in the count.
  await end(late, "queued");
  const now = await counted();
  assert.equal(now.count, 3);
  assert.equal(now.firstAt?.epochMilliseconds, firstAt.epochMilliseconds);

  isp.clock.advance({ hours: 49 });
  assert.equal((await counted()).count, 0);
  await begin(late);
  await end(late, "queued");
  assert.equal((await counted()).count, 1);
  const kept = await isp.run((trx) =>
    trx.selectFrom("mail_handovers").select("message_id").where("tenant_id", "=", isp.tenantId).execute()
  );
  assert.deepEqual(kept, [{ message_id: late }]);
});

Deno.test("a pass that began with old settings does not write its problem over corrected ones", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, ["tarpit-data@example.test"]);
  let isSaved = false;
  const worker = startWorker(
    isp,
    partsOf(() => serverOn(smtp.port, isSaved ? "good" : "wrong"), {
      compose: async (trx, message) => {
        // Somebody saves while the first pass makes its messages.
        if (!isSaved) {
          isSaved = true;
          await trx.updateTable("mail_servers").set({ revision: 2 }).where("tenant_id", "=", isp.tenantId)
            .execute();
        }
        return await partsOf(() => null).compose(trx, message);
      },
    }),
  );
  try {
    await until(async () => (await outboxOf(isp))[0]?.data_begun_at !== null, {
      what: "a login with the new ones",
    });
    assert.equal((await senderOf(isp))?.problem, null);
    assert.equal(loginsAt(smtp), 2);
  } finally {
    await worker.stop();
  }
});
