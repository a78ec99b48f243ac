import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import type { Logger } from "@/shared/log.ts";
import type { Database } from "@/web/store/schema.ts";

/** What every use case gets from the process that runs it. */
export interface ServiceContext {
  db: Kysely<Database>;
  /** Real time; dates of bills and runs come from the tenant's business clock. */
  clock: Clock;
  log: Logger;
  /** Tells the agents of these routers that their desired state has moved. Called after commit only; a hint, never the truth. */
  notifyRouters(tenantId: string, routerIds: readonly string[]): void;
  /** Tells an agent that commands are waiting. Called after commit only; a hint, never the truth. */
  notifyCommands(tenantId: string, agentId: string): void;
}

/** Who asked, as the audit log names it. */
export interface Actor {
  /** For example `Maria Santos` or `Scheduler`. */
  label: string;
  staffUserId: string | null;
}

/** The actor of everything that the clock starts. */
export const SCHEDULER: Actor = { label: "Scheduler", staffUserId: null };
