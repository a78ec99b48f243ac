import type { Logger } from "@/shared/log.ts";
import {
  type AgentMessage,
  clipText,
  type CommandMessage,
  type CommandResult,
  commandSpecs,
  isCommandKind,
  MAX_CODE_LENGTH,
  MAX_SENTENCE_LENGTH,
  type Unnumbered,
} from "@/shared/protocol/mod.ts";
import type { CommandStore } from "../journal/command_store.ts";
import { messageOf } from "../journal/files.ts";
import { LinkClosedError } from "../link/link.ts";
import { type CommandContext, type CommandEntry as RegisteredCommand, CommandError } from "./command.ts";

/** The present link, or a rejection when there is none. */
export interface WebPort {
  send(message: Unnumbered<AgentMessage>): Promise<void>;
  /** Resolves when the web acknowledged. */
  deliver(message: Unnumbered<AgentMessage>): Promise<void>;
}

export interface RunnerOptions {
  store: CommandStore;
  /** By kind; a kind of `commandSpecs` that is not there is answered `unsupported`. */
  commands: Readonly<Record<string, RegisteredCommand>>;
  context: CommandContext;
  web: WebPort;
  /** Server time; null until the web has spoken. */
  serverNowMs(): number | null;
  nowMs(): number;
  log: Logger;
}

const RUNNING_MAX = 4;
const TAKES_AT_MOST_MS = 3 * 60_000;
const LOOK_AGAIN_MS = 1_000;

/** Runs each command once, however often it is delivered: received, started and done are on disk before they are acted on. */
export class CommandRunner {
  readonly #options: RunnerOptions;
  readonly #queue: CommandMessage[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  /** Delivered over the present connection: the web wants them still. */
  readonly #wanted = new Set<string>();
  #lookAgain: ReturnType<typeof setTimeout> | null = null;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Takes a delivery. Rejects when it could not be stored: then it was not accepted and comes again. */
  async accept(command: CommandMessage): Promise<void> {
    const { store, nowMs } = this.#options;
    const known = store.find(command.id);
    if (known?.state === "done" && known.result !== null) return this.#report(known.result);
    if (known === undefined) await store.receive(command, nowMs());
    this.#wanted.add(command.id);
    this.#tell({ t: "command.received", id: command.id });
    if (known === undefined) this.#enqueue(command);
  }

  /** A person took a command back; one that runs or ran is not stopped. */
  async withdraw(id: string): Promise<void> {
    const { store, nowMs } = this.#options;
    this.#wanted.delete(id);
    if (store.find(id)?.state === "received") await store.finish(id, withdrawn(id), nowMs());
  }

  /** What waits is not known to be wanted any more until the web sends it again. */
  linkDown(): void {
    this.#wanted.clear();
  }

