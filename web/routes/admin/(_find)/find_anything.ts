import { requireSession } from "@/web/app/form/input.ts";
import { readableText } from "@/shared/text/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { formatBalance } from "@/web/format.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import type { AppState } from "@/web/app/state.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { IconName } from "@/web/components/facts/icon_paths.ts";
import {
  findRecords,
  FOUND_EACH_MAX,
  FOUND_KINDS,
  type FoundKind,
  type FoundRow,
} from "@/web/store/subscribers/find.ts";
import { type FoundPerson, listFoundPeople } from "@/web/store/subscribers/found_people.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { type Destination, destinationsFor, matchDestinations } from "./destinations.ts";

/** One line of the answer. */
export interface Hit {
  href: string;
  title: string;
  note?: string;
  /** Of somebody: state, balance and barangay, as far as the person may see them. */
  facts?: string;
  /** Posts a payment for it, where the person may. */
  pay?: string;
}

/** Lines of one kind. */
export interface HitGroup {
  title: string;
  icon: IconName;
  hits: Hit[];
}

/** What a search answers; the same for the page and for the palette. */
export interface Findings {
  words: string;
  groups: HitGroup[];
  /** The one record that is named in full. */
  exact: string | null;
}

const KINDS: Record<FoundKind, { permission: Permission; path: string; icon: IconName }> = {
  subscriber: { permission: "subscriber:read", path: "/admin/subscribers", icon: "people" },
  bill: { permission: "bill:read", path: "/admin/bills", icon: "bill" },
  payment: { permission: "payment:read", path: "/admin/payments", icon: "cash" },
  router: { permission: "router:read", path: "/admin/routers", icon: "router" },
  site: { permission: "site:read", path: "/admin/sites", icon: "site" },
  plan: { permission: "plan:read", path: "/admin/plans", icon: "plan" },
};

/** Lists that are narrowed by the same words: where there may be more, the last line leads there. */
const SEARCHED_LISTS: readonly FoundKind[] = ["subscriber", "bill", "payment"];

/** Records, pages and actions that match, as far as the person may see them. */
export async function findAnything(state: AppState, words: string): Promise<Findings> {
  const { tenantId, permissions } = requireSession(state);
  const kinds = FOUND_KINDS.filter((kind) => permissions.has(KINDS[kind].permission));
  const { rows, people } = words.trim() === "" || kinds.length === 0
    ? { rows: [], people: new Map<string, FoundPerson>() }
    : await withTenant(state.services.db, tenantId, (trx) => readFound(trx, state, words, kinds), {
      readOnly: true,
    });
  const places = matchDestinations(destinationsFor({ table: state.table, permissions }), words);
  const exact = rows.filter((row) => row.is_exact);
  return {
    words: words.trim(),
    groups: [...recordGroups(state, words.trim(), rows, people), ...placeGroups(state, places)],
    exact: exact.length === 1 && exact[0] !== undefined ? hrefOf(exact[0], permissions) : null,
  };
}

async function readFound(
  trx: TenantTransaction,
  state: AppState,
  words: string,
  kinds: readonly FoundKind[],
): Promise<{ rows: FoundRow[]; people: Map<string, FoundPerson> }> {
  const rows = await findRecords(trx, words, kinds);
  const { frame } = requireSession(state);
  const ids = rows.filter(({ kind }) => kind === "subscriber").map(({ id }) => id);
  if (frame === undefined) return { rows, people: new Map() };
  const { today } = businessNow(frame.tenant, state.services.clock);
  return { rows, people: await listFoundPeople(trx, ids, today) };
}

function recordGroups(
  state: AppState,
  words: string,
  rows: readonly FoundRow[],
  people: ReadonlyMap<string, FoundPerson>,
): HitGroup[] {
  const { permissions } = requireSession(state);
  const mayPay = permissions.has("payment:post");
  return FOUND_KINDS.flatMap((kind) => {
    const hits = rows.filter((row) => row.kind === kind).map((row): Hit => ({
      href: hrefOf(row, permissions),
      title: readableText(row.title),
      ...(row.note ? { note: readableText(row.note) } : {}),
      ...factsOf(state, row, people.get(row.id)),
      ...(kind === "subscriber" && mayPay ? { pay: `/admin/payments/new?subscriber=${row.id}` } : {}),
    }));
    if (hits.length === 0) return [];
    if (SEARCHED_LISTS.includes(kind) && hits.length >= FOUND_EACH_MAX) {
      const href = `${KINDS[kind].path}?q=${encodeURIComponent(words)}`;
      hits.push({ href, title: state.t(`find.all_${kind as "subscriber"}`, { words }) });
    }
    return [{ title: state.t(`find.kind_${kind}`), icon: KINDS[kind].icon, hits }];
  });
}

function factsOf(state: AppState, row: FoundRow, person: FoundPerson | undefined): { facts?: string } {
  if (person === undefined) return {};
  const { t } = state;
  const { state: service, barangay, balance_centavos: balance } = person;
  const isSaid = barangay !== null && row.note?.includes(barangay) === true;
  const facts = [
    service === null ? null : t(`words.service_${service}`),
    requireSession(state).permissions.has("bill:read") ? formatBalance(centavos(balance), t) : null,
    isSaid ? null : barangay,
  ].filter((fact) => fact !== null);
  return facts.length === 0 ? {} : { facts: facts.join(" · ") };
}

function placeGroups(state: AppState, places: readonly Destination[]): HitGroup[] {
  return ([["action", "find.do", "check"], ["page", "find.go_to", "right"]] as const).flatMap(
    ([kind, title, icon]) => {
      const hits = places.filter((place) => place.kind === kind)
        .map(({ href, label }): Hit => ({ href, title: state.t(label) }));
      return hits.length === 0 ? [] : [{ title: state.t(title), icon, hits }];
    },
  );
}

function hrefOf({ kind, id }: FoundRow, permissions: ReadonlySet<string>): string {
  // A plan has no page of its own: its form, or the list for who may not change it.
  if (kind === "plan") return permissions.has("plan:write") ? `/admin/plans/${id}/edit` : "/admin/plans";
  return `${KINDS[kind].path}/${id}`;
}
