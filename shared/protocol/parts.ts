import * as z from "zod";

/** Shapes that several messages share. Unknown fields are ignored, so that N and N-1 understand each other. */

export const uuid = z.uuid();

/** bigint as decimal text: JSON has no integers beyond 2^53. */
export const generation = z.string().regex(/^\d{1,18}$/).transform((text) => BigInt(text));

/** One managed PPP secret of the desired state. Passwords never appear here. */
export const desiredSecret = z.object({
  name: z.string().min(1).max(128),
  /** Profile the secret should have; null leaves the profile as it is on the router. */
  profile: z.string().min(1).max(128).nullable(),
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
  count: z.number().int().nonnegative(),
});

/** What a router says of itself; serial number or software id binds it (R12). */
export const routerIdentity = z.object({
  identity: z.string(),
  version: z.string(),
  board_name: z.string().nullable(),
  serial_number: z.string().nullable(),
  software_id: z.string().nullable(),
  uptime_seconds: z.number().nonnegative(),
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
  name: z.string(),
  present: z.boolean(),
  disabled: z.boolean().nullable(),
  profile: z.string().nullable(),
  online: z.boolean(),
  address: z.string().nullable(),
  caller_id: z.string().nullable(),
  uptime_seconds: z.number().nullable(),
  drift: drift.nullable(),
});

/** Secret as the import reads it; never the password. */
export const importedSecret = z.object({
  name: z.string(),
  profile: z.string(),
  disabled: z.boolean(),
  service: z.string(),
  comment: z.string().nullable(),
  caller_id: z.string().nullable(),
  remote_address: z.string().nullable(),
});

export const importedProfile = z.object({ name: z.string(), rate_limit: z.string().nullable() });

export type DesiredSecret = z.infer<typeof desiredSecret>;
export type Authorisation = z.infer<typeof authorisation>;
export type RouterIdentityMessage = z.infer<typeof routerIdentity>;
export type RouterStatus = z.infer<typeof routerStatus>;
export type Drift = z.infer<typeof drift>;
export type ObservedSecret = z.infer<typeof observedSecret>;
export type ImportedSecret = z.infer<typeof importedSecret>;
export type ImportedProfile = z.infer<typeof importedProfile>;
