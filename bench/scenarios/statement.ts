import { createIsp, todayOf } from "@/tests/billing/isp.ts";
import { countBillsByStatus, listBills } from "@/web/store/billing/bills_page.ts";
import { listAccountLines, sumAccountLines } from "@/web/store/billing/account_lines.ts";
import { readStatement } from "@/web/services/payments/read_statement.ts";
import { median, type Scenario } from "../row.ts";
import { liveMonths } from "../year.ts";
import { startBenchDatabase } from "./bill_run.ts";

const SUBSCRIBERS = 100;
const MONTHS = 120;
const TIMES = 60;
const FIRST = "2016-01-01";
const GOAL = 2;

/** The account of a subscriber of ten years, against the list of bills: for both a page and the figures above it. */
export const statement: Scenario = {
  name: "statement",
  what:
    "the newest page of an account of ten years with its sums; floor: a page of the list of bills with its counts",
  async run() {
    await using database = await startBenchDatabase();
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS, start: `${FIRST}T00:00:00+08:00` });
    await liveMonths(database, isp, {
      from: Temporal.PlainDate.from(FIRST).add({ months: 1 }),
      months: MONTHS,
      bills: SUBSCRIBERS,
    });
    const ours: number[] = [];
    const floors: number[] = [];
    const papers: number[] = [];
    const today = todayOf(isp);
    const whole = { from: Temporal.PlainDate.from(FIRST), through: today };
    for (let n = 0; n < TIMES; n++) {
      const subscriberId = isp.subscriberIds[n % SUBSCRIBERS]!;
      ours.push(
        await timed(() =>
          isp.run(async (trx) => {
            await listAccountLines(trx, { subscriberId }, { limit: 50 });
            await sumAccountLines(trx, { subscriberId });
          })
        ),
      );
      floors.push(
        await timed(() =>
          isp.run(async (trx) => {
            await listBills(trx, {}, { limit: 50 });
            await countBillsByStatus(trx, {}, today);
          })
        ),
      );
      papers.push(await timed(() => isp.run((trx) => readStatement(trx, subscriberId, whole, today))));
    }
    const [oursMs, floorMs] = [median(ours), median(floors)];
    const ratio = median(ours.map((ms, n) => ms / floors[n]!));
    return [{
      row: "statement_ten_years",
      unit: "ms",
      ours: oursMs,
      floor: floorMs,
      peer: null,
      ratio,
      goal: `at most ${GOAL} x a list`,
      met: ratio <= GOAL,
      note: `${MONTHS} bills and as many payments of one subscriber; floor: 50 bills of ${
        SUBSCRIBERS * MONTHS
      } and how many of each state; its statement through today takes ${median(papers).toFixed(1)} ms`,
    }];
  },
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
