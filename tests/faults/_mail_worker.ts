/**
 * A program that sends the mail of a database, until it is killed. mail_kill_test.ts kills it again and again. On its
 * standard input: {@link Work} as JSON.
 */
import { silentLogger } from "@/shared/log.ts";
import { partsOf, serverOn } from "@/tests/mail/outbox_isp.ts";
import { MailWorker } from "@/web/services/mail/mail_worker.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { systemClock } from "@/web/system_clock.ts";

/** What the program is asked to do. */
export interface Work {
  url: string;
  port: number;
}

if (import.meta.main) {
  const { url, port } = await new Response(Deno.stdin.readable).json() as Work;
  const { db } = openDatabase({ url, maxConnections: 2, applicationName: "mail_worker", log: silentLogger });
  new MailWorker({
    db,
    clock: systemClock,
    log: silentLogger,
    parts: partsOf(() => serverOn(port)),
    pollMs: 100,
    leaseMs: 600,
  });
}
