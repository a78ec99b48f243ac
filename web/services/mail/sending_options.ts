import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import type { Logger } from "@/shared/log.ts";
import type { SessionOptions } from "@/web/gateways/mail/smtp_session.ts";
import type { Database } from "@/web/store/db/schema.ts";
import type { LineLimit } from "./line_limit.ts";
import type { LineBudget } from "./mail_lines.ts";
import type { OutboxParts } from "./outbox_parts.ts";
import type { RefusalRun } from "./refusal_run.ts";
import type { SenderDoubts } from "./sender_doubts.ts";

/** How a tenant's messages are sent. */
export interface SendingOptions {
  db: Kysely<Database>;
  clock: Clock;
  log: Logger;
  parts: OutboxParts;
  /** This process. */
  workerId: string;
  /** How long the tenant waits for a process that died. @default 30000 */
  leaseMs?: number;
  /** Connections to its server at once; its provider may allow fewer. @default 10 */
  connections?: number;
  /** Other tenants wait for a place: after so long nothing more is taken. @default 60000 */
  passMs?: number;
  session?: SessionOptions;
  random?: () => number;
  /** How long a server is left alone that wants less in a second. @default 2000 */
  slowMs?: number;
}

/** What is known of a tenant from one pass to the next. */
export interface SendingMemory {
  budget: LineBudget;
  refusals: RefusalRun;
  doubts: SenderDoubts;
  lines: LineLimit;
}
