import type { z } from "zod";
import type { FilterChip } from "@/web/components/list/FilterBar.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { subscribersQuery } from "@/web/route_table/subscribers.ts";
import type { ChipCounts, SubscriberFilter } from "@/web/store/subscribers/subscribers_page.ts";

type Query = z.infer<typeof subscribersQuery>;
type Chip = keyof ChipCounts;

/** What a chip sets; choosing one takes the place of the one before. */
const FACETS = ["bill", "connection", "service", "aging"] as const;
type Facets = Partial<Pick<Query, typeof FACETS[number]>>;

const CHIPS: readonly { id: Chip; query: Facets }[] = [
  { id: "all", query: {} },
  { id: "online", query: { connection: "online" } },
  { id: "offline", query: { connection: "offline" } },
  { id: "unknown", query: { connection: "unknown" } },
  { id: "due", query: { bill: "due" } },
  { id: "grace", query: { bill: "grace" } },
  { id: "overdue", query: { bill: "overdue" } },
  { id: "disconnected", query: { service: "disconnected" } },
  { id: "held", query: { service: "held" } },
  { id: "cancelled", query: { service: "cancelled" } },
];

/** The chips above the list, each with the number of rows that it leads to. */
export function chipsOf(
  t: Translate,
  frame: ListFrame,
  query: Query,
  counts: ChipCounts,
  seesMoney: boolean,
): FilterChip[] {
  const none = Object.fromEntries(FACETS.map((name) => [name, undefined]));
  // Most have no cancelled ones; who has them sees why all are more than Today's connections.
  const shown = CHIPS.filter((chip) =>
    chip.id !== "cancelled" || counts.cancelled > 0 || isChosen(query, chip.query)
  );
  return shown.filter((chip) => seesMoney || chip.query.bill === undefined).map((chip) => ({
    label: t(`tables.sub_chip_${chip.id}`),
    href: listHref(frame, { ...none, ...chip.query }),
    count: counts[chip.id],
    isCurrent: isChosen(query, chip.query),
  }));
}

/** Names in the address that the current chip stands for. */
export function chosenChip(query: Query): string[] {
  return Object.keys(CHIPS.find((chip) => isChosen(query, chip.query))?.query ?? {});
}

/** The filter that the numbers of the chips are counted in. */
export function withoutFacets(filter: SubscriberFilter): SubscriberFilter {
  return { ...filter, bill: undefined, connection: undefined, service: undefined, aging: undefined };
}

const AGING = {
  current: "current",
  "1-7": "week",
  "8-30": "month",
  "31-60": "two_months",
  "60+": "older",
  late: "late",
} as const;

interface Names {
  sites: readonly { id: string; name: string }[];
  plans: readonly { id: string; name: string }[];
  routerName: string | undefined;
}

/** Words for every filter of the address. */
export function filterWords(t: Translate, query: Query, names: Names): Record<string, string | undefined> {
  const { bill, connection, service, aging } = query;
  const nameOf = (list: readonly { id: string; name: string }[], id: string | undefined) =>
    list.find((one) => one.id === id)?.name ?? "?";
  return {
    q: t("tables.by_text", { text: query.q ?? "" }),
    bill: bill && t("tables.by_bill", { word: t(`words.bill_${bill}`) }),
    connection: connection &&
      t("tables.by_connection", {
        word: t(connection === "any" ? "tables.link_any" : `tables.sub_chip_${connection}`),
      }),
    stopped: query.stopped && t("tables.by_stopped"),
    prepaid: query.prepaid && t(`prepaid.list_${query.prepaid}`),
    ends: query.ends && t(`subscribers.list_ends_${query.ends}`),
    consent: query.consent && t("privacy.by_consent", { state: query.consent }),
    price: query.price && t("tables.by_own_price"),
    service: service &&
      t("tables.by_service", {
        word: t(`words.service_${service === "pending_install" ? "pending" : service}`),
      }),
    aging: aging && t(`tables.aging_${AGING[aging]}`),
    site: t("tables.by_site", { name: nameOf(names.sites, query.site) }),
    plan: t("tables.by_plan", { name: nameOf(names.plans, query.plan) }),
    router: t("tables.by_router", { name: names.routerName ?? "?" }),
  };
}

function isChosen(query: Query, chip: Facets): boolean {
  return FACETS.every((name) => query[name] === chip[name]);
}