  /** Takes up what was accepted before a restart; needs server time, for the deadlines. */
  resume(): void {
    const queued = new Set(this.#queue.map((command) => command.id));
    for (const command of this.#options.store.waiting()) {
      if (!queued.has(command.id)) this.#enqueue(command);
    }
  }

  /** Takes no more and waits for what runs. */
  async stop(): Promise<void> {
    this.#queue.length = 0;
    if (this.#lookAgain !== null) clearTimeout(this.#lookAgain);
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  #enqueue(command: CommandMessage): void {
    this.#queue.push(command);
    this.#pump();
  }

  #pump(): void {
    while (this.#running.size < RUNNING_MAX && !this.#stopping.signal.aborted) {
      const command = this.#queue.shift();
      if (command === undefined) return;
      const work = this.#run(command).catch((error) => {
        this.#options.log.error("command_failed_to_run", { command: command.id, kind: command.kind, error });
      }).finally(() => {
        this.#running.delete(work);
        this.#pump();
      });
      this.#running.add(work);
    }
  }

  async #run(command: CommandMessage): Promise<void> {
    const { store, nowMs, log } = this.#options;
    if (store.find(command.id)?.state !== "received") return;
    if (this.#mustWait(command)) return this.#waitLonger();
    const result = this.#isLate(command) ? expired(command) : await this.#start(command);
    await store.finish(command.id, result, nowMs());
    log.info("command_done", { command: command.id, kind: command.kind, status: result.status });
    this.#report(result);
  }

  #mustWait({ id, kind, router_id, ...command }: CommandMessage): boolean {
    const { context } = this.#options;
    if (this.#registered(kind)?.waitsForRouter !== true || router_id === null) return false;
    if (this.#isLate({ id, kind, router_id, ...command })) return false;
    return !this.#wanted.has(id) || context.openRouter(router_id) === null;
  }

  /** One timer for all that wait. It stops with the last of them, so that an idle agent has none. */
  #waitLonger(): void {
    if (this.#stopping.signal.aborted) return;
    this.#lookAgain ??= setTimeout(() => {
      this.#lookAgain = null;
      this.resume();
    }, LOOK_AGAIN_MS);
  }

  async #start(command: CommandMessage): Promise<CommandResult> {
    const { store, nowMs, context } = this.#options;
    const registered = this.#registered(command.kind);
    if (registered === undefined || !isCommandKind(command.kind)) return unsupported(command);
    const args = commandSpecs[command.kind].arguments.safeParse(command.arguments);
    if (!args.success) return badArguments(command);
    await store.start(command.id, nowMs());
    try {
      const result = await registered.run({
        command,
        args: args.data,
        context,
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TAKES_AT_MOST_MS)]),
        sendPart: (part, content, isLast) => this.#sendPart(command.id, part, content, isLast),
      });
      return { id: command.id, status: "done", result };
    } catch (error) {
      this.#options.log.warn("command_failed", { command: command.id, kind: command.kind, error });
      return { id: command.id, status: "failed", ...describe(error) };
    }
  }

  #registered(kind: string): RegisteredCommand | undefined {
    const { commands } = this.#options;
    return Object.hasOwn(commands, kind) ? commands[kind] : undefined;
  }

  #sendPart(id: string, part: number, content: unknown, isLast: boolean): Promise<void> {
    const message = { t: "command.part", id, part, content } as const;
    return isLast ? this.#options.web.deliver(message) : this.#options.web.send(message);
  }

  #isLate(command: CommandMessage): boolean {
    const now = this.#options.serverNowMs();
    return now !== null && now > command.not_after_ms;
  }

  /** When this is lost with the link, the next hello carries the result. */
  #report(result: CommandResult): void {
    const { web, store, nowMs, log } = this.#options;
    web.deliver({ t: "command.result", ...result })
      .then(() => store.markReported([result.id], nowMs()))
      .catch((error) => {
        if (!(error instanceof LinkClosedError)) {
          log.error("command_result_not_sent", { command: result.id, error });
        }
      });
  }

  #tell(message: Unnumbered<AgentMessage>): void {
    this.#options.web.send(message).catch((error) => {
      if (!(error instanceof LinkClosedError)) this.#options.log.error("command_not_acknowledged", { error });
    });
  }
}

function expired(command: CommandMessage): CommandResult {
  return {
    id: command.id,
    status: "expired",
    error_code: "expired",
    error_message: "The agent received this too late and did not run it.",
  };
}

function withdrawn(id: string): CommandResult {
  return { id, status: "failed", error_code: "withdrawn", error_message: "Taken back before it ran." };
}

function unsupported({ id }: CommandMessage): CommandResult {
  return {
    id,
    status: "failed",
    error_code: "unsupported",
    error_message: "The agent of this site is too old for this. Update it, then try again.",
  };
}

function badArguments({ id }: CommandMessage): CommandResult {
  return {
    id,
    status: "failed",
    error_code: "bad_arguments",
    error_message:
      "The command does not say what to do in words that this agent knows. Update the agent, then try again.",
  };
}

function describe(error: unknown): { error_code: string; error_message: string } {
  if (error instanceof LinkClosedError) {
    return {
      error_code: "link_closed",
      error_message: "The connection to the web was lost before everything was sent. Try again.",
    };
  }
  const code = error instanceof CommandError || (error instanceof Error && "code" in error)
    ? String(error.code)
    : "failed";
  return {
    error_code: clipText(code, MAX_CODE_LENGTH),
    error_message: clipText(messageOf(error), MAX_SENTENCE_LENGTH),
  };
}
