import * as z from "zod";
import { importedProfile, importedSecret, routerIdentity, uuid } from "./parts.ts";

/**
 * What the web may ask of an agent once. PPP enable and disable are desired state, not commands.
 * Every kind is safe to deliver twice: the agent's journal answers a repeated id with the stored result.
 */
export const commandKinds = [
  "router.test",
  "router.read_secrets",
  "session.kick",
  "secret.create",
  "secret.password",
] as const;
export type CommandKind = (typeof commandKinds)[number];

/** Kinds that an agent runs which does not say in its hello what it can: the first release. */
export const FIRST_COMMAND_KINDS: readonly CommandKind[] = [
  "router.test",
  "router.read_secrets",
  "session.kick",
];

/**
 * Linya's mark in the comment of a secret that it made: the subscription's, and after the point which attempt wrote
 * it. By the first part a repeated command knows its own secret, by the second whether this very command was here.
 */
const owner = z.string().regex(/^linya:[0-9a-f]{12}$/);
const attempt = z.string().regex(/^[0-9a-f]{12}$/);

/** A secret's name as RouterOS takes it: no control characters. */
const secretName = z.string().min(1).max(128).regex(/^[^\p{Cc}]*$/u);

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
export function secretSealContext(secret: { commandId: string; routerId: string; name: string }): string {
  return ["linya-secret-1", secret.commandId, secret.routerId, secret.name].join("\n");
}

/** Arguments by kind. `router.*` take their router from the command itself. */
export const commandArguments = {
  /** Log in, read identity and the number of secrets. Works for a router that is not bound yet. */
  "router.test": z.object({}),
  /** Read secrets and profiles for an import; rows travel in `command.part`. Nothing is written. */
  "router.read_secrets": z.object({}),
  /** End the sessions of these names; the secrets stay as they are. */
  "session.kick": z.object({ names: z.array(z.string().min(1)).min(1).max(1000) }),
  /** Make a PPPoE secret. A name that is there already and does not carry our mark is refused, never overwritten. */
  "secret.create": z.object({
    name: secretName,
    /** Null: the router's default. */
    profile: z.string().min(1).max(128).nullable(),
    disabled: z.boolean(),
    /** Put before the mark in the comment, for the person who looks at the router. */
    label: z.string().max(120).regex(/^[^\p{Cc}]*$/u),
    owner,
    attempt,
    sealed_password: sealedPassword,
  }),
  /** Give a secret that carries our mark a new password. Its session goes on until it ends by itself. */
  "secret.password": z.object({ name: secretName, owner, attempt, sealed_password: sealedPassword }),
} as const;
export type SecretCreateArguments = z.infer<(typeof commandArguments)["secret.create"]>;

/** Results by kind, of a command that is done. */
export const commandResults = {
  "router.test": z.object({
    identity: routerIdentity,
    secret_count: z.number().int(),
    ppp_readable: z.boolean(),
  }),
  "router.read_secrets": z.object({
    secret_count: z.number().int(),
    profile_count: z.number().int(),
    parts: z.number().int(),
  }),
  "session.kick": z.object({ kicked: z.number().int() }),
  /** `repeated`: an earlier run of the same command had done it and its answer was lost. */
  "secret.create": z.object({ outcome: z.enum(["created", "repeated", "taken_up"]) }),
  "secret.password": z.object({ outcome: z.enum(["changed", "repeated"]) }),
} as const;

/** Rows that one `command.part` of `router.read_secrets` carries. */
export const readSecretsPart = z.object({
  secrets: z.array(importedSecret),
  profiles: z.array(importedProfile),
});
export type ReadSecretsPart = z.infer<typeof readSecretsPart>;

export const commandMessage = z.object({
  id: uuid,
  /** A kind that this build does not know is answered `unsupported`, not nacked: newer servers may ask for more. */
  kind: z.string().max(60),
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
  result: z.unknown().optional(),
  error_code: z.string().optional(),
  /** Sentence for the person who asked. */
  error_message: z.string().optional(),
});
export type CommandResult = z.infer<typeof commandResult>;
