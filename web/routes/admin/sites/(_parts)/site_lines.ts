import type { z } from "zod";
import type { sitesQuery } from "@/web/route_table/sites.ts";
import { listRouters, type RouterRow } from "@/web/store/network/routers.ts";
import { listRouterFigures } from "@/web/store/network/sites_page.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { holdsText } from "@/shared/text/mod.ts";
import { agentState } from "../../(_network)/agent_state.tsx";

/** What the file of the list says of an agent. */
export const AGENT_WORDS = {
  none: "No agent",
  online: "Online",
  offline: "Offline",
  frozen: "Stopped",
  refused: "Too old",
} as const;

/** A site as the list shows it. */
export interface SiteLine extends SiteOverviewRow {
  routers: RouterRow[];
  managed: number;
  drift: number;
}

type SitesQuery = Pick<z.infer<typeof sitesQuery>, "q" | "state" | "sort">;
type SiteState = NonNullable<SitesQuery["state"]>;

/** Every site with its routers and what differs on them, by name. */
export async function readSiteLines(trx: TenantTransaction): Promise<SiteLine[]> {
  const routers = await listRouters(trx);
  const figures = await listRouterFigures(trx);
  return (await listSiteOverview(trx)).map((site): SiteLine => {
    const own = figures.filter((figure) => figure.site_id === site.id);
    return {
      ...site,
      routers: routers.filter((router) => router.site_id === site.id),
      managed: own.reduce((sum, figure) => sum + figure.managed, 0),
      drift: own.reduce((sum, figure) => sum + figure.drift, 0),
    };
  });
}

const SORTS: Readonly<Record<string, (a: SiteLine, b: SiteLine) => number>> = {
  routers: (a, b) => a.routers.length - b.routers.length,
  managed: (a, b) => a.managed - b.managed,
  drift: (a, b) => a.drift - b.drift,
};

/** Sites are few and read whole: they are narrowed and sorted here. They come by name. */
export function arrangeSites(
  lines: readonly SiteLine[],
  query: SitesQuery,
  now: Temporal.Instant,
): SiteLine[] {
  const { q = "", state, sort } = query;
  const found = lines.filter((line) => holds(line, q) && (state === undefined || isIn(line, state, now)));
  const order = SORTS[sort?.replace(/^-/, "") ?? ""];
  if (order === undefined) return sort === "-name" ? found.toReversed() : found;
  const sign = sort?.startsWith("-") ? -1 : 1;
  return found.toSorted((a, b) => sign * order(a, b));
}

/** How many sites each chip leads to. */
export function countSites(
  lines: readonly SiteLine[],
  q: string | undefined,
  now: Temporal.Instant,
): Record<SiteState | "all", number> {
  const found = lines.filter((line) => holds(line, q ?? ""));
  return {
    all: found.length,
    away: found.filter((line) => isIn(line, "away", now)).length,
    drift: found.filter((line) => isIn(line, "drift", now)).length,
  };
}

function isIn(line: SiteLine, state: SiteState, now: Temporal.Instant): boolean {
  return state === "drift" ? line.drift > 0 : agentState(line, now) !== "online";
}

function holds({ name, routers }: SiteLine, text: string): boolean {
  return [name, ...routers.map((router) => router.name)].some((word) => holdsText(word, text));
}
