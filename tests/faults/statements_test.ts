import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { ok } from "@/shared/result.ts";
import { assertBooksHold, createIsp, type Isp, todayOf } from "@/tests/billing/isp.ts";
import { out, set } from "@/tests/billing/outage_isp.ts";
import { contentOf } from "@/tests/support/content.ts";
import type { PlayedIsp } from "@/tests/support/played.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { Played, soaked } from "@/tests/support/soak.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { creditOutages, creditOutagesOfDay } from "@/web/services/billing/credit_outages.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { planCutRun } from "@/web/services/cuts/plan_cut_run.ts";
import { writeMailsOf } from "@/tests/support/unwritten_mail.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { findOutageReview } from "@/web/store/billing/outage_credits.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { afterDayWithEverything, dayWithEverything } from "./_day_with_everything.ts";
import { FailingDatabase, WAYS } from "./_failing_database.ts";

const SUBSCRIBERS = 3;
const IS_SOAK = soaked(0, 1) === 1;
/** Statements of long work that a gate lets fail. */
const LONG_TRIES = 2;

/** Work that is asked for again when it has failed, as a job or a browser does. */
interface Work {
  name: string;
  /** Brings a new provider to the moment before. */
  prepare(isp: Isp): Promise<void>;
  run(context: ServiceContext, isp: Isp): Promise<unknown>;
}

/** Work of many statements on a provider with a long past, of which the gate lets some fail. */
interface LongWork {
  name: string;
  past(): Promise<PlayedIsp>;
  run(context: ServiceContext, isp: Isp): Promise<unknown>;
}

const WORKS: readonly Work[] = [
  { name: "the bill run", prepare: toBills, run: bill },
  {
    name: "the cut run",
    prepare: async (isp) => {
      await toBills(isp);
      await bill(isp.context, isp);
      isp.clock.set("2026-02-14T09:00:00+08:00");
    },
    run: async (context, isp) => {
      const day = { businessOn: todayOf(isp), trigger: "scheduled" as const };
      const plan = await planCutRun(context, isp.tenantId, isp.actor, day);
      return plan.ok
        ? await executeCutRun(context, isp.tenantId, isp.actor, { runId: plan.value.runId })
        : plan;
    },
  },
  {
    name: "the outage credit of a day",
    prepare: async (isp) => {
      await toBills(isp);
      await bill(isp.context, isp);
      await set(isp, { outage_credit: "automatic" });
      // One of three: in which order alike ones are credited is chance.
      await out(isp, "2026-01-10T00:00", "2026-01-12T00:00", { scope: "chosen", pppNames: ["user1"] });
    },
    run: async (context, isp) => {
      const given = await creditOutagesOfDay(context, isp.tenantId, isp.actor, { businessOn: todayOf(isp) });
      // What the database refused stops nobody else: it is noted, and waits for the next night or a person.
      const waits = (await isp.run(findOutageReview))?.amount_centavos ?? 0n;
      const which = { withRunning: false, withHeld: false, seenCentavos: waits };
      return waits === 0n ? given : await creditOutages(context, isp.tenantId, isp.actor, which);
    },
  },
  {
    name: "the posting of a payment that restores",
    prepare: async (isp) => {
      await toBills(isp);
      await bill(isp.context, isp);
      isp.clock.set("2026-02-14T09:00:00+08:00");
      await WORKS[1]!.run(isp.context, isp);
    },
    run: (context, isp) =>
      recordPayment(context, isp.tenantId, isp.actor, {
        subscriberId: isp.subscriberIds[0]!,
        amountCentavos: centavos(150_000),
        method: "gcash",
        reference: "REF-1",
        receivedOn: todayOf(isp),
        idempotencyKey: `once-${isp.tenantId}`,
      }),
  },
  {
    name: "the writing of a run's mails",
    prepare: async (isp) => {
      await toBills(isp);
      await bill(isp.context, isp);
    },
    run: async (context, isp) => ok(await writeMailsOf(context.db, isp.tenantId)),
  },
];

