import { createIsp } from "@/tests/billing/isp.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { listAccountLines, sumAccountLines } from "@/web/store/billing/account_lines.ts";
import { median, type Scenario } from "../row.ts";
import { payRun } from "../pay_run.ts";
import { startBenchDatabase, timeBillRun } from "./bill_run.ts";

const SUBSCRIBERS = 100;
const MONTHS = 120;
const TIMES = 60;
const GOAL = 2;

/** The account of a subscriber of ten years, against a page of the list of bills. */
export const statement: Scenario = {
  name: "statement",
  what: "the newest page of an account of ten years; floor: a page of the list of bills",
  async run() {
    await using database = await startBenchDatabase();
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS, start: "2016-01-01T00:00:00+08:00" });
    for (let month = 1; month <= MONTHS; month++) {
      const on = Temporal.PlainDate.from("2016-01-01").add({ months: month });
      const { runId } = await timeBillRun(isp, on, SUBSCRIBERS);
      await payRun(database, { tenantId: isp.tenantId, runId, on: on.add({ days: 3 }) });
    }
    await database.query("analyze");
    const ours: number[] = [];
    const floors: number[] = [];
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
      floors.push(await timed(() => isp.run((trx) => listBills(trx, {}, { limit: 50 }))));
    }
    const [oursMs, floorMs] = [median(ours), median(floors)];
    const ratio = oursMs / floorMs;
    return [{
      row: "statement_ten_years",
      unit: "ms",
      ours: oursMs,
      floor: floorMs,
      peer: null,
      ratio,
      goal: `at most ${GOAL} x a page of a list`,
      met: ratio <= GOAL,
      note: `${MONTHS} bills and as many payments of one subscriber; floor: 50 bills of ${
        SUBSCRIBERS * MONTHS
      }`,
    }];
  },
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
