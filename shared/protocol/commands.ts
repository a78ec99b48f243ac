import * as z from "zod";
import type { SealContext } from "../crypto/mod.ts";
import {
  boundedCount,
  boundedText,
  clippedText,
  MAX_CODE_LENGTH,
  MAX_MESSAGE_ROWS,
  MAX_NAME_LENGTH,
  MAX_PARTS,
  MAX_ROUTER_PROFILES,
  MAX_ROUTER_SECRETS,
  MAX_SENTENCE_LENGTH,
} from "./limits.ts";
import { accountName, importedProfile, importedSecret, routerAnswer, routerIdentity, uuid } from "./parts.ts";

/**
 * Linya's mark in the comment of a secret that it made: the subscription's, and after the point which attempt wrote
 * it. By the first part a repeated command knows its own secret, by the second whether this very command was here.
 */
const owner = z.string().regex(/^linya:[0-9a-f]{12}$/);
const attempt = z.string().regex(/^[0-9a-f]{12}$/);

/** A secret's name as RouterOS takes it: no control characters. */
const secretName = boundedText(MAX_NAME_LENGTH).min(1).regex(/^[^\p{Cc}]*$/u);

/** Password sealed to the agent (`secretSealContext`); it is opened at the moment of the write and stored nowhere. */
const sealedPassword = z.string().min(1).max(2000);

/** The mark of a subscription in the comment of its secret. */
export function secretOwner(subscriptionId: string): string {
  return `linya:${subscriptionId.replaceAll("-", "").slice(-12)}`;
}

/** The mark of one command. */
export function secretAttempt(commandId: string): string {
  return commandId.replaceAll("-", "").slice(-12);
}

/** What a sealed PPP password is bound to: it cannot be moved to another command, router or name. */
export function secretSealContext(
  { commandId, routerId, name }: { commandId: string; routerId: string; name: string },
): SealContext {
  const subject = [commandId, routerId, name];
  return { purpose: "linya-secret-2", subject, v1: ["linya-secret-1", ...subject].join("\n") };
}

/** What one kind of command carries there and back. */
interface CommandSpec {
  arguments: z.ZodType;
  /** Of a command that is done. */
  result: z.ZodType;
  /** One `command.part` of an answer that is too long for one message; null: the answer has no parts. */
  part: z.ZodType | null;
}

const secretCount = boundedCount(MAX_ROUTER_SECRETS);

/**
 * What the web may ask of an agent once, by kind. PPP enable and disable are desired state, not commands. Every kind is
 * safe to deliver twice: the agent's journal answers a repeated id with the stored result. A kind has one entry here, one
 * in `agent/commands/registry.ts` and one in the web's `command_registry.ts`. `router.*` take their router from the
 * command itself.
 */
export const commandSpecs = {
  /** Log in, read identity and the number of secrets. Works for a router that is not bound yet. */
  "router.test": {
    arguments: z.object({}),
    result: z.object({ identity: routerIdentity, secret_count: secretCount, ppp_readable: z.boolean() }),
    part: null,
  },
  /** Read secrets and profiles for an import; rows travel in `command.part`. Nothing is written. */
  "router.read_secrets": {
    arguments: z.object({}),
    result: z.object({
      secret_count: secretCount,
      profile_count: boundedCount(MAX_ROUTER_PROFILES),
      parts: boundedCount(MAX_PARTS),
    }),
    part: z.object({
      secrets: z.array(importedSecret).max(MAX_MESSAGE_ROWS),
      profiles: z.array(importedProfile).max(MAX_ROUTER_PROFILES),
    }),
  },
  /** End the sessions of these accounts, by their keys; the secrets stay as they are. */
  "session.kick": {
    arguments: z.object({ names: z.array(accountName).min(1).max(1000) }),
    result: z.object({ kicked: boundedCount(MAX_ROUTER_SECRETS) }),
    part: null,
  },
  /** A person's answer to what the agent asks of a router. `gone`: it asks that no more. */
  "router.answer": {
    arguments: z.object({ question_id: uuid, answer: routerAnswer }),
    result: z.object({ outcome: z.enum(["taken", "gone"]) }),
    part: null,
  },
  /** Make a PPPoE secret. A name that is there already and does not carry our mark is refused, never overwritten. */
  "secret.create": {
    arguments: z.object({
      name: secretName,
      /** Null: the router's default. */
      profile: boundedText(MAX_NAME_LENGTH).min(1).nullable(),
      disabled: z.boolean(),
      /** Put before the mark in the comment, for the person who looks at the router. */
      label: z.string().max(120).regex(/^[^\p{Cc}]*$/u),
      owner,
      attempt,
      sealed_password: sealedPassword,
    }),
    /** `repeated`: an earlier run of the same command had done it and its answer was lost. */
    result: z.object({ outcome: z.enum(["created", "repeated", "taken_up"]) }),
    part: null,
  },
  /** Give a secret that carries our mark a new password. Its session goes on until it ends by itself. */
  "secret.password": {
    arguments: z.object({ name: secretName, owner, attempt, sealed_password: sealedPassword }),
    result: z.object({ outcome: z.enum(["changed", "repeated"]) }),
    part: null,
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandKind = keyof typeof commandSpecs;
export type CommandArguments<K extends CommandKind> = z.infer<(typeof commandSpecs)[K]["arguments"]>;
export type CommandResultOf<K extends CommandKind> = z.infer<(typeof commandSpecs)[K]["result"]>;
export type ReadSecretsPart = z.infer<(typeof commandSpecs)["router.read_secrets"]["part"]>;

/** Whether this build knows a kind: newer ones may ask for, or have asked for, others. */
export function isCommandKind(kind: string): kind is CommandKind {
  return Object.hasOwn(commandSpecs, kind);
}

/** Kinds that an agent runs which does not say in its hello what it can: the first release. */
export const FIRST_COMMAND_KINDS: readonly CommandKind[] = [
  "router.test",
  "router.read_secrets",
  "session.kick",
];

export const commandMessage = z.object({
  id: uuid,
  /** A kind that this build does not know is answered `unsupported`, not nacked: newer servers may ask for more. */
  kind: boundedText(MAX_CODE_LENGTH),
  router_id: uuid.nullable(),
  arguments: z.unknown(),
  /** Server time in milliseconds since 1970 after which the agent must not start it. */
  not_after_ms: z.number(),
});
export type CommandMessage = z.infer<typeof commandMessage>;

/** How a command ended. `outcome_unknown`: the agent died between starting and finishing; never run again. */
export const commandResult = z.object({
  id: uuid,
  status: z.enum(["done", "failed", "expired", "outcome_unknown"]),
  /** Parsed by the kind of its command (`commandSpecs`). */
  result: z.unknown().optional(),
  error_code: boundedText(MAX_CODE_LENGTH).optional(),
  /** Sentence for the person who asked. */
  error_message: clippedText(MAX_SENTENCE_LENGTH).optional(),
});
export type CommandResult = z.infer<typeof commandResult>;
