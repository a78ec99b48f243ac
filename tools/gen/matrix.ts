import { type RouteEntry, subjectOf } from "@/web/app/route_table.ts";
import { accessOf, ROLE_TEMPLATES, type RoleTemplate } from "@/web/domain/access/mod.ts";
import { isOfSite } from "@/web/store/access/path_subjects.ts";

/** What a person gets who asks for a route, as it stands in the matrix. */
export type MatrixAnswer =
  /** What the route is for. Of a form that is sent: it is looked at. */
  | "opens"
  /** Their own company's, nothing of this one. */
  | "own"
  /** Leads to the sign-in. */
  | "sign in"
  /** As if it were not there. */
  | "404";

/** Somebody of the matrix: a column. */
export interface MatrixPerson {
  name: string;
  /** Built-in roles that they have; null: nobody is signed in, or not any more. */
  roles: readonly RoleTemplate["name"][] | null;
  /** Where their roles count, seen from the thing that is asked for. @default "everywhere" */
  where?: "everywhere" | "its site" | "another site";
  /** They are with another company. */
  isElsewhere?: true;
  /** They were signed in, and are disabled. */
  isDisabled?: true;
}

/** Everybody of the matrix, in the order of its columns. */
export const MATRIX_PERSONS: readonly MatrixPerson[] = [
  { name: "Nobody", roles: null },
  { name: "No role", roles: [] },
  ...ROLE_TEMPLATES.map(({ name }) => ({ name, roles: [name] })),
  { name: "Cashier + Technician", roles: ["Cashier", "Technician"] },
  { name: "Billing, its site", roles: ["Billing"], where: "its site" },
  { name: "Billing, another site", roles: ["Billing"], where: "another site" },
  { name: "Owner elsewhere", roles: ["Owner"], isElsewhere: true },
  { name: "Disabled", roles: null, isDisabled: true },
];

/** What a person gets, once an owner account exists; `:id` is of a thing of this company. */
export function answerTo(entry: RouteEntry, person: MatrixPerson): MatrixAnswer {
  if (entry.audience === "public") return entry.permission === "public" ? "opens" : "404";
  if (person.roles === null || entry.audience !== "staff") return "sign in";
  const needed = entry.permission === "signed_in" ? [] : [entry.permission, ...entry.also ?? []];
  const has = permissionsOf(person);
  if (!needed.every((permission) => has.has(permission))) return "404";
  const subject = subjectOf(entry.pattern);
  if (person.isElsewhere) return subject === null ? "own" : "404";
  const isHidden = person.where === "another site" && subject !== null && isOfSite(subject);
  return isHidden ? "404" : "opens";
}

function permissionsOf({ roles, where = "everywhere" }: MatrixPerson): ReadonlySet<string> {
  const siteIds = where === "everywhere" ? null : [where];
  const held = ROLE_TEMPLATES.filter(({ name }) => roles?.includes(name) ?? false);
  return accessOf(held.map(({ permissions }) => ({ permissions, siteIds, limits: {} }))).permissions;
}
