/**
 * Everything that can go wrong between Linya and a router, as classes that a caller can branch on.
 * `code` is stable and may be shown, stored and compared. No message ever carries a sent word: words hold passwords.
 */
export abstract class RouterOsError extends Error {
  abstract readonly code: string;
  /** The command went out and its end is not known: it may have taken effect. Read it back, never repeat it blindly. */
  readonly sentButUnconfirmed: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No TCP connection: refused, no route, or no answer within the connect timeout. */
export class ConnectError extends RouterOsError {
  readonly code = "router_unreachable";
}

/**
 * Why a login failed: wrong name or password (or no api policy), the api policy, a full table of sessions, RouterOS
 * before 6.43, any other words of the router, or a connection that it closed without a word.
 */
export type LoginFailure =
  | "bad_credentials"
  | "api_not_allowed"
  | "sessions_full"
  | "unsupported_version"
  | "said"
  | "refused";

const LOGIN_CODES: Record<LoginFailure, string> = {
  bad_credentials: "router_login_refused",
  api_not_allowed: "router_api_not_allowed",
  sessions_full: "router_sessions_full",
  unsupported_version: "router_version_unsupported",
  said: "router_login_said",
  refused: "router_login_not_allowed",
};

/** The router answered, and does not let us in. RouterOS gives one text for a wrong password and a missing api policy. */
export class LoginError extends RouterOsError {
  readonly code: string;

  constructor(readonly reason: LoginFailure, message: string) {
    super(message);
    this.code = LOGIN_CODES[reason];
  }
}

/** The bytes are not the RouterOS API, or break a limit. The connection is of no more use. */
export class ProtocolError extends RouterOsError {
  readonly code: string = "router_protocol";

  constructor(message: string, override readonly sentButUnconfirmed: boolean = false) {
    super(message);
  }

  /** The same, for a command that was sent when it happened. */
  unconfirmed(): ProtocolError {
    return new ProtocolError(this.message, true);
  }
}

/** What answers at the port in place of a router's API. */
export type ServiceKind = "ssh" | "web" | "tls" | "other";

const SERVICES: Record<ServiceKind, { code: string; words: string }> = {
  ssh: { code: "router_port_is_ssh", words: "this is an SSH server" },
  web: { code: "router_port_is_web", words: "this is a web server" },
  tls: { code: "router_port_is_tls", words: "this port speaks TLS, as api-ssl and https do" },
  other: { code: "router_protocol", words: "what answers is not the RouterOS API" },
};

/** Something answers at the address that is no router's API, told by its first bytes. */
export class OtherServiceError extends ProtocolError {
  override readonly code: string;

  constructor(readonly kind: ServiceKind) {
    super(`Cannot log in to the router: ${SERVICES[kind].words}; its API listens on port 8728`);
    this.code = SERVICES[kind].code;
  }
}

/** The answer does not end where any router's would. The connection is of no more use. */
export class AnswerTooLongError extends ProtocolError {
  override readonly code = "router_endless_answer";

  override unconfirmed(): AnswerTooLongError {
    return new AnswerTooLongError(this.message, true);
  }
}

/** The router ended the session and said why. */
export class FatalError extends RouterOsError {
  readonly code = "router_fatal";

  constructor(readonly reason: string, override readonly sentButUnconfirmed: boolean) {
    super(`Cannot go on with the router session: the router said "${shortened(reason)}"`);
  }
}

/** No final reply within the deadline. A write that was sent may still have taken effect: read it back. */
export class TimeoutError extends RouterOsError {
  readonly code: string = "router_timeout";

  constructor(message: string, override readonly sentButUnconfirmed: boolean) {
    super(message);
  }
}

/** The port accepts a connection and says nothing, not even that the login is refused. */
export class SilentPortError extends TimeoutError {
  override readonly code = "router_port_is_silent";

  constructor(waitedMs: number) {
    super(
      `Cannot log in to the router: the connection was accepted and nothing was said within ${waitedMs} ms`,
      false,
    );
  }
}

/** The connection went away. When `sentButUnconfirmed`, the command may have taken effect: read it back, never repeat blindly. */
export class ClosedError extends RouterOsError {
  readonly code = "router_connection_closed";

