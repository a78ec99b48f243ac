import { z } from "zod";
import { ACCOUNT_CHANGES } from "@/shared/codes/access.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import type { MailLanguage, Occasion } from "./types.ts";

/** What a message to one of the company's own people, or to who is to be one, is sent for. */
export const STAFF_OCCASIONS = [
  "staff_invited",
  "password_reset",
  "new_device",
  "account_changed",
  "approval_asked",
  "approval_decided",
] as const;
export type StaffOccasion = (typeof STAFF_OCCASIONS)[number];

/** What any message is sent for. */
export type MailOccasion = Occasion | StaffOccasion;

/** Occasions whose button opens a door: its path is sealed, and forgotten once it is sent. */
export const SEALED_OCCASIONS = [
  "staff_invited",
  "password_reset",
] as const satisfies readonly StaffOccasion[];
export type SealedOccasion = (typeof SEALED_OCCASIONS)[number];

/** A person waits for the first ones in front of a screen, or has to know at once; who decides is told before bills go out. */
export const STAFF_PRIORITY: Readonly<Record<StaffOccasion, number>> = {
  staff_invited: 1,
  password_reset: 1,
  new_device: 1,
  account_changed: 1,
  approval_asked: 2,
  approval_decided: 2,
};

/** JSON has no such whole numbers. */
const amount = z.union([z.bigint(), z.string().regex(/^-?\d{1,18}$/).transform(BigInt)])
  .transform((value): Centavos => centavos(value)).nullable();

const approval = {
  /** What is asked for, in few words or a stored code: `Refund of ₱500.00`. */
  what: z.string().max(500),
  requester: z.string().max(200),
  /** In the requester's words; null: none were asked for. */
  reason: z.string().max(2000).nullable(),
  amountCentavos: amount,
};

/** What each says, by occasion: the one definition for who queues and for who makes the mail. */
const STAFF_PARAMS = {
  staff_invited: z.object({
    /** Name of whoever invites. */
    inviter: z.string().max(200),
    /** Names of the roles that they get. */
    roles: z.array(z.string().max(200)).max(100),
  }),
  password_reset: z.object({
    /** Name of whoever made the link; null: the person asked for it at the sign-in page. */
    madeBy: z.string().max(200).nullable(),
  }),
  new_device: z.object({
    /** As people know it, e.g. `Firefox`; null: it did not say. */
    browser: z.string().max(300).nullable(),
    /** What it runs on, e.g. `Linux`. */
    system: z.string().max(300).nullable().default(null),
    /** Address or network of the sign-in. */
    place: z.string().max(300),
    /** When, ISO. */
    signedInAt: z.iso.datetime({ offset: true }),
  }),
  account_changed: z.object({
    what: z.enum(ACCOUNT_CHANGES),
    /** Name of whoever did it; null: the person, or who sat at their session. */
    by: z.string().max(200).nullable(),
    /** Address that it was done from; null: at the server. */
    place: z.string().max(300).nullable(),
    /** When, ISO. */
    changedAt: z.iso.datetime({ offset: true }),
  }),
  approval_asked: z.object(approval),
  approval_decided: z.object({
    ...approval,
    /** `failed`: somebody approved it, and it was not possible any more. */
    decision: z.enum(["approved", "declined", "withdrawn", "expired", "failed"]),
    /** Null: nobody did, it ran out. */
    decider: z.string().max(200).nullable(),
    /** In the decider's words, or why it failed as a stored code. */
    note: z.string().max(2000).nullable(),
  }),
} as const satisfies Record<StaffOccasion, z.ZodType>;

/** What a mail of an occasion says. */
export type StaffParams<O extends StaffOccasion> = z.output<(typeof STAFF_PARAMS)[O]>;

/** An occasion with what is said. */
export type StaffOccasionWithParams = {
  [O in StaffOccasion]: { occasion: O; params: StaffParams<O> };
}[StaffOccasion];

/** What a message to staff holds as its facts. */
const storedFacts = z.object({
  params: z.unknown(),
  /** Path of its button on our host; missing where it is sealed, or where there is no button. */
  path: z.string().max(2000).optional(),
  language: z.enum(["en", "fil"]),
  /** What it is about, so that what comes after it can take it back. */
  about: z.string().max(200).optional(),
  /** After this it is of no use and not sent. */
  goodUntil: z.iso.datetime({ offset: true }).optional(),
});

/** What of a message to staff is stored beside its occasion. */
export interface StaffFacts {
  path: string | null;
  language: MailLanguage;
  about: string | null;
  goodUntil: Temporal.Instant | null;
}

/** Facts as they are stored. */
export function writeStaffFacts(
  { params }: StaffOccasionWithParams,
  { path, language, about, goodUntil }: StaffFacts,
): Record<string, unknown> {
  return {
    params: Object.fromEntries(
      Object.entries(params).map((
        [name, value],
      ) => [name, typeof value === "bigint" ? String(value) : value]),
    ),
    language,
    ...(path !== null && { path }),
    ...(about !== null && { about }),
    ...(goodUntil !== null && { goodUntil: goodUntil.toString() }),
  };
}

/** Reads them; null where they are not what the occasion has. */
export function readStaffFacts(
  occasion: StaffOccasion,
  stored: unknown,
): { told: StaffOccasionWithParams; facts: StaffFacts } | null {
  const read = storedFacts.safeParse(stored);
  if (!read.success) return null;
  const params = STAFF_PARAMS[occasion].safeParse(read.data.params);
  if (!params.success) return null;
  const { path, language, about, goodUntil } = read.data;
  return {
    told: { occasion, params: params.data } as StaffOccasionWithParams,
    facts: {
      path: path ?? null,
      language,
      about: about ?? null,
      goodUntil: goodUntil === undefined ? null : Temporal.Instant.from(goodUntil),
    },
  };
}

/** Whether a message is to one of the staff. */
export function isStaffOccasion(occasion: MailOccasion): occasion is StaffOccasion {
  return (STAFF_OCCASIONS as readonly string[]).includes(occasion);
}

/** Whether its button opens a door. */
export function isSealedOccasion(occasion: StaffOccasion): occasion is SealedOccasion {
  return (SEALED_OCCASIONS as readonly string[]).includes(occasion);
}
