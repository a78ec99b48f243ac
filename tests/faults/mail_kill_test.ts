import assert from "node:assert/strict";
import { join } from "node:path";
import { startIspMail } from "@/tests/mail/isp_mail.ts";
import { todayOf } from "@/tests/billing/isp.ts";
import { createMailIsp } from "@/tests/mail/mail_isp.ts";
import { createMailingIsp, mailLog, outboxOf } from "@/tests/mail/outbox_isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { soaked } from "@/tests/support/soak.ts";
import { until } from "@/tests/support/until.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { listUnwritten } from "@/tests/support/unwritten_mail.ts";
import type { Work } from "./_mail_worker.ts";

const KILLS = soaked(20, 200);
/** So many that the last kill finds some. */
const MAILS = soaked(2_000, 8_000);
/** So many go out between two kills at most, and what is on its way then. */
const BETWEEN_MAX = Math.floor(MAILS / KILLS);
/** Bills of a run, and of each batch whose mails are written together. */
const BILLS = soaked(300, 3_000);
const BATCH = 10;

Deno.test("mail survives kills of the process that sends it: none is lost, none doubled but between message and answer", async (t) => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(
    database,
    Array.from({ length: MAILS }, (_, n) => `juan${n}@example.test`),
  );
  // The program goes by the system's clock, by which mails of a played past are too old.
  await isp.run((trx) =>
    trx.updateTable("mail_messages").set({ created_at: Temporal.Now.instant() })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  const work: Work = { url: database.appUrl, port: smtp.port };
  let kills = 0;
  while (kills < KILLS) {
    const worker = start(work);
    const enough = smtp.mailbox.taken + 1 + Math.floor(Math.random() * (BETWEEN_MAX - 2));
    await until(() => smtp.mailbox.taken >= enough, { timeoutMs: 30_000, everyMs: 1 });
    await pause(Math.random() * 4);
    worker.kill("SIGKILL");
    await worker.status;
    kills++;
  }
  const last = start(work);
  try {
    await until(async () => (await outboxOf(isp)).every(({ state }) => state !== "queued"), {
      timeoutMs: 60_000,
      everyMs: 200,
    });
  } finally {
    last.kill("SIGTERM");
    await last.status;
  }
  const copies = smtp.mailbox.timesByMessageId;
  const messages = await outboxOf(isp);
  const marked = messages.filter(({ is_perhaps_double }) => is_perhaps_double);
  const doubled = messages.filter(({ message_id }) => (copies.get(message_id ?? "") ?? 0) > 1);
  await t.step(`${kills} kills: ${doubled.length} of ${MAILS} doubled, ${marked.length} marked`, () => {
    const over = messages.filter(({ state }) => state !== "sent");
    for (const { state, reason, is_perhaps_double } of over) {
      assert.deepEqual(
        [state, reason, is_perhaps_double],
        ["failed", "answer_lost", true],
        "killed twice with it",
      );
    }
    assert.ok(copies.size >= MAILS - over.length, "none is lost, and a retry has the id of the first try");
    for (const { state, message_id } of messages) {
      assert.ok(state === "failed" || copies.has(message_id ?? ""));
    }
    assert.ok([...copies.values()].every((times) => times <= 2), "never a third copy");
    for (const message of doubled) assert.ok(message.is_perhaps_double, "doubled without a word");
    // Ten connections, each with one message between its content and its answer.
    assert.ok(marked.length <= kills * 10, `${marked.length} marked`);
  });
  const said = (await mailLog(isp)).filter(({ event }) => event === "mail_perhaps_double");
  assert.deepEqual(new Set(said.map(({ reference }) => reference)), new Set(marked.map(({ id }) => id)));
});

Deno.test("the mails of a bill run survive kills of the process that writes and sends them: each bill has one message", async (t) => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: BILLS });
  isp.clock.set("2026-02-01T00:06:00+08:00");
  const day = { businessOn: todayOf(isp), trigger: "scheduled", batchSize: BATCH } as const;
  assertOk(await issueBills(isp.context, isp.tenantId, isp.actor, day));
  const unwritten = async () => (await isp.run(listUnwritten)).length;
  assert.equal(await unwritten(), BILLS / BATCH);
  // The program goes by the system's clock, by which mails of a played past are too old.
  await isp.run((trx) =>
    trx.updateTable("unwritten_mails").set({ created_at: Temporal.Now.instant() })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  const work: Work = { url: database.appUrl, port: smtp.port };
  let kills = 0;
  for (let left = await unwritten(); left > 0; left = await unwritten()) {
    const worker = start(work);
    const enough = left - 1 - Math.floor(Math.random() * 4);
    await until(async () => await unwritten() <= Math.max(0, enough), { timeoutMs: 60_000, everyMs: 1 });
    await pause(Math.random() * 4);
    worker.kill("SIGKILL");
    await worker.status;
    kills++;
  }
  await t.step(`${kills} kills: each bill has one message, as if it had been written at once`, async () => {
    const messages = await outboxOf(isp);
    assert.equal(messages.length, BILLS);
    assert.equal(new Set(messages.map((message) => message.bill_id)).size, BILLS);
    assert.deepEqual(await isp.run(checkInvariants), []);
    assert.ok(kills > 1, `${kills} kills`);
  });
});

function start(work: Work): Deno.ChildProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", join(import.meta.dirname ?? "", "_mail_worker.ts")],
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  // One that is killed early reads nothing.
  ReadableStream.from([JSON.stringify(work)]).pipeThrough(new TextEncoderStream()).pipeTo(child.stdin).catch(
    () => {},
  );
  return child;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
