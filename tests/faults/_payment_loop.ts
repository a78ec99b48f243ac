/**
 * A program that posts payments through the service, several at once, and prints each that is acknowledged.
 * payment_kill_test.ts kills it again and again. On its standard input: {@link Work} as JSON.
 */
import { ManualClock } from "@/shared/clock.ts";
import { silentLogger } from "@/shared/log.ts";
import { centavos } from "@/shared/money/mod.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { openDatabase } from "@/web/store/db/database.ts";

/** What the program is asked to do. */
export interface Work {
  url: string;
  tenantId: string;
  /** Real and business time of the program. */
  now: string;
  payments: { subscriberId: string; centavos: number; key: string }[];
}

/** Under this name the database knows the program. */
export const APPLICATION_NAME = "payment_loop";
const WORKERS = 4;

async function main(work: Work): Promise<void> {
  const clock = new ManualClock(Temporal.Instant.from(work.now));
  const options = { maxConnections: WORKERS, applicationName: APPLICATION_NAME, log: silentLogger };
  const { db } = openDatabase({ url: work.url, ...options });
  const context = { db, clock, log: silentLogger, notifyRouters: () => {}, notifyCommands: () => {} };
  const receivedOn = clock.now().toZonedDateTimeISO("Asia/Manila").toPlainDate();
  const left = [...work.payments];
  const cashier = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { subscriberId, key } = next;
      const result = await recordPayment(context, work.tenantId, {
        kind: "staff",
        label: "Liza Ramos",
        staffUserId: null,
      }, {
        subscriberId,
        amountCentavos: centavos(next.centavos),
        method: "cash",
        receivedOn,
        idempotencyKey: key,
      });
      console.log(result.ok ? `ok ${key} ${result.value.number}` : `refused ${key} ${result.code}`);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, cashier));
}

if (import.meta.main) {
  await main(await new Response(Deno.stdin.readable).json() as Work);
  Deno.exit(0);
}
