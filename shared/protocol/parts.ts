import * as z from "zod";
import {
  boundedCount,
  boundedText,
  clipName,
  clippedText,
  MAX_CODE_LENGTH,
  MAX_COMMENT_LENGTH,
  MAX_NAME_LENGTH,
  MAX_QUESTION_EXAMPLES,
  MAX_ROUTER_SECRETS,
  MAX_SENTENCE_LENGTH,
  uptimeSeconds,
} from "./limits.ts";
import { maxAccountKeyLength, PPP_SERVICES } from "./ppp_account.ts";

/** Shapes that several messages share. Unknown fields are ignored, so that N and N-1 understand each other. */

export const uuid = z.uuid();

/** bigint as decimal text: JSON has no integers beyond 2^53. */
export const generation = z.string().regex(/^\d{1,18}$/).transform((text) => BigInt(text));

const name = boundedText(MAX_NAME_LENGTH).min(1);
/** What a router says of itself or of a session: short words and numbers. */
const label = boundedText(MAX_NAME_LENGTH);
/** Only shown, never compared. */
const shown = clippedText(MAX_NAME_LENGTH);

/** SHA-256 as hex, and settings versions of the same kind. */
export const mark = boundedText(64);

/** An account by its key (`accountKey`). */
export const accountName = boundedText(maxAccountKeyLength(MAX_NAME_LENGTH)).min(1);

/** Absent: PPPoE, which is all that an older agent knows. */
const service = z.enum(PPP_SERVICES).optional();

/** One managed PPP secret of the desired state. Passwords never appear here. */
export const desiredSecret = z.object({
  name,
  service,
  /** Profile the secret should have; null leaves the profile as it is on the router. */
  profile: name.nullable(),
  disabled: z.boolean(),
  /** Authorisation that lists this disable (R4); null for an enabled secret and for a disable nobody authorised. */
  authorisation: uuid.nullable(),
});

/** Who allowed a list of disables: an approved cut run, a person, or the import that found them disabled. */
export const authorisation = z.object({
  id: uuid,
  kind: z.enum(["run", "manual", "import"]),
  run_id: uuid.nullable(),
  generation,
  count: boundedCount(MAX_ROUTER_SECRETS),
});

/** The newest sealed envelope that an agent opens (shared/crypto/seal.ts). */
export const sealVersion = boundedCount(100).min(1);

/** What a router says of itself; serial number or software id binds it (R12). */
export const routerIdentity = z.object({
  identity: shown,
  version: shown,
  board_name: shown.nullable(),
  serial_number: label.nullable(),
  software_id: label.nullable(),
  uptime_seconds: uptimeSeconds,
});

export const routerStatus = z.enum([
  "online",
  "unreachable",
  "wrong_password",
  "wrong_router",
  "unsupported",
  "error",
]);

export const drift = z.enum([
  "missing",
  "enabled_by_hand",
  "disabled_by_hand",
  "profile",
  /** The router has no profile of the name that the account should have: one difference, however many accounts want it. */
  "profile_missing",
  "held",
  "waiting_permit",
  "failed",
]);

/** One managed secret as read back from the router after a pass. */
export const observedSecret = z.object({
  name,
  service,
  present: z.boolean(),
  disabled: z.boolean().nullable(),
  profile: shown.nullable(),
  online: z.boolean(),
  address: shown.nullable(),
  caller_id: shown.nullable(),
  uptime_seconds: uptimeSeconds.nullable(),
  drift: drift.nullable(),
});

/** What was done to a managed account on the router itself, against the books. */
export const handChangeKind = z.enum(["disabled", "enabled", "profile", "deleted", "renamed", "service"]);

/**
 * A change that Linya did not make. What follows is a matter of its kind: an account that should be on is enabled again
 * and a profile is set again; whoever was enabled stays on (R3); what is gone, renamed or of another service stays so.
 */
export const handChange = z.object({
  id: uuid,
  name,
  service,
  kind: handChangeKind,
  /** Of a profile, a name or a service: what it was and what it is; null where the kind says it all. */
  before: shown.nullable(),
  after: shown.nullable(),
  /** The router's own log line that may tell who did it; null when it has none, or several that differ. */
  said: clippedText(MAX_SENTENCE_LENGTH).nullable(),
  /** When it was found, by the agent's clock in milliseconds since 1970. It happened before. */
  found_ms: z.number(),
});

const accountCount = boundedCount(MAX_ROUTER_SECRETS);

/** What only a person can say of a router. Until then nothing is written but restores on a router that is surely the same. */
export const routerQuestion = z.object({
  id: uuid,
  /**
   * `identity_changed`: it has the id of the bound router and another name, as a clone has. `changed_at_once`: so many
   * accounts are not as Linya left them that a backup was restored, or the router replaced.
   */
  kind: z.enum(["identity_changed", "changed_at_once"]),
  asked_ms: z.number(),
  /** Names of the bound router and of the one that answers. */
  known: shown.nullable(),
  found: shown.nullable(),
  /** Of so many managed accounts, how many are on although Linya had cut them, and how many are gone. */
  of: accountCount,
  enabled: accountCount,
  missing: accountCount,
  /** Some of them, by their keys. */
  examples: z.array(accountName).max(MAX_QUESTION_EXAMPLES),
});

/** What a person may answer: to the first kind `same_router`, to the second one of the others. */
export const routerAnswer = z.enum(["same_router", "apply_books", "leave"]);

/** Something about a router that is not as it should be although it is read. */
export const routerRemark = z.object({
  code: boundedText(MAX_CODE_LENGTH).regex(/^[a-z][a-z_]*$/),
  message: clippedText(MAX_SENTENCE_LENGTH),
});

const readName = z.string().transform(clipName);

/** Secret as the import reads it; never the password. */
export const importedSecret = z.object({
  name: readName,
  profile: readName,
  disabled: z.boolean(),
  service: shown,
  comment: clippedText(MAX_COMMENT_LENGTH).nullable(),
  caller_id: shown.nullable(),
  remote_address: shown.nullable(),
});

export const importedProfile = z.object({ name: readName, rate_limit: readName.nullable() });

/** Something that went wrong at the agent: a word for programs, and what the machine said of it. */
export const agentProblem = z.object({
  code: boundedText(MAX_CODE_LENGTH).regex(/^[a-z][a-z_]*$/),
  detail: clippedText(MAX_SENTENCE_LENGTH).nullable(),
});

export type DesiredSecret = z.infer<typeof desiredSecret>;
export type Authorisation = z.infer<typeof authorisation>;
export type RouterIdentityMessage = z.infer<typeof routerIdentity>;
export type RouterStatus = z.infer<typeof routerStatus>;
export type Drift = z.infer<typeof drift>;
export type HandChange = z.infer<typeof handChange>;
export type RouterQuestion = z.infer<typeof routerQuestion>;
export type RouterAnswer = z.infer<typeof routerAnswer>;
export type RouterRemark = z.infer<typeof routerRemark>;
export type ObservedSecret = z.infer<typeof observedSecret>;
export type ImportedSecret = z.infer<typeof importedSecret>;
export type AgentProblem = z.infer<typeof agentProblem>;
export type ImportedProfile = z.infer<typeof importedProfile>;
