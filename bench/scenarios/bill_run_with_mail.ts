import { createIsp } from "@/tests/billing/isp.ts";
import { giveAddresses, remind, setServer } from "@/tests/mail/mail_isp.ts";
import { writeMailsOf } from "@/tests/support/unwritten_mail.ts";
import { median, type Scenario } from "../row.ts";
import { liveMonths } from "../year.ts";
import { startBenchDatabase, timeBillRun, VARIED } from "./bill_run.ts";

const SUBSCRIBERS = 20_000;
const MONTHS = 3;
/** An odd number: the median is one of them, and not the upper of two. */
const PAIRS = 7;
const GOAL = 1.2;
const FIRST = Temporal.PlainDate.from("2026-02-01");

/**
 * What it costs a bill run that each of its bills is mailed. Their messages are written by the mail worker, which here waits
 * for the end of each run: what that takes is told beside.
 */
export const billRunWithMail: Scenario = {
  name: "bill_run_with_mail",
  what: `bills of ${SUBSCRIBERS} connections, each to be mailed; floor: the same with nobody mailed`,
  async run() {
    await using database = await startBenchDatabase();
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS, start: "2026-01-01T00:00:00+08:00" });
    await database.query(VARIED, [isp.tenantId]);
    await giveAddresses(isp);
    await setServer(isp);
    await remind(isp, { silentOccasions: ["bill_issued"] });
    await liveMonths(database, isp, { from: FIRST, months: MONTHS, bills: SUBSCRIBERS });
    const times = { with: [] as number[], without: [] as number[], written: [] as number[] };
    for (let n = 0; n < 2 * PAIRS; n++) {
      // Each goes first every other time: tables grow meanwhile.
      const isMailed = n % 4 === 0 || n % 4 === 3;
      await remind(isp, { silentOccasions: isMailed ? [] : ["bill_issued"] });
      await database.query("checkpoint");
      const { ms } = await timeBillRun(isp, FIRST.add({ months: MONTHS + n }), SUBSCRIBERS);
      times[isMailed ? "with" : "without"].push(ms);
      const startedAt = performance.now();
      await writeMailsOf(database.db, isp.tenantId);
      if (isMailed) times.written.push(performance.now() - startedAt);
    }
    const { rows: [queued] } = await database.query(
      "select count(*)::int as n from mail_messages where state = 'queued'",
    );
    if (queued.n !== PAIRS * SUBSCRIBERS) {
      throw new Error(`Cannot measure mail: ${queued.n} of ${PAIRS * SUBSCRIBERS} were queued`);
    }
    const pairs = times.with.map((ms, n) => ({ with: ms, without: times.without[n]! }));
    const ratio = median(pairs.map((pair) => pair.with / pair.without));
    return [{
      row: `bill_run_with_mail_${SUBSCRIBERS}`,
      unit: "s",
      ours: median(times.with) / 1000,
      floor: median(times.without) / 1000,
      peer: null,
      ratio,
      goal: `at most ${GOAL} x without mail`,
      met: ratio <= GOAL,
      note: `pairs with/without in ms: ${
        pairs.map((pair) => `${pair.with.toFixed(0)}/${pair.without.toFixed(0)}`).join(" ")
      }; their messages are written in ${median(times.written).toFixed(0)} ms afterwards`,
    }];
  },
};
