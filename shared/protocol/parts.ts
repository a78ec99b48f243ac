import * as z from "zod";
import {
  boundedCount,
  boundedText,
  clipName,
  clippedText,
  MAX_CODE_LENGTH,
  MAX_COMMENT_LENGTH,
  MAX_NAME_LENGTH,
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
export type ObservedSecret = z.infer<typeof observedSecret>;
export type ImportedSecret = z.infer<typeof importedSecret>;
export type AgentProblem = z.infer<typeof agentProblem>;
export type ImportedProfile = z.infer<typeof importedProfile>;
