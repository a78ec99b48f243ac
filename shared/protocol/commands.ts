import { z } from "zod";
import { importedProfile, importedSecret, routerIdentity, uuid } from "./parts.ts";

/**
 * What the web may ask of an agent once. PPP enable and disable are desired state, not commands.
 * Every kind is safe to deliver twice: the agent's journal answers a repeated id with the stored result.
 */
export const commandKinds = ["router.test", "router.read_secrets", "session.kick"] as const;
export type CommandKind = (typeof commandKinds)[number];

/** Arguments by kind. `router.*` take their router from the command itself. */
export const commandArguments = {
  /** Log in, read identity and the number of secrets. Works for a router that is not bound yet. */
  "router.test": z.object({}),
  /** Read secrets and profiles for an import; rows travel in `command.part`. Nothing is written. */
  "router.read_secrets": z.object({}),
  /** End the sessions of these names; the secrets stay as they are. */
  "session.kick": z.object({ names: z.array(z.string().min(1)).min(1).max(1000) }),
} as const;

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
} as const;

/** Rows that one `command.part` of `router.read_secrets` carries. */
export const readSecretsPart = z.object({
  secrets: z.array(importedSecret),
  profiles: z.array(importedProfile),
});
export type ReadSecretsPart = z.infer<typeof readSecretsPart>;

export const commandMessage = z.object({
  id: uuid,
  kind: z.enum(commandKinds),
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
