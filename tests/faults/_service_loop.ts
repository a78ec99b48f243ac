/**
 * A program that does one piece of work through the services and says how far it is. service_kill_test.ts kills it
 * again and again. Arguments: a {@link Work} as JSON.
 */
import { ManualClock } from "@/shared/clock.ts";
import { silentLogger } from "@/shared/log.ts";
import { centavos } from "@/shared/money/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { executeCutRun } from "@/web/services/execute_cut_run.ts";
import { issueBills } from "@/web/services/issue_bills.ts";
import { recordPayment } from "@/web/services/record_payment.ts";
import { openDatabase } from "@/web/store/database.ts";

/** What the program is asked to do. */
export interface Work {
  url: string;
  tenantId: string;
  /** Real and business time of the program. */
  now: string;
  job:
    | { kind: "bills"; businessOn: string; batchSize: number }
    | { kind: "cut"; runId: string; chunkSize: number }
    | { kind: "payments"; payments: { subscriberId: string; centavos: number; key: string }[] };
}

/** Under this name the database knows the program. */
export const APPLICATION_NAME = "service_loop";
const WORKERS = 4;

async function main(): Promise<void> {
  const work = JSON.parse(Deno.args[0] ?? "") as Work;
  const { db } = openDatabase({
    url: work.url,
    maxConnections: WORKERS,
    applicationName: APPLICATION_NAME,
    log: silentLogger,
  });
  const context: ServiceContext = {
    db,
    clock: new ManualClock(Temporal.Instant.from(work.now)),
    log: silentLogger,
    notifyRouters: () => {},
    notifyCommands: () => {},
  };
  console.log("started");
  await run(context, work);
  console.log("done");
}

async function run(context: ServiceContext, { tenantId, job }: Work): Promise<void> {
  const actor = { label: "Scheduler", staffUserId: null };
  switch (job.kind) {
    case "bills": {
      const businessOn = Temporal.PlainDate.from(job.businessOn);
      const { batchSize } = job;
      const result = await issueBills(context, tenantId, actor, {
        businessOn,
        trigger: "scheduled",
        batchSize,
      });
      if (!result.ok) throw new Error(result.message);
      return;
    }
    case "cut": {
      const result = await executeCutRun(context, tenantId, actor, job);
      if (!result.ok) throw new Error(result.message);
      return;
    }
    case "payments": {
      const left = [...job.payments];
      const today = context.clock.now().toZonedDateTimeISO("Asia/Manila").toPlainDate();
      const cashier = async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const result = await recordPayment(context, tenantId, actor, {
            subscriberId: next.subscriberId,
            amountCentavos: centavos(next.centavos),
            method: "cash",
            receivedOn: today,
            idempotencyKey: next.key,
          });
          console.log(
            result.ok ? `ok ${next.key} ${result.value.number}` : `refused ${next.key} ${result.code}`,
          );
        }
      };
      await Promise.all(Array.from({ length: WORKERS }, cashier));
    }
  }
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}
