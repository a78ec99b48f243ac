import assert from "node:assert/strict";
import { sql } from "kysely";
import { type Isp, liveUntil, runUntil } from "@/tests/billing/isp.ts";
import { type PlayedIsp, playedOnce } from "@/tests/support/played.ts";
import { createMailIsp, mailsOf, remind } from "./mail_isp.ts";

/** What becomes of a message. */
interface Outcome {
  state: "refused" | "failed" | "sent";
  reason: string | null;
}

const FULL: Outcome = { state: "refused", reason: "mailbox_full" };
const REFUSED: Outcome = { state: "failed", reason: "message_refused" };
const TAKEN: Outcome = { state: "sent", reason: null };

/** Lives on; every six hours what is due has its end, by what `answer` says to whom. */
async function liveAnswered(isp: Isp, until: string, answer: (who: number) => Outcome): Promise<void> {
  const end = Temporal.PlainDateTime.from(until).toZonedDateTime(isp.zone);
  while (Temporal.Instant.compare(isp.clock.now(), end.toInstant()) < 0) {
    const next = isp.clock.now().toZonedDateTimeISO(isp.zone).add({ hours: 6 });
    await runUntil(isp, next.toPlainDateTime().toString());
    await isp.run(async (trx) => {
      for (const [who, subscriberId] of isp.subscriberIds.entries()) {
        const { state, reason } = answer(who);
        const at = isp.clock.now();
        await sql`update mail_messages set state = ${state}, reason = ${reason},
            sent_at = case when ${state} = 'sent' then ${at}::timestamptz end
          where subscriber_id = ${subscriberId} and state = 'queued'
            and (business_after_at is null or business_after_at <= ${at})`.execute(trx);
      }
    });
  }
}

/** The bills of February are not paid; their first notice goes out on the 13th. */
function playedUnpaid(unreachable: "hold" | "go_on", subscribers = 1): Promise<PlayedIsp> {
  return playedOnce(`unpaid February, ${unreachable}, ${subscribers}`, async (database) => {
    const isp = await createMailIsp(database, { subscribers });
    await remind(isp, { cutNeedsNotice: true, unreachable });
    await liveUntil(isp, "2026-02-12T20:30");
    return isp;
  });
}

async function datesOf(isp: Isp, occasion: string): Promise<string[]> {
  return (await mailsOf(isp, occasion)).map(({ created_on }) => created_on.toString());
}

Deno.test.each([FULL, REFUSED, { state: "refused", reason: "returned_soft" } as const])(
  "whose mailbox takes two notices not ($reason) is cut or kept, as the company chose, and is not written to daily",
  async (outcome) => {
    await using going = await playedUnpaid("go_on");
    const { isp } = going;
    await liveAnswered(isp, "2026-03-10T12:00", () => outcome);
    assert.deepEqual(await datesOf(isp, "cut_notice"), ["2026-02-13", "2026-02-14"]);
    assert.deepEqual(await datesOf(isp, "cut"), ["2026-02-15"], "on the day that the second one names");
    await using holding = await playedUnpaid("hold");
    const kept = holding.isp;
    await liveAnswered(kept, "2026-03-04T12:00", () => outcome);
    assert.deepEqual(await datesOf(kept, "cut_notice"), ["2026-02-13", "2026-02-14"]);
    assert.deepEqual(await datesOf(kept, "cut"), []);
  },
);

Deno.test("whoever takes a mail again, or has another address, is told before the cut", async () => {
  await using past = await playedUnpaid("hold", 2);
  const { isp } = past;
  await liveAnswered(isp, "2026-03-01T20:00", () => FULL);
  await isp.run((trx) =>
    sql`update subscribers set email = 'other@example.net' where id = ${isp.subscriberIds[1]!}`.execute(trx)
  );
  assert.equal((await mailsOf(isp, "cut_notice")).length, 4);
  // The bill of 5 March is taken for the first; of the second a new address is known on the 1st.
  await liveAnswered(isp, "2026-03-12T12:00", () => TAKEN);
  const after = (mails: Awaited<ReturnType<typeof mailsOf>>) =>
    mails.filter(({ created_on: on }) => on.month === 3).map(({ who, created_on: on }) => `${who} ${on}`)
      .sort();
  assert.deepEqual(after(await mailsOf(isp, "cut_notice")), ["0 2026-03-06", "1 2026-03-02"]);
  assert.deepEqual(after(await mailsOf(isp, "cut")), ["0 2026-03-07", "1 2026-03-03"]);
});

Deno.test("where the server refuses what all are sent, that is no answer of theirs: nobody is cut", async () => {
  await using past = await playedUnpaid("go_on", 3);
  const { isp } = past;
  await liveAnswered(isp, "2026-02-20T12:00", () => REFUSED);
  assert.deepEqual(await datesOf(isp, "cut"), []);
  // Others take theirs from now on: one who refuses it alone is not told, and cut.
  await liveAnswered(isp, "2026-02-24T12:00", (who) => who === 0 ? REFUSED : TAKEN);
  assert.deepEqual((await mailsOf(isp, "cut")).map(({ who }) => who).sort(), [0, 1, 2]);
});

Deno.test("a notice that was refused once, or while the sender stops for it, keeps", async () => {
  await using past = await playedUnpaid("go_on");
  const { isp } = past;
  await liveAnswered(isp, "2026-02-13T20:00", () => FULL);
  await liveAnswered(isp, "2026-02-14T12:00", () => TAKEN);
  assert.deepEqual(await datesOf(isp, "cut"), []);
  await using again = await playedUnpaid("go_on");
  const stopped = again.isp;
  await stopped.run((trx) =>
    trx.insertInto("mail_senders").values({
      tenant_id: stopped.tenantId,
      problem: "messages_refused",
      problem_at: stopped.clock.now(),
    }).execute()
  );
  await liveAnswered(stopped, "2026-02-20T12:00", () => REFUSED);
  assert.deepEqual(await datesOf(stopped, "cut"), []);
});
