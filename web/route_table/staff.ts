import { says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { PERSON_MAX, ROLE_MAX } from "@/web/domain/access/limits.ts";
import { ROLE_LIMIT_KINDS, type RoleLimit } from "@/web/domain/access/mod.ts";
import { formText, optionalPeso, queryId, queryText, queryWord } from "./fields.ts";
import { ids, listQuery } from "./lists.ts";
import { address } from "./mail_server.ts";

/** How long the browser of whoever made a link keeps it: to copy it, and no longer. */
export const LINK_MINUTES = 15;

export const staffQuery = z.object({
  show: queryWord(["away"]),
  q: queryText(80),
  sort: listQuery.sort,
  done: queryText(40),
});
export const rolesQuery = z.object({ sort: listQuery.sort, done: queryText(40) });
export const doneOnly = z.object({ done: queryText(40) });

const personName = formText(PERSON_MAX.name).refine((text) => text !== "", says("type_name"));

export const inviteForm = z.object({
  email: address.refine(
    (text) => text.length <= PERSON_MAX.email,
    says("text_too_long", { max: PERSON_MAX.email }),
  ),
  name: personName,
  role: ids,
});
export const staffRolesForm = z.object({ role: ids });

/** Whoever is known already is asked for no name. */
export const acceptForm = z.object({
  name: formText(PERSON_MAX.name).optional().default(""),
  password: z.string(says("type_password")).min(1, says("type_password")).max(400),
});

export const resetForm = z.object({
  password: z.string(says("choose_password")).min(1, says("choose_password")).max(400),
});

/** The old password is the proof that the open session is theirs. */
export const ownPasswordForm = z.object({
  old_password: z.string(says("type_password")).min(1, says("type_password")).max(400),
  password: z.string(says("choose_password")).min(1, says("choose_password")).max(400),
});

/** A role to begin with. */
export const newRoleQuery = z.object({ from: queryId });

const words = z.union([z.string(), z.array(z.string()).max(200)]).optional()
  .transform((value) => [value ?? []].flat());
const days = z.string(says("fill_in_once")).trim().regex(/^\d{0,4}$/, says("whole_days")).optional()
  .transform((text) => text === undefined || text === "" ? null : BigInt(text));

/** Limits in days; the others are amounts. */
export const DAY_LIMITS: readonly RoleLimit[] = ["backdating_days", "hold_days"];

const limits = Object.fromEntries(
  ROLE_LIMIT_KINDS.map((kind) => [kind, DAY_LIMITS.includes(kind) ? days : optionalPeso]),
) as Record<RoleLimit, typeof days | typeof optionalPeso>;

export const roleForm = z.object({
  name: formText(ROLE_MAX.name).refine((text) => text !== "", says("type_name")),
  permission: words,
  where: z.enum(["everywhere", "sites"]).optional().default("everywhere"),
  site: ids,
  ...limits,
});

export const companyForm = z.object({ tenant: z.uuid() });
export const companiesQuery = z.object({ next: queryText(400) });
