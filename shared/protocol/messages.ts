import * as z from "zod";
import type { SealContext } from "../crypto/mod.ts";
import { commandMessage, commandResult } from "./commands.ts";
import {
  boundedCount,
  boundedText,
  clippedText,
  durationMs,
  MAX_CODE_LENGTH,
  MAX_MESSAGE_ROWS,
  MAX_PARTS,
  MAX_ROUTER_SECRETS,
  MAX_SENTENCE_LENGTH,
  MAX_SITE_ROUTERS,
  MAX_VERSION_LENGTH,
  shapeProblem,
} from "./limits.ts";
import {
  accountName,
  agentProblem,
  authorisation,
  desiredSecret,
  generation,
  handChange,
  mark,
  observedSecret,
  routerIdentity,
  routerQuestion,
  routerRemark,
  routerStatus,
  sealVersion,
  uuid,
} from "./parts.ts";

/** Every numbered message carries `seq` (from 1, per connection) and `ack` (highest seq received so far). */
const envelope = { seq: z.number().int().nonnegative(), ack: z.number().int().nonnegative() };

const stateKey = { router_id: uuid, lineage: uuid };

const code = boundedText(MAX_CODE_LENGTH);
const sentence = clippedText(MAX_SENTENCE_LENGTH);
const part = z.number().int().positive().max(MAX_PARTS);
const secretCount = boundedCount(MAX_ROUTER_SECRETS);
/** Milliseconds of the sender's own clock; the other side only gives them back. */
const moment = z.number();

/** Agent to web. */
export const agentMessage = z.discriminatedUnion("t", [
  z.object({
    ...envelope,
    t: z.literal("hello"),
    proto: z.tuple([boundedCount(1_000), boundedCount(1_000)]),
    version: boundedText(MAX_VERSION_LENGTH),
    install_id: boundedText(64).min(1),
    boot_id: boundedText(64),
    /** What the journal holds for each router, so that the web sends only what differs. */
    routers: z.array(
      z.object({
        ...stateKey,
        stored_generation: generation,
        applied_generation: generation,
        hash: mark,
      }),
    ).max(MAX_SITE_ROUTERS),
    /** Version of the router settings that the agent has on disk; 0 when it has none. */
    settings_version: mark,
    /** Results the web may not have seen. */
    results: z.array(commandResult).max(200),
    /** Kinds of commands that it can run; absent: those of the first release. */
    commands: z.array(code).max(200).optional(),
    /** Services whose accounts it tells apart; absent: it takes every secret of the state for PPPoE. */
    ppp_services: z.array(code).max(20).optional(),
    /** The newest sealed envelope that it opens; absent: 1. */
    seal_version: sealVersion.optional(),
    /** What the agent's own clock says, in milliseconds since 1970. Nothing depends on it; a person wants to know. */
    clock_ms: z.number().optional(),
    /** What ended the last connection, or kept it from opening, as the agent saw it. */
    last_end: agentProblem.nullable().optional(),
    /** What keeps the agent from its work now, such as a full disk. */
    trouble: agentProblem.nullable().optional(),
  }),
  z.object({ ...envelope, t: z.literal("heartbeat"), sent_ms: moment }),
  /** Answer to the web's heartbeat, so that it can measure the round trip. */
  z.object({ ...envelope, t: z.literal("heartbeat.echo"), sent_ms: moment }),
  z.object({ ...envelope, t: z.literal("ack") }),
  /** Something keeps the agent from its work, or (null) does no more. */
  z.object({ ...envelope, t: z.literal("agent.trouble"), trouble: agentProblem.nullable() }),
  /** The last message of a connection that the agent ends by itself: why. */
  z.object({ ...envelope, t: z.literal("link.closing"), reason: agentProblem }),
  /** Desired state is on disk (fsync done). */
  z.object({ ...envelope, t: z.literal("state.stored"), ...stateKey, generation, hash: mark }),
  /** The agent lacks the base of a delta, or the hash differs: send a snapshot. */
  z.object({ ...envelope, t: z.literal("state.resync"), ...stateKey, reason: sentence }),
  /** Read-back after a pass, in parts; `complete` reports replace everything known of the router. */
  z.object({
    ...envelope,
    t: z.literal("state.report"),
    ...stateKey,
    applied_generation: generation,
    report_id: uuid,
    part,
    parts: part,
    complete: z.boolean(),
    took_ms: durationMs,
    secrets: z.array(observedSecret).max(MAX_MESSAGE_ROWS),
    drift_count: secretCount,
    held_count: secretCount,
  }),
  z.object({
    ...envelope,
    t: z.literal("router.status"),
    router_id: uuid,
    status: routerStatus,
    /** What went wrong, more closely than the status; agents before 0.2 send none. */
    code: code.nullish(),
    message: sentence.nullable(),
    identity: routerIdentity.nullable(),
    /** Everything that is not as it should be, the worst first; `code` and `message` are the first of them. */
    remarks: z.array(routerRemark).max(20).optional(),
    /** What waits for a person's answer (`router.answer`); absent from an agent that never asks. */
    question: routerQuestion.nullish(),
  }),
  /** Changes made by hand, sent until `router.changes_kept` names them: they are told before they are undone or at once after. */
  z.object({
    ...envelope,
    t: z.literal("router.changes"),
    router_id: uuid,
    changes: z.array(handChange).min(1).max(500),
  }),
  /** R3: before a new disable or kick, ask whether this generation is still the current one. */
  z.object({
    ...envelope,
    t: z.literal("permit.request"),
    ...stateKey,
    request_id: uuid,
    generation,
    /** Accounts by their keys. */
    names: z.array(accountName).min(1).max(2000),
  }),
  z.object({ ...envelope, t: z.literal("command.received"), id: uuid }),
  z.object({
    ...envelope,
    t: z.literal("command.part"),
    id: uuid,
    part,
    /** Parsed by the kind of its command (`commandSpecs`). */
    content: z.unknown(),
  }),
  z.object({ ...envelope, t: z.literal("command.result"), ...commandResult.shape }),
  z.object({
    ...envelope,
    t: z.literal("nack"),
    of: z.number().int(),
    code,
    message: sentence,
  }),
]);
export type AgentMessage = z.infer<typeof agentMessage>;

