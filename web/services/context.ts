import type { Kysely } from "kysely";
import type { z } from "zod";
import type { Clock } from "@/shared/clock.ts";
import type { SigningKeyPair } from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import type { RoleLimit } from "@/web/domain/access/mod.ts";
import type { ErasureList } from "@/web/gateways/erasure_list/mod.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { StatementPress } from "@/web/gateways/pdf/mod.ts";
import type { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import type { Job } from "@/web/jobs/define_job.ts";
import type { TrySmtp } from "./mail/test_mail_server.ts";
import type { Database } from "@/web/store/db/schema.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** Adds a job in the caller's transaction: it exists exactly when the transaction commits. */
export type Enqueue = <Data extends z.ZodType>(
  trx: TenantTransaction,
  job: Job<Data>,
  data: z.input<Data>,
) => Promise<void>;

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
  /** The queue of jobs; without it a use case that queues work fails. */
  enqueue?: Enqueue;
  /** Addresses without sign-in; without it what prints or mails one fails. */
  links?: PublicLinks;
  /** Keys of the installation; without them what seals or opens a secret fails. */
  masterKeys?: MasterKeys;
  /** Key of the installation that signs; without it no end of an audit log is signed, and any signed one is believed. */
  signing?: SigningKeyPair;
  /** The list of people who were erased, outside of the database; without it a restored database does not learn of them. */
  erasures?: ErasureList;
  /** An installation for many ISPs: what one of them types must not lead into its network. @default false */
  isManyTenants?: boolean;
  /** The demo: its mail never leaves the machine. @default false */
  isDemo?: boolean;
  /** Where the demo's own mail server listens; without it the demo mails nothing. */
  demoMailPort?: number;
  /** Tries a mail server; without it a test fails. */
  trySmtp?: TrySmtp;
  /** Prints statements; without it what makes one fails. */
  press?: StatementPress;
  /** Sends what a tenant has due now and waits for it, within bounds; without it mail goes in its own time. */
  mailGoesOut?: (tenantId: string) => Promise<void>;
  /** Counts on while the web is stopped; without it nobody knows how long that was. */
  machine?: MachineTime;
  /** Asked first in the transaction of a use case; what it throws ends the use case. Undo locks and looks here. */
  before?: (trx: TenantTransaction) => Promise<void>;
}

/** The machine's own count of time, which nobody can set. */
export interface MachineTime {
  /** Names one start of the machine. */
  bootId: string;
  /** Seconds since then, sleep included. */
  uptimeSeconds(): number;
}

/** Who asked, as the audit log names it: `label` is for example `Maria Santos` or `Scheduler`. */
export type Actor =
  | StaffActor
  | { kind: "subscriber"; label: string; subscriberId: string; origin?: RequestOrigin }
  | { kind: "operator"; label: string; operatorId: string; origin?: RequestOrigin }
  | { kind: "api_key"; label: string; origin?: RequestOrigin }
  | MachineActor;

/** Where a request came from. */
export interface RequestOrigin {
  ip: string;
  requestId: string;
}

/** One of the ISP's people. */
export interface StaffActor {
  kind: "staff";
  label: string;
  /** Null where only the name was kept of who asked, for work that is done later. */
  staffUserId: string | null;
  /** Number of the audit entry that is being taken back. */
  undoes?: bigint;
  /** None of what is done later. */
  origin?: RequestOrigin;
  /** The most that one act of theirs may come to; null, or no such function: no limit. */
  limitOf?(limit: RoleLimit): bigint | null;
  /** Agent that did later what was asked for. */
  agentId?: string;
}

/** What nobody asked for: Linya by itself, or an agent. */
export interface MachineActor {
  kind: "agent" | "system";
  label: string;
  /** Run that it is a part of. */
  runId?: string;
  agentId?: string;
}

/** The same within a run: what Linya does by itself is put down to that run. */
export function inRun(actor: Actor, runId: string): Actor {
  return actor.kind === "system" ? { ...actor, runId } : actor;
}

/** The columns of the audit log that say where something came from. */
export function originOf(
  actor: Actor,
): Record<"ip" | "request_id" | "run_id" | "agent_id", string | null> {
  const origin = "origin" in actor ? actor.origin : undefined;
  return {
    // An empty address is one that nobody knows.
    ip: origin?.ip.slice(0, 60) || null,
    request_id: origin?.requestId.slice(0, 60) || null,
    run_id: "runId" in actor ? actor.runId ?? null : null,
    agent_id: "agentId" in actor ? actor.agentId ?? null : null,
  };
}

/** The staff member behind an action; null for everybody else. */
export function staffIdOf(actor: Actor): string | null {
  return actor.kind === "staff" ? actor.staffUserId : null;
}

/** The actor of everything that the clock starts. */
export const SCHEDULER: Actor = { kind: "system", label: "Scheduler" };

/** The actor of what the first session of a new connection starts. */
export const FIRST_SESSION: Actor = { kind: "system", label: "First session" };

/** Causes what somebody asks for before they sign in, whoever it is. */
export const SIGN_IN_PAGE = "Sign-in page";

/** The actor of what an agent's enrolment writes down. */
export const AGENT_ENROLMENT: MachineActor = { kind: "agent", label: "Agent enrolment" };
