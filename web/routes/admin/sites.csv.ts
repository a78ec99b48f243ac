import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { sitesQuery } from "@/web/route_table/sites.ts";
import { type CsvColumn, csvOf } from "@/web/app/csv.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { agentState } from "./(_network)/agent_state.tsx";
import { arrangeSites, readSiteLines, type SiteLine } from "./sites/(_parts)/site_lines.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const AGENT_WORDS = {
  none: "No agent",
  online: "Online",
  offline: "Offline",
  frozen: "Stopped",
  refused: "Too old",
} as const;

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "site:read",
    input: sitesQuery,
    summary: "The filtered sites as CSV",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const query = readInput(ctx.state, sitesQuery);
    const { now, today } = momentOf(ctx.state);
    const columns: CsvColumn<SiteLine>[] = [
      ["Site", (site) => site.name],
      ["Agent", (site) => AGENT_WORDS[agentState(site, now)]],
      ["Agent version", (site) => site.agent_version ?? ""],
      ["Last seen", (site) => site.heartbeat_at?.toString({ smallestUnit: "second" }) ?? ""],
      ["Routers", (site) => site.routers.map((router) => router.name).join(", ")],
      ["Managed", (site) => String(site.managed)],
      ["Drift", (site) => String(site.drift)],
    ];
    const lines = await readPage(ctx.state, readSiteLines);
    return await csvOf(`sites-${today}`, columns, arrangeSites(lines, query, now));
  },
});