/** What a router's sealed password is bound to. */
export function routerSealContext(routerId: string): SealContext {
  return { purpose: "linya-router-2", subject: [routerId], v1: routerId };
}

/** One router as the agent must reach it. */
export const routerSettings = z.object({
  router_id: uuid,
  name: z.string(),
  host: z.string(),
  port: z.number().int(),
  username: z.string(),
  /** Sealed to the agent's X25519 key (shared/crypto/seal.ts); holds the password. */
  sealed_credentials: z.string(),
  /** Identity the router was bound to at first contact; nulls mean: bind to what answers. */
  serial_number: z.string().nullable(),
  software_id: z.string().nullable(),
});
export type RouterSettings = z.infer<typeof routerSettings>;

/** Web to agent. */
export const webMessage = z.discriminatedUnion("t", [
  z.object({
    ...envelope,
    t: z.literal("welcome"),
    proto: z.number().int(),
    epoch: z.string(),
    /** Milliseconds since 1970: the agent judges deadlines on this plus its monotonic clock. */
    server_time_ms: z.number(),
    heartbeat_ms: z.number(),
    dead_peer_ms: z.number(),
    min_version: z.string(),
  }),
  z.object({ ...envelope, t: z.literal("heartbeat"), sent_ms: z.number(), server_time_ms: z.number() }),
  z.object({ ...envelope, t: z.literal("heartbeat.echo"), sent_ms: z.number(), server_time_ms: z.number() }),
  z.object({ ...envelope, t: z.literal("ack") }),
  z.object({
    ...envelope,
    t: z.literal("router.settings"),
    settings_version: z.string(),
    routers: z.array(routerSettings),
  }),
  /** Whole desired state of a router, in parts; each may bring some of the authorisations. */
  z.object({
    ...envelope,
    t: z.literal("state.snapshot"),
    ...stateKey,
    generation,
    hash: z.string(),
    part: z.number().int().positive(),
    parts: z.number().int().positive(),
    secrets: z.array(desiredSecret),
    authorisations: z.array(authorisation),
  }),
  z.object({
    ...envelope,
    t: z.literal("state.delta"),
    ...stateKey,
    from_generation: generation,
    generation,
    hash: z.string(),
    secrets: z.array(desiredSecret),
    /** Accounts by their keys. */
    removed: z.array(z.string()),
    authorisations: z.array(authorisation),
  }),
  /** Accounts, by their keys, for which a disable or kick may run now; the others were paid, held or changed meanwhile. */
  z.object({
    ...envelope,
    t: z.literal("permit.grant"),
    router_id: uuid,
    request_id: uuid,
    generation,
    names: z.array(z.string()),
    valid_ms: z.number(),
  }),
  z.object({ ...envelope, t: z.literal("command"), ...commandMessage.shape }),
  /** A person took a command back; for kinds that may wait long for their router. */
  z.object({ ...envelope, t: z.literal("command.withdraw"), id: uuid }),
  /** Changes that need not be told again: they are stored, or nobody may store them. */
  z.object({ ...envelope, t: z.literal("router.changes_kept"), router_id: uuid, ids: z.array(uuid) }),
  /** Read sessions and secrets again and send a complete report. */
  z.object({ ...envelope, t: z.literal("state.read"), router_id: uuid }),
  z.object({ ...envelope, t: z.literal("drain"), after_ms: z.number() }),
  /** R13: the agent forgets its credentials only on this, and only when the server's signature verifies. */
  z.object({
    ...envelope,
    t: z.literal("revoked"),
    agent_id: uuid,
    at_ms: z.number(),
    signature: z.string(),
  }),
  z.object({
    ...envelope,
    t: z.literal("nack"),
    of: z.number().int(),
    code,
    message: sentence,
  }),
]);
export type WebMessage = z.infer<typeof webMessage>;

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
