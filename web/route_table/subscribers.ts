import { bulkCounts, listQuery } from "./lists.ts";
import { z } from "zod";
import { says } from "@/shared/codes/mod.ts";
import {
  formDate,
  formText,
  optionalText,
  pageQuery,
  queryDate,
  queryId,
  queryText,
  queryWord,
  reasonText,
} from "./fields.ts";
import { optionalPercent } from "./prices.ts";
import { MAIL_LANGUAGES, MAILS_WANTED } from "@/web/domain/mail/types.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";

/** Filters of the subscribers list; they are its address, and the address of its CSV. */
export const subscribersQuery = z.object({
  q: queryText(120),
  bill: queryWord(["due", "partly_paid", "paid", "disputed", "grace", "overdue"]),
  connection: queryWord(["online", "offline", "unknown", "any"]),
  service: queryWord(["active", "held", "disconnected", "pending_install", "cancelled"]),
  aging: queryWord(["current", "1-7", "8-30", "31-60", "60+", "late"]),
  stopped: queryWord(["yes"]),
  price: queryWord(["own"]),
  prepaid: queryWord(["all", "expiring"]),
  ends: queryWord(["planned", "asked"]),
  consent: queryWord(["unknown", "given", "refused", "withdrawn"]),
  site: queryId,
  router: queryId,
  plan: queryId,
  ...listQuery,
  ...pageQuery,
  ...bulkCounts,
});

export const subscriberQuery = z.object({
  older: queryText(400),
  ledger: queryText(400),
  done: queryText(40),
});
/** The sides of an account, in the order of its sum. */
export const LINE_KINDS = ["charge", "payment", "credit"] as const;
/** The ledger of a subscriber: some days, some lines. */
export const ledgerQuery = z.object({
  kind: queryWord(LINE_KINDS),
  from: queryDate,
  to: queryDate,
  ...listQuery,
  ...pageQuery,
});
/** A statement of account: as of which day, and from when on it tells each line. */
export const statementQuery = z.object({ on: queryDate, from: queryDate });
export const connectionQuery = z.object({ connection: queryId });

export const contactForm = z.object({
  name: formText(CONTACT_MAX.name).refine((text) => text !== "", says("type_the_name")),
  phone: optionalText(CONTACT_MAX.phone),
  // Which one is saved already is known where it is saved.
  email: optionalText(CONTACT_MAX.email),
  address: optionalText(CONTACT_MAX.address),
  barangay: optionalText(CONTACT_MAX.barangay),
  city: optionalText(CONTACT_MAX.city),
  notes: optionalText(CONTACT_MAX.notes),
});

/** Contact data with what else the office knows of the person; an empty rate is none. */
export const editForm = contactForm.extend({
  withholding: optionalPercent,
  mailLanguage: z.enum(["", ...MAIL_LANGUAGES]).optional()
    .transform((value) => value === "" ? null : value),
  mailWanted: z.enum(MAILS_WANTED).optional(),
});

const connection = z.uuid(says("choose_connection"));
export const holdForm = z.object({ connection, until: formDate, reason: reasonText });
export const endHoldForm = z.object({ connection });
export const disconnectForm = z.object({
  connection,
  kind: z.enum(["admin", "abuse", "vacation"], says("choose_why")),
  note: reasonText,
});
export const reconnectForm = z.object({
  connection,
  reason: z.enum(["admin", "abuse", "vacation", "imported_disabled"], says("choose_taken_away")),
});