for (const work of WORKS) {
  Deno.test(`any statement of ${work.name} may fail in any way: asked again, everything is as if none had`, async () => {
    await using database = await createTestDatabase();
    const expected = await undisturbed(database, work);
    const played = new Played(`failures of the ${expected.sent} statements of ${work.name}`);
    // In the gate each statement fails in one way, in turn; a commit also in the way of which nobody knows the end.
    for (let at = 1; at <= expected.sent; at++) {
      const isCommit = expected.statements[at - 1] === "commit";
      const inTurn = WAYS[at % WAYS.length]!;
      const ways = IS_SOAK ? WAYS : new Set(isCommit ? [inTurn, "killed after" as const] : [inTurn]);
      for (const way of ways) {
        const isp = await startOf(database, work);
        await using failing = new FailingDatabase(database.appUrl, at, way);
        const first = await work.run({ ...isp.context, db: failing.db }, isp).catch((error: unknown) =>
          error
        );
        const where = `${way} statement ${at}: ${failing.failed?.slice(0, 200)}`;
        // A statement whose answer nobody waits for may fail behind the last one.
        assert.ok(failing.failed !== null, `${where}: only ${failing.sent} were sent`);
        const again = await work.run(isp.context, isp) as { ok: boolean };
        assert.ok(again.ok, `${where}: ${Deno.inspect([first, again])}`);
        assert.deepEqual(await allOf(isp), expected.content, where);
        await assertBooksHold(isp);
        played.add([[way, 1]]);
      }
    }
    played.say();
  });
}

const LONG_WORKS: readonly LongWork[] = [
  {
    name: "a day with everything on it",
    past: dayWithEverything,
    run: (context, isp) => runDueDays(context, isp.tenantId, isp.actor),
  },
  {
    name: "a payment that turns out to have been in time",
    past: afterDayWithEverything,
    run: (context, isp) =>
      recordPayment(context, isp.tenantId, isp.actor, {
        // Takes a paid late fee back and pays the rest.
        subscriberId: isp.subscriberIds[1]!,
        amountCentavos: centavos(300_000),
        method: "gcash",
        reference: "REF-2",
        receivedOn: Temporal.PlainDate.from("2026-02-07"),
        idempotencyKey: `once-${isp.tenantId}`,
      }),
  },
];

for (const work of LONG_WORKS) {
  Deno.test(`any statement of ${work.name} may fail in any way: asked again, everything is as if none had`, async () => {
    const expected = await undisturbedLong(work);
    const played = new Played(`failures of the ${expected.sent} statements of ${work.name}`);
    // A gate takes some statements in turn, the next one others; a soak takes them all, in all ways.
    const step = soaked(Math.ceil(expected.sent / LONG_TRIES), 1);
    for (let at = 1 + soaked(Math.floor(Math.random() * step), 0); at <= expected.sent; at += step) {
      for (const way of IS_SOAK ? WAYS : [WAYS[Math.floor(Math.random() * WAYS.length)]!]) {
        await using past = await work.past();
        const { isp, database } = past;
        await using failing = new FailingDatabase(database.appUrl, at, way, "disk");
        const first = await work.run({ ...isp.context, db: failing.db }, isp).catch((error: unknown) =>
          error
        );
        const where = `${way} statement ${at} of ${expected.sent}: ${failing.failed?.slice(0, 200)}`;
        assert.ok(failing.failed !== null, `${where}: only ${failing.sent} were sent`);
        const again = await work.run(isp.context, isp) as { ok: boolean };
        assert.ok(again.ok, `${where}: ${Deno.inspect([first, again])}`);
        assert.deepEqual(await allOf(isp), expected.content, where);
        await assertBooksHold(isp);
        played.add([[way, 1]]);
      }
    }
    played.say();
  });
}

async function undisturbedLong(work: LongWork) {
  await using past = await work.past();
  const { isp, database } = past;
  await using watched = new FailingDatabase(database.appUrl, 0, "error before");
  await work.run({ ...isp.context, db: watched.db }, isp);
  assert.ok(watched.sent > 10, `${watched.sent} statements`);
  await work.run(isp.context, isp);
  return { sent: watched.sent, content: await allOf(isp) };
}

async function undisturbed(database: TestDatabase, work: Work) {
  const isp = await startOf(database, work);
  await using watched = new FailingDatabase(database.appUrl, 0, "error before");
  await work.run({ ...isp.context, db: watched.db }, isp);
  const { sent, statements } = watched;
  assert.ok(sent > 10, `${sent} statements`);
  // Asked again, it does nothing: what is asked for twice is the same as what is asked for once.
  await work.run(isp.context, isp);
  return { sent, statements, content: await allOf(isp) };
}

async function startOf(database: TestDatabase, work: Work): Promise<Isp> {
  const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
  await work.prepare(isp);
  return isp;
}

/** Everything there is, with the mails of runs written: how many bills lie in a batch of them is chance. */
async function allOf(isp: Isp) {
  await writeMailsOf(isp.context.db, isp.tenantId);
  return await isp.run(contentOf);
}

function toBills(isp: Isp): Promise<void> {
  isp.clock.set("2026-02-01T00:05:00+08:00");
  return Promise.resolve();
}

function bill(context: ServiceContext, isp: Isp) {
  const input = { businessOn: todayOf(isp), trigger: "scheduled", batchSize: 2 } as const;
  return issueBills(context, isp.tenantId, isp.actor, input);
}
