import { TrapError } from "@/shared/routeros/mod.ts";
import type { SealingKeyPair } from "@/shared/crypto/mod.ts";
import type {
  CommandArguments,
  CommandKind,
  CommandMessage,
  CommandResultOf,
  RouterAnswer,
  RouterSettings,
} from "@/shared/protocol/mod.ts";
import type { AnswerOutcome } from "../routers/reconcile/answers.ts";
import { type OpenRouter, openRouter } from "../routers/reconcile/connection.ts";
import { isSameRouter, wrongRouterMessage } from "../routers/reconcile/identity.ts";
import type { ConnectRouter, RouterPort } from "../routers/reconcile/ports.ts";

/** A refusal that the person who asked reads. */
export class CommandError extends Error {
  constructor(readonly code: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** What commands may reach. */
export interface CommandContext {
  settings(routerId: string): RouterSettings | undefined;
  /** The checked connection of the router's loop. */
  openRouter(routerId: string): RouterPort | null;
  /** Something answered at this router: its loop need not wait for its next try. */
  retryRouter(routerId: string): void;
  /** A person's answer to what is asked about this router. */
  answerRouter(routerId: string, questionId: string, answer: RouterAnswer): Promise<AnswerOutcome>;
  /** Somebody waits for the first session of this name. */
  awaitSession(routerId: string, name: string): void;
  sealing: SealingKeyPair;
  connect: ConnectRouter;
}

/** One command while it runs. */
export interface RunningCommand<K extends CommandKind = CommandKind> {
  command: CommandMessage;
  /** As the kind's schema wants them. */
  args: CommandArguments<K>;
  context: CommandContext;
  signal: AbortSignal;
  /** Sends one part of a long answer; with `isLast`, resolves when the web has them all. */
  sendPart(part: number, content: unknown, isLast: boolean): Promise<void>;
}

/** How the agent does one kind of command. */
export interface CommandEntry<K extends CommandKind = CommandKind> {
  /** The value becomes the result, a rejection the refusal. */
  run(running: RunningCommand<K>): Promise<CommandResultOf<K>>;
  /** Waits for its router, up to its deadline, and must still be wanted by the web when its turn comes. */
  waitsForRouter: boolean;
}

/** The settings of the router that a command names. */
export function settingsOf({ command, context }: RunningCommand): RouterSettings {
  const settings = command.router_id === null ? undefined : context.settings(command.router_id);
  if (settings !== undefined) return settings;
  throw new CommandError(
    "unknown_router",
    "The agent does not know this router yet. Wait a moment, then try again.",
  );
}

/** Uses a connection of its own, so that the password and the way to the router are tried as they are now. */
export async function withOwnConnection<T>(
  running: RunningCommand,
  use: (open: OpenRouter) => Promise<T>,
): Promise<T> {
  const { context, signal } = running;
  const open = await openRouter({
    settings: settingsOf(running),
    sealing: context.sealing,
    connect: context.connect,
    signal,
  });
  try {
    return await use(open);
  } finally {
    await open.router.close();
  }
}

/** Refuses another router at the address (R12). */
export function assertSameRouter(settings: RouterSettings, { identity }: OpenRouter): void {
  const bound = { serial_number: settings.serial_number, software_id: settings.software_id };
  if (!isSameRouter(bound, identity)) {
    throw new CommandError("wrong_router", wrongRouterMessage(bound, identity));
  }
}

export function isPermissionTrap(error: unknown): boolean {
  return error instanceof TrapError && error.kind === "Permission";
}
