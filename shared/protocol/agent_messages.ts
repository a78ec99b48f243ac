import * as z from "zod";
import { commandResult } from "./commands.ts";
import { code, envelope, sentence, stateKey } from "./envelope.ts";
import {
  boundedCount,
  boundedText,
  durationMs,
  MAX_MESSAGE_CHANGES,
  MAX_MESSAGE_ROWS,
  MAX_PARTS,
  MAX_ROUTER_SECRETS,
  MAX_SITE_ROUTERS,
  MAX_VERSION_LENGTH,
} from "./limits.ts";
import {
  accountName,
  agentProblem,
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
    changes: z.array(handChange).min(1).max(MAX_MESSAGE_CHANGES),
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
