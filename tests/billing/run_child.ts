import { ManualClock } from "@/shared/clock.ts";
import { silentLogger } from "@/shared/log.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { creditOutagesOfDay } from "@/web/services/billing/credit_outages.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { SCHEDULER, type ServiceContext } from "@/web/services/context.ts";

/**
 * The process of the kill tests: one bill run, one cut run or the outage credit of a day, in small batches. It kills itself at a statement of that
 * run, so that a slow machine is killed at the same places as a fast one.
 */
const [url = "", tenantId = "", now = "", killAt = "", kind = "", runId = ""] = Deno.args;
const database = openDatabase({ url, log: silentLogger, maxConnections: 2 });
killAtStatement(Number(killAt));
const clock = new ManualClock(now);
const context: ServiceContext = {
  db: database.db,
  clock,
  log: silentLogger,
  notifyRouters: () => {},
  notifyCommands: () => {},
};
const businessOn = clock.now().toZonedDateTimeISO("Asia/Manila").toPlainDate();
const result = kind === "bill"
  ? await issueBills(context, tenantId, SCHEDULER, { businessOn, trigger: "scheduled", batchSize: 100 })
  : kind === "outages"
  ? await creditOutagesOfDay(context, tenantId, SCHEDULER, { businessOn, batchSize: 50 })
  : await executeCutRun(context, tenantId, SCHEDULER, { runId, chunkSize: 50 });
await database.close();
Deno.exit(result.ok ? 0 : 1);

/** Ends this process without a word when it has sent so many statements: some are with the database by then, some not. */
function killAtStatement(count: number): void {
  let sent = 0;
  database.pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    const counted = (...given: unknown[]) => {
      if (++sent === count) setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), Math.random() * 3);
      return query(...given);
    };
    Object.assign(client, { query: counted });
  });
}
