import {
  AnswerTooLongError,
  ClosedError,
  type Query,
  type Reply,
  RouterOsError,
  type Row,
  TimeoutError,
  type Trap,
  TrapError,
} from "@/shared/routeros/mod.ts";
import { MAX_ANSWER_BYTES } from "@/shared/protocol/mod.ts";
import type { Deadline, DeadlineLimit } from "./deadline.ts";
import { redactText, secretsIn } from "./redact.ts";
import type { RowSink } from "./row_stream.ts";
import type { Attributes } from "./session_options.ts";

/** Restores run before reads, reads before cuts, cuts before profiles: a person who paid never waits behind a cut run. */
export type Priority = "restore" | "normal" | "cut" | "profile";

/** How a command is run. */
export interface CallOptions {
  query?: Query;
  /** Fields to print; fewer fields are far fewer bytes. */
  proplist?: readonly string[];
  signal?: AbortSignal;
  /** Counts from the moment the command is sent, not while it waits its turn. */
  deadlineMs?: number;
  priority?: Priority;
  /** Asked at the moment of sending: a command may wait for its turn longer than its reason lasts. */
  isStillWanted?: () => boolean;
}

/** The command was taken back while it waited; nothing was sent. */
export class WithdrawnError extends RouterOsError {
  readonly code = "router_command_withdrawn";

  constructor(command: string) {
    super(`Cannot run ${command}: it was taken back before it was sent`);
  }
}

/** A write names its rows by their ids, and one of these is nothing; it was not sent. */
export class UnaddressedError extends RouterOsError {
  readonly code = "router_row_without_id";

  constructor(command: string) {
    super(`Cannot run ${command}: a row that it is for has no id`);
  }
}

/** Whether a sentence would say "numbers" or ".id" and name nothing, which a router may take for anything. */
export function isUnaddressed(attributes: Attributes): boolean {
  return ["numbers", ".id"].some((name) => {
    const value = attributes[name];
    return value !== undefined && String(value).split(",").includes("");
  });
}

/** What a command gave. `ret` is the value of `!done`; `empty` says that the router answered `!empty`. */
export interface CallResult {
  rows: Row[];
  ret: string | null;
  empty: boolean;
}

/** Rows that one command may give before it counts as runaway. */
const MAX_ROWS = 500_000;

const READ_VERBS = new Set([
  "print",
  "getall",
  "find",
  "get",
  "listen",
  "monitor",
  "ping",
  "login",
  "cancel",
  "quit",
]);

/** A command on its way: its words, what has come back, and the promise that waits. */
export class Request {
  readonly rows: Row[] = [];
  readonly traps: Trap[] = [];
  readonly isWrite: boolean;
  empty = false;
  /** Rows that were asked for with their ids and came without: they cannot be written to, so they are left out. */
  skipped = 0;
  sent = false;
  deadline: Deadline | null = null;
  onAbort: (() => void) | null = null;
  readonly result: Promise<CallResult>;
  #resolve: (result: CallResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  /** What the rows hold together. */
  #letters = 0;
  readonly #needsIds: boolean;

  constructor(
    readonly command: string,
    readonly words: readonly string[],
    readonly tag: string | null,
    readonly options: CallOptions,
    /** Where rows go one by one; null collects them. */
    readonly stream: RowSink | null = null,
  ) {
    this.#needsIds = options.proplist?.includes(".id") === true;
    this.isWrite = !READ_VERBS.has(command.slice(command.lastIndexOf("/") + 1));
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** A listen, which takes no place in the window. */
  get isEndless(): boolean {
    return this.stream?.isEndless === true;
  }

  get priority(): Priority {
    return this.options.priority ?? "normal";
  }

  /** Takes a reply of so many letters; true when it was the last one. */
  accept(reply: Reply, letters = 0): boolean {
    switch (reply.type) {
      case "!re":
        this.#addRow(reply.attributes, letters);
        return false;
      case "!trap":
        this.#count(letters, this.traps);
        this.traps.push(trapOf(reply, secretsIn(this.words)));
        return false;
      case "!empty":
        this.empty = true;
        return false;
      default:
        this.#finish(reply);
        return true;
    }
  }

  reject(error: unknown): void {
    // A signal is how a listen ends.
    const isWished = this.isEndless && this.options.signal?.aborted === true;
    this.stream?.end(isWished ? null : error);
    this.#reject(error);
  }

  /** The error of an end without a final reply: what the router said before counts for more than how it stopped. */
  unfinished(error: RouterOsError): RouterOsError {
    return this.traps.length > 0 ? new TrapError(this.command, this.traps, true) : error;
  }

  #addRow(row: Row, letters: number): void {
    this.deadline?.rowCame();
    if (this.#needsIds && (row[".id"] ?? "") === "") {
      this.skipped++;
      return;
    }
    if (this.stream !== null) return this.stream.push(row);
    this.#count(letters, this.rows);
    this.rows.push(row);
  }

  /** Room for one more of what is collected. */
  #count(letters: number, collected: unknown[]): void {
    this.#letters += letters;
    if (collected.length < MAX_ROWS && this.#letters <= MAX_ANSWER_BYTES) return;
    // Nobody waits for the end of it, and a small box beside a router has no room for it.
    collected.length = 0;
    const most = `${MAX_ROWS} rows or ${MAX_ANSWER_BYTES / 1_048_576} MB`;
    throw new AnswerTooLongError(`Cannot read from the router: ${this.command} gave over ${most}`);
  }

  #finish(reply: Reply): void {
    if (this.traps.length > 0) return this.reject(new TrapError(this.command, this.traps));
    this.stream?.end(null);
    this.#resolve({ rows: this.rows, ret: reply.attributes["ret"] ?? null, empty: this.empty });
  }
}

/** Routers repeat a value that they refuse; a password among them is starred. */
function trapOf(reply: Reply, secrets: readonly string[]): Trap {
  const category = Number(reply.attributes["category"] ?? NaN);
  return {
    category: Number.isInteger(category) ? category : null,
    message: redactText(reply.attributes["message"] ?? "", secrets),
  };
}

/** The words of a command sentence. Attributes whose value is undefined are left out. */
export function wordsOf(
  command: string,
  attributes: Attributes,
  options: CallOptions,
  tag: string,
): string[] {
  const words = [command];
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) words.push(`=${name}=${valueWord(value)}`);
  }
  if (options.proplist !== undefined) words.push(`=.proplist=${options.proplist.join(",")}`);
  words.push(...options.query?.words ?? [], `.tag=${tag}`);
  return words;
}

function valueWord(value: string | number | boolean): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

/** No final reply in time, or no further row. */
export function timeoutOf(request: Request, limit: DeadlineLimit, ms: number): TimeoutError {
  const what = limit === "total"
    ? `gave no answer within ${ms} ms`
    : `stopped in the middle of its rows for ${ms} ms`;
  return new TimeoutError(`Cannot run ${request.command}: the router ${what}`, request.sent);
}

/** The connection is gone: what that means for this request. */
export function closedFor(request: Request, message: string): ClosedError {
  return new ClosedError(message, request.sent);
}
