import * as z from "zod";
import { commandMessage, commandResult } from "./commands.ts";
import {
  authorisation,
  desiredSecret,
  generation,
  observedSecret,
  routerIdentity,
  routerStatus,
  uuid,
} from "./parts.ts";

/** Every numbered message carries `seq` (from 1, per connection) and `ack` (highest seq received so far). */
const envelope = { seq: z.number().int().nonnegative(), ack: z.number().int().nonnegative() };

const stateKey = { router_id: uuid, lineage: uuid };

/** Agent to web. */
export const agentMessage = z.discriminatedUnion("t", [
  z.object({
    ...envelope,
    t: z.literal("hello"),
    proto: z.tuple([z.number().int(), z.number().int()]),
    version: z.string(),
    install_id: z.string(),
    boot_id: z.string(),
    /** What the journal holds for each router, so that the web sends only what differs. */
    routers: z.array(
      z.object({
        ...stateKey,
        stored_generation: generation,
        applied_generation: generation,
        hash: z.string(),
      }),
    ),
    /** Version of the router settings that the agent has on disk; 0 when it has none. */
    settings_version: z.string(),
    /** Results the web may not have seen. */
    results: z.array(commandResult),
    /** Kinds of commands that it can run; absent: those of the first release. */
    commands: z.array(z.string().max(60)).max(200).optional(),
  }),
  z.object({ ...envelope, t: z.literal("heartbeat"), sent_ms: z.number() }),
  /** Answer to the web's heartbeat, so that it can measure the round trip. */
  z.object({ ...envelope, t: z.literal("heartbeat.echo"), sent_ms: z.number() }),
  z.object({ ...envelope, t: z.literal("ack") }),
  /** Desired state is on disk (fsync done). */
  z.object({ ...envelope, t: z.literal("state.stored"), ...stateKey, generation, hash: z.string() }),
  /** The agent lacks the base of a delta, or the hash differs: send a snapshot. */
  z.object({ ...envelope, t: z.literal("state.resync"), ...stateKey, reason: z.string() }),
  /** Read-back after a pass, in parts; `complete` reports replace everything known of the router. */
  z.object({
    ...envelope,
    t: z.literal("state.report"),
    ...stateKey,
    applied_generation: generation,
    report_id: uuid,
    part: z.number().int().positive(),
    parts: z.number().int().positive(),
    complete: z.boolean(),
    took_ms: z.number(),
    secrets: z.array(observedSecret),
    drift_count: z.number().int(),
    held_count: z.number().int(),
  }),
  z.object({
    ...envelope,
    t: z.literal("router.status"),
    router_id: uuid,
    status: routerStatus,
    message: z.string().nullable(),
    identity: routerIdentity.nullable(),
  }),
  /** R3: before a new disable or kick, ask whether this generation is still the current one. */
  z.object({
    ...envelope,
    t: z.literal("permit.request"),
    ...stateKey,
    request_id: uuid,
    generation,
    names: z.array(z.string()).min(1).max(2000),
  }),
  z.object({ ...envelope, t: z.literal("command.received"), id: uuid }),
  z.object({
    ...envelope,
    t: z.literal("command.part"),
    id: uuid,
    part: z.number().int().positive(),
    content: z.unknown(),
  }),
  z.object({ ...envelope, t: z.literal("command.result"), ...commandResult.shape }),
  z.object({
    ...envelope,
    t: z.literal("nack"),
    of: z.number().int(),
    code: z.string(),
    message: z.string(),
  }),
]);
export type AgentMessage = z.infer<typeof agentMessage>;

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
  /** Whole desired state of a router, in parts; authorisations come with the first part. */
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
    removed: z.array(z.string()),
    authorisations: z.array(authorisation),
  }),
  /** Names for which a disable or kick may run now; the others were paid, held or changed meanwhile. */
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
    code: z.string(),
    message: z.string(),
  }),
]);
export type WebMessage = z.infer<typeof webMessage>;

/** A message before the link numbers it. */
export type Unnumbered<M> = M extends unknown ? Omit<M, "seq" | "ack"> : never;

/** Why a frame was refused. */
export interface BadFrame {
  code: "not_json" | "unknown_type" | "bad_message";
  message: string;
}

/** Parses one text frame; never throws. Unknown types answer `unknown_type`, so that the receiver can nack and go on. */
export function parseFrame<M>(
  schema: z.ZodType<M>,
  text: string,
): { ok: true; message: M } | { ok: false; seq: number; problem: BadFrame } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, seq: 0, problem: { code: "not_json", message: "frame is not JSON" } };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  const head = z.object({ seq: z.number().int(), t: z.string() }).safeParse(json);
  const unknownType = parsed.error.issues.some((issue) =>
    issue.code === "invalid_union" && issue.path[0] === "t"
  );
  return {
    ok: false,
    seq: head.success ? head.data.seq : 0,
    problem: unknownType
      ? {
        code: "unknown_type",
        message: `unknown message type ${head.success ? JSON.stringify(head.data.t) : ""}`,
      }
      : { code: "bad_message", message: z.prettifyError(parsed.error).slice(0, 500) },
  };
}

/** Text of one frame; bigint generations travel as decimal text. */
export function formatFrame(message: AgentMessage | WebMessage): string {
  return JSON.stringify(
    message,
    (_key, value: unknown) => typeof value === "bigint" ? value.toString() : value,
  );
}
