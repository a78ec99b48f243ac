import * as z from "zod";
import type { AgentMessage } from "./agent_messages.ts";
import { boundedText, MAX_CODE_LENGTH, shapeProblem } from "./limits.ts";
import { uuid } from "./parts.ts";
import type { WebMessage } from "./web_messages.ts";

/** A message before the link numbers it. */
export type Unnumbered<M> = M extends unknown ? Omit<M, "seq" | "ack"> : never;

/** Why a frame was refused. */
export interface BadFrame {
  code: "not_json" | "unknown_type" | "bad_message";
  message: string;
  /** The first thing that is wrong, as a path like `secrets.3.name`; null when it is the frame itself. */
  field: string | null;
}

/** What a refused frame says of itself, as far as that can be read. */
export interface FrameHead {
  seq: number;
  t: string | null;
  routerId: string | null;
  commandId: string | null;
}

const head = z.object({
  seq: z.number().int().nonnegative().catch(0),
  t: boundedText(MAX_CODE_LENGTH).nullable().catch(null),
  router_id: uuid.nullable().catch(null),
  id: uuid.nullable().catch(null),
});

/** Parses one text frame; never throws. Unknown types answer `unknown_type`, so that the receiver can nack and go on. */
export function parseFrame<M>(
  schema: z.ZodType<M>,
  text: string,
): { ok: true; message: M } | { ok: false; head: FrameHead; problem: BadFrame } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const nothing = { seq: 0, t: null, routerId: null, commandId: null };
    return {
      ok: false,
      head: nothing,
      problem: { code: "not_json", message: "frame is not JSON", field: null },
    };
  }
  const bad = (problem: BadFrame) => ({ ok: false as const, head: headOf(json), problem });
  const shape = shapeProblem(json);
  if (shape !== null) return bad({ code: "bad_message", message: shape, field: null });
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  const [issue] = parsed.error.issues;
  if (issue?.code === "invalid_union" && issue.path[0] === "t") {
    const named = headOf(json).t;
    const message = `unknown message type ${named === null ? "" : JSON.stringify(named)}`;
    return bad({ code: "unknown_type", message, field: "t" });
  }
  const field = issue === undefined || issue.path.length === 0 ? null : issue.path.join(".").slice(0, 100);
  return bad({ code: "bad_message", message: `${field ?? "frame"}: ${issue?.message}`.slice(0, 500), field });
}

function headOf(json: unknown): FrameHead {
  const { data } = head.safeParse(json);
  return {
    seq: data?.seq ?? 0,
    t: data?.t ?? null,
    routerId: data?.router_id ?? null,
    commandId: data?.id ?? null,
  };
}

/** Text of one frame; bigint generations travel as decimal text. */
export function formatFrame(message: AgentMessage | WebMessage): string {
  return JSON.stringify(
    message,
    (_key, value: unknown) => typeof value === "bigint" ? value.toString() : value,
  );
}