  constructor(message: string, override readonly sentButUnconfirmed: boolean, options?: ErrorOptions) {
    super(message, options);
  }
}

/** What the refusals that callers branch on mean. */
export type TrapKind =
  | "NoSuchItem"
  | "AlreadyExists"
  | "NoSuchCommand"
  | "UnknownParameter"
  | "BadValue"
  | "Permission"
  | "Interrupted"
  | "Other";

/** One `!trap` sentence. `category` is null when the router sent none, which is common. */
export interface Trap {
  category: number | null;
  message: string;
}

const TRAP_CODES: Record<TrapKind, string> = {
  NoSuchItem: "router_no_such_item",
  AlreadyExists: "router_already_exists",
  NoSuchCommand: "router_no_such_command",
  UnknownParameter: "router_unknown_parameter",
  BadValue: "router_bad_value",
  Permission: "router_permission",
  Interrupted: "router_interrupted",
  Other: "router_refused",
};

/** Texts decide, because routers often leave the category out; order matters ("no such command" before "no such item"). */
const KIND_BY_TEXT: readonly (readonly [RegExp, TrapKind])[] = [
  [/no such command/i, "NoSuchCommand"],
  [/no such item/i, "NoSuchItem"],
  [/already (exists|have)/i, "AlreadyExists"],
  [/unknown parameter/i, "UnknownParameter"],
  [/not enough permissions/i, "Permission"],
  [/^interrupted/i, "Interrupted"],
  [
    /does not match any value|invalid value|missing value|ambiguous value|value of .* (out of range|must)/i,
    "BadValue",
  ],
];

const KIND_BY_CATEGORY: Record<number, TrapKind> = { 1: "BadValue", 2: "Interrupted" };

/** What a trap means for the caller. */
export function classifyTrap(trap: Trap): TrapKind {
  for (const [pattern, kind] of KIND_BY_TEXT) if (pattern.test(trap.message)) return kind;
  return trap.category === null ? "Other" : KIND_BY_CATEGORY[trap.category] ?? "Other";
}

/**
 * The router refused the command. One command can give several traps before its `!done`; all are kept. When the
 * connection ended before the `!done`, the command may have taken effect in part.
 */
export class TrapError extends RouterOsError {
  readonly code: string;
  readonly category: number | null;
  readonly kind: TrapKind;
  /** The router's own words, each once and none at length. */
  readonly said: string;

  constructor(
    readonly command: string,
    readonly traps: readonly Trap[],
    override readonly sentButUnconfirmed: boolean = false,
  ) {
    super(`Cannot run ${command}: the router said "${saidIn(traps)}"`);
    this.said = saidIn(traps);
    this.category = traps[0]?.category ?? null;
    this.kind = kindOf(traps);
    this.code = TRAP_CODES[this.kind];
  }
}

/** What callers may pass over: a row that is gone, one that is there already, a command that was told to stop. */
const FORGIVABLE: ReadonlySet<TrapKind> = new Set(["NoSuchItem", "AlreadyExists", "Interrupted", "Other"]);

/** Of several refusals the one that no caller passes over; what may be passed over only when nothing else was said. */
function kindOf(traps: readonly Trap[]): TrapKind {
  const kinds = [...new Set(traps.map(classifyTrap))];
  const grave = kinds.find((kind) => !FORGIVABLE.has(kind));
  const [only = "Other", ...others] = kinds;
  return grave ?? (others.length === 0 ? only : "Other");
}

const TEXTS_SHOWN = 5;
const LONGEST_TEXT = 300;

/** The router's own words, each once; a broken router must not fill a log or a page with them. */
function saidIn(traps: readonly Trap[]): string {
  const texts = [...new Set(traps.map((trap) => trap.message || "no reason"))];
  const shown = texts.slice(0, TEXTS_SHOWN).map(shortened);
  const more = texts.length > TEXTS_SHOWN ? `; and ${texts.length - TEXTS_SHOWN} more` : "";
  return `${shown.join("; ")}${more}`;
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
