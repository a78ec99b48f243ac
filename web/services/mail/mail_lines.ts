import { type Coded, coded, formatCoded, parseCoded } from "@/shared/codes/mod.ts";
import type { SystemLogInput } from "@/web/store/access/system_log.ts";

/** So many lines of one kind in an hour; what is more is counted and said in one. */
const LINES_PER_HOUR = 100;
const HOUR_MS = 3_600_000;

/** Who and what a line is about. */
export interface AboutMessage {
  messageId: string;
  /** Null: it is to one of the staff. */
  subscriberId: string | null;
  billId: string | null;
}

/** What happened to a message, for the system log. */
export interface MessageLine extends AboutMessage {
  at: Temporal.Instant;
  level: "warn" | "error";
  event: "mail_failed" | "mail_refused" | "mail_delayed" | "mail_perhaps_double" | "mail_not_made";
  said: Coded;
  problem: string;
  fields?: Record<string, unknown>;
}

/** A line of the system log about one message. */
export function lineOf(
  { messageId, subscriberId, billId, problem, said, fields, ...line }: MessageLine,
): SystemLogInput {
  return {
    ...line,
    message: formatCoded(said),
    source: "mail",
    subscriberId,
    billId,
    reference: messageId,
    fields: { problem, ...fields },
  };
}

/**
 * Keeps a bad night from filling the log: of each kind of trouble a tenant's log gets so many lines an hour, and one that
 * counts the others. Every failure stands with its message in any case.
 */
export class LineBudget {
  readonly #kinds = new Map<string, { sinceMs: number; lines: number; more: number; last: SystemLogInput }>();

  /** The line, or null where there were many of its kind. */
  take(line: SystemLogInput, nowMs: number): SystemLogInput | null {
    const kind = `${line.event} ${String(line.fields?.["problem"])}`;
    const found = this.#kinds.get(kind);
    if (found === undefined || nowMs - found.sinceMs >= HOUR_MS) {
      // A count that was not said yet is kept for the next summary.
      this.#kinds.set(kind, { sinceMs: nowMs, lines: 1, more: found?.more ?? 0, last: line });
      return line;
    }
    found.last = line;
    if (found.lines < LINES_PER_HOUR) {
      found.lines++;
      return line;
    }
    found.more++;
    return null;
  }

  /** One line for each kind of which lines were left out. */
  summaries(at: Temporal.Instant): SystemLogInput[] {
    return [...this.#kinds.values()].filter(({ more }) => more > 0).map((kind) => {
      const { more, last } = kind;
      kind.more = 0;
      return {
        at,
        level: last.level,
        source: "mail",
        event: last.event,
        message: moreLike(more, last.message),
        // It names whom the last one was to: seen, like that one's own line, by who sees the message.
        ...(last.reference !== undefined && { reference: last.reference }),
        fields: { ...last.fields, count: more },
      };
    });
  }
}

function moreLike(count: number, message: string): string {
  const said = parseCoded(message);
  return said === null ? message : formatCoded(coded("log_mail_more", { count, said }));
}
