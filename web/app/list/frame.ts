import type { AppState } from "@/web/app/state.ts";
import { requireSession } from "@/web/app/form/input.ts";
import type { ListFrame } from "@/web/components/list/list_frame.ts";
import type { Density } from "@/web/components/list/table_columns.ts";
import { DENSITIES, LIST_PATHS, type ListName } from "@/web/route_table/lists.ts";
import type { PageRequest } from "@/web/store/db/keyset.ts";
import { listSavedViews } from "@/web/store/settings/saved_views.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** What a list's address holds besides its filters. */
interface ListQuery {
  sort?: string | undefined;
  per?: string | undefined;
  after?: string | undefined;
  before?: string | undefined;
  done?: string | undefined;
}

/** Names that are no part of the list: where in it the page is, and what the last action did. */
const PASSING = new Set(["after", "before", "done", "n", "same", "left", "test"]);

/** The frame of a list for the signed-in person. */
export async function readFrame(
  trx: TenantTransaction,
  state: AppState,
  list: { name: ListName; path: string; query: Readonly<Record<string, unknown>> },
): Promise<ListFrame> {
  const { staffUserId, preferences = {} } = requireSession(state);
  const hasViews = Object.hasOwn(LIST_PATHS, list.name);
  return {
    name: list.name,
    path: list.path,
    query: framedQuery(list.query),
    density: parseDensity(preferences.density),
    columns: parseColumns(preferences[`columns.${list.name}`]),
    views: hasViews ? await listSavedViews(trx, staffUserId, list.name) : null,
    csrfToken: state.csrfToken,
  };
}

/** The filters, sort and page size of a parsed query, as text. */
export function framedQuery(query: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).filter(([name, value]) =>
      !PASSING.has(name) && value !== undefined && value !== null && value !== ""
    ).map(([name, value]) => [name, String(value)]),
  );
}

/** The page that an address asks for. */
export function pageOf({ sort, per, after, before }: ListQuery): PageRequest & { sort: string | undefined } {
  return { sort, after, before, limit: per === undefined ? 50 : Number(per) };
}

/** A query that came in a form's field, read by the schema of the list's address. */
export function readFilter<T>(schema: { parse(input: unknown): T }, text: string): T {
  return schema.parse(Object.fromEntries(new URLSearchParams(text)));
}

function parseDensity(value: unknown): Density {
  return DENSITIES.find((density) => density === value) ?? "default";
}

function parseColumns(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((id) => typeof id === "string") ? value : null;
}
