import { type CommandKind, type CommandResultOf, isCommandKind } from "@/shared/protocol/mod.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { LinkIdentity } from "@/web/gateways/agent_hub/mod.ts";
import type { CommandRow } from "@/web/store/network/commands.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../../context.ts";
import { completeImportRead, failImportRead } from "../../imports/complete_import_read.ts";
import { keepRouterAnswer } from "./router_answer.ts";
import { keepRouterTest } from "./router_test.ts";
import { announceSecretExpired, keepSecretAnswer } from "./secret_answers.ts";

/** An answer that has come, in the transaction that keeps it. */
export interface Answered<K extends CommandKind> {
  trx: TenantTransaction;
  context: ServiceContext;
  agent: LinkIdentity;
  command: CommandRow;
  /** As the kind's schema wants it; null when the command did not get done. */
  result: CommandResultOf<K> | null;
  now: Temporal.Instant;
}

/** Whom to wake after commit. */
export interface AnswerEffects {
  /** Their desired state moved. */
  routerIds?: readonly string[];
  /** The agent has other settings now. */
  isAgentConcerned?: boolean;
}

/** How the web asks for one kind of command and what becomes of the answer. */
export interface WebCommand<K extends CommandKind = CommandKind> {
  /** Who may ask: the route that asks says the same, from here. */
  permission: Permission;
  /** What it is called on a page. */
  words: `network.kind_${string}`;
  /** How long a person waits for the answer before the command is given up. */
  deadlineSeconds: number;
  /** It changes the router, so a yes counts however late it comes. */
  countsWhenLate: boolean;
  /** Does what follows from the answer, a no included. */
  answered(answer: Answered<K>): Promise<AnswerEffects>;
  /** Nobody will answer any more: its time is over, or the agent was revoked. */
  closed(trx: TenantTransaction, command: CommandRow, now: Temporal.Instant): Promise<void>;
}

const MINUTES = 60;
const HOURS = 60 * MINUTES;

/** Every kind of command; a missing one does not compile. Schemas: `commandSpecs`. */
export const WEB_COMMANDS = {
  "router.test": {
    permission: "router:write",
    words: "network.kind_router_test",
    deadlineSeconds: 2 * MINUTES,
    countsWhenLate: false,
    answered: keepRouterTest,
    closed: () => Promise.resolve(),
  },
  "router.read_secrets": {
    permission: "import:run",
    words: "network.kind_router_read_secrets",
    deadlineSeconds: 2 * MINUTES,
    countsWhenLate: false,
    answered: completeImportRead,
    closed: failImportRead,
  },
  "session.kick": {
    permission: "subscription:suspend",
    words: "network.kind_session_kick",
    deadlineSeconds: 2 * MINUTES,
    countsWhenLate: false,
    answered: () => Promise.resolve({}),
    closed: () => Promise.resolve(),
  },
  "router.answer": {
    permission: "router:write",
    words: "network.kind_router_answer",
    deadlineSeconds: 24 * HOURS,
    countsWhenLate: true,
    answered: keepRouterAnswer,
    closed: () => Promise.resolve(),
  },
  "secret.create": {
    permission: "subscriber:write",
    words: "network.kind_secret_create",
    deadlineSeconds: 24 * HOURS,
    countsWhenLate: true,
    answered: keepSecretAnswer,
    closed: announceSecretExpired,
  },
  "secret.password": {
    permission: "subscriber:write",
    words: "network.kind_secret_password",
    deadlineSeconds: 24 * HOURS,
    countsWhenLate: true,
    answered: keepSecretAnswer,
    closed: announceSecretExpired,
  },
} as const satisfies { [K in CommandKind]: WebCommand<K> };

/** The entry of a command that was read from the database; undefined for a kind of a newer version. */
export function webCommandOf(command: { kind: string }): WebCommand | undefined {
  return isCommandKind(command.kind) ? WEB_COMMANDS[command.kind] : undefined;
}

/** Kinds whose yes counts after their deadline. */
export const LATE_KINDS: readonly CommandKind[] = (Object.keys(WEB_COMMANDS) as CommandKind[])
  .filter((kind) => WEB_COMMANDS[kind].countsWhenLate);
