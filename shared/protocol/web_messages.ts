import * as z from "zod";
import type { SealContext } from "../crypto/mod.ts";
import { commandMessage } from "./commands.ts";
import { code, envelope, sentence, stateKey } from "./envelope.ts";
import { authorisation, desiredSecret, generation, uuid } from "./parts.ts";

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
