/** What a log line may carry besides the event name. */
export type LogFields = Record<string, unknown>;

/** Structured log. Event names are snake case and past tense where something happened (`bill_run_finished`). */
export interface Logger {
  /** For the person who is looking for a fault. */
  debug(event: string, fields?: LogFields): void;
  /** What a healthy day looks like. */
  info(event: string, fields?: LogFields): void;
  /** Something a person may want to look at. */
  warn(event: string, fields?: LogFields): void;
  /** Something a person has to look at. */
  error(event: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}

/**
 * Writes one JSON object a line. Values under keys that name a secret are replaced before they are serialised, and
 * control characters are escaped, so that no field can forge a second line.
 *
 * @param write receives the line without a line feed
 * @param now the injected clock
 * @param base fields of every line
 */
export function createLogger(
  write: (line: string) => void,
  now: () => Temporal.Instant,
  base: LogFields = {},
): Logger {
  function log(level: string, event: string, fields: LogFields = {}): void {
    const at = now().toString({ smallestUnit: "millisecond" });
    const clean = redact({ ...base, ...fields }, 0, new Set()) as LogFields;
    write(escapeControls(JSON.stringify({ ...clean, at, level, event })));
  }
  return {
    debug: (event, fields) => log("debug", event, fields),
    info: (event, fields) => log("info", event, fields),
    warn: (event, fields) => log("warn", event, fields),
    error: (event, fields) => log("error", event, fields),
    child: (fields) => createLogger(write, now, { ...base, ...fields }),
  };
}

/** Drops everything. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};

const DEPTH_MAX = 6;
const REDACTED = "[redacted]";
/** These never belong in a log, whatever else the key says (`password_hash`, `set_cookie`). */
const SECRET_ANYWHERE = new Set(["password", "passwords", "authorization", "cookie", "sealed"]);
/** These name a secret when they end the key (`enrol_code`), not when they qualify it (`secret_name`). */
const SECRET_AT_END = new Set(["secret", "token", "tokens", "code", "codes", "response"]);
const HARMLESS = new Set(["error_code", "status_code", "exit_code", "close_code", "http_code"]);

function isSecretKey(key: string): boolean {
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
  if (HARMLESS.has(words.join("_"))) return false;
  return words.some((word) => SECRET_ANYWHERE.has(word)) || SECRET_AT_END.has(words.at(-1) ?? "");
}

function redact(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.has(value)) return "[circular]";
  if (depth > DEPTH_MAX) return "[too deep]";
  if ("toJSON" in value && typeof value.toJSON === "function") return String(value.toJSON());
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const inside = new Set(above).add(value);
  if (value instanceof Error) return redactError(value, depth, inside);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1, inside));
  return Object.fromEntries(
    Object.entries(value).map((
      [key, item],
    ) => [key, isSecretKey(key) ? REDACTED : redact(item, depth + 1, inside)]),
  );
}

function redactError(error: Error, depth: number, above: Set<object>): LogFields {
  const fields: LogFields = { name: error.name, message: error.message };
  if (error.stack !== undefined) fields.stack = error.stack;
  if (error.cause !== undefined) fields.cause = redact(error.cause, depth + 1, above);
  return fields;
}

/** JSON already escapes CR and LF; these others also end a line in some terminals and collectors. */
function escapeControls(line: string): string {
  return line.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
