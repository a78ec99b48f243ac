import { says } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { formText, queryText, queryWord } from "./fields.ts";
import { VIEW_MAX } from "@/web/domain/settings/limits.ts";

/** Lists with an address of their own: their filters can be kept under a name. */
export const LIST_PATHS = {
  subscribers: "/admin/subscribers",
  bills: "/admin/bills",
  payments: "/admin/payments",
  memos: "/admin/memos",
  refunds: "/admin/refunds",
  plans: "/admin/plans",
  runs: "/admin/runs",
  sites: "/admin/sites",
  imports: "/admin/import",
  approvals: "/admin/approvals",
} as const;
export type ViewedList = keyof typeof LIST_PATHS;

/** Every list that a person can arrange: columns and row height. */
export const LIST_NAMES = [
  ...Object.keys(LIST_PATHS) as ViewedList[],
  "tonight",
  "plan_price",
  "run_rows",
  "next_run",
  "decisions",
  "import_rows",
  "drift",
  "hand_changes",
  "security",
  "ledger",
  "disputes",
  "outages",
  "outage_credits",
  "outage_report",
  "aging",
  "collections",
  "billed",
  "vat",
  "certificates",
  "accounts",
  "account_entries",
  "logs",
  "audit",
  "mail",
  "mail_refused",
  "staff",
  "roles",
] as const;
export type ListName = typeof LIST_NAMES[number];

/** Lists that say nothing of people: of their files no record is kept. */
export const LISTS_WITHOUT_PEOPLE: ReadonlySet<ListName> = new Set<ListName>([
  "plans",
  "runs",
  "sites",
  "imports",
  "outages",
  "vat",
  "accounts",
]);

export const PAGE_SIZES = ["50", "100", "200"] as const;
export const DENSITIES = ["comfortable", "default", "compact"] as const;

/** What the address of every list may hold besides its filters. */
export const listQuery = { sort: queryText(40), per: queryWord(PAGE_SIZES) };

const queryCount = z.coerce.number().int().min(0).max(1_000_000).optional().catch(undefined);

/** What an action on many rows did: changed, so already, could not. */
export const bulkCounts = { n: queryCount, same: queryCount, left: queryCount };

/** The ids that a form sends, one field or many; whatever is none is left out. */
export const ids = z.union([z.string(), z.array(z.string()).max(1000)]).optional()
  .transform((value) => [value ?? []].flat().filter((id) => z.uuid().safeParse(id).success));

/** The rows that a form acts on: those that were ticked, or all that match the filter it was sent from. */
export const chosenRows = {
  id: ids,
  all: z.string().optional().transform((text) => text === "yes"),
  /** The query of the list's address. */
  filter: z.string().max(2000).optional().default(""),
  back: z.string().max(2000).optional().default(""),
};

/** The selected rows as a file. */
export const exportForm = z.object(chosenRows);

const words = z.union([z.string(), z.array(z.string()).max(60)]).optional()
  .transform((value) => [value ?? []].flat().filter((word) => /^[a-z][a-z0-9_]{0,39}$/.test(word)));

export const listParams = z.object({ list: z.enum(LIST_NAMES) });
export const viewParams = z.object({
  list: z.enum(Object.keys(LIST_PATHS) as [ViewedList, ...ViewedList[]]),
});
export const viewsQuery = z.object({ done: queryText(40) });
export const lookForm = z.object({
  columns: words,
  density: z.enum(DENSITIES).catch("default"),
  back: z.string().max(2500).optional().default(""),
});
const viewName = formText(VIEW_MAX.name).refine((text) => text !== "", says("type_name"));
export const saveViewForm = z.object({
  name: viewName,
  query: z.string().max(VIEW_MAX.query).optional().default(""),
});
/** A view is renamed or deleted; only the first needs a name. */
export const changeViewForm = z.object({
  intent: z.enum(["rename", "delete"]),
  id: z.uuid(),
  name: formText(VIEW_MAX.name).optional().default(""),
}).refine(({ intent, name }) => intent === "delete" || name !== "", {
  error: says("type_name"),
  path: ["name"],
});
