import { requireSession } from "@/web/app/form/input.ts";
import type { AppState } from "@/web/app/state.ts";
import { type AgentRow, findAgent } from "@/web/store/network/agents.ts";
import { listRouters, type RouterRow } from "@/web/store/network/routers.ts";
import {
  findOpenCode,
  listRouterFigures,
  type OpenCodeRow,
  type RouterFiguresRow,
} from "@/web/store/network/sites_page.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import { found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { type AgentState, agentState } from "../../(_network)/agent_state.tsx";
import { readEnrolmentCode } from "../../(_network)/enrolment_cookie.ts";

/** Everything on the page of a site. */
export interface SiteView {
  site: SiteOverviewRow;
  state: AgentState;
  agent: AgentRow | null;
  openCode: OpenCodeRow | null;
  /** The open code in full, for the browser that asked for it. */
  code: string | null;
  routers: (RouterRow & { figures: RouterFiguresRow | undefined })[];
  now: Temporal.Instant;
  zone: string;
  done: string | undefined;
  /** What is wrong with the form that was sent; field names as on the page. */
  problems: Record<string, string>;
}

/** How often a page that waits for an agent or a router looks again. */
export const WAIT_SECONDS = 2;

/** Reads the page of a site; with `problems` it answers a refused form and does not load itself again. */
export async function loadSite(
  state: AppState,
  cookies: Headers,
  wanted: { siteId: string; done?: string | undefined; problems?: Record<string, string> },
): Promise<SiteView> {
  const { now, zone } = momentOf(state);
  requireSession(state);
  const view = await readPage(state, async (trx) => {
    const site = found((await listSiteOverview(trx)).find((row) => row.id === wanted.siteId));
    const figures = await listRouterFigures(trx, site.id);
    return {
      site,
      agent: site.agent_id === null ? null : await findAgent(trx, site.agent_id),
      openCode: site.agent_id === null ? await findOpenCode(trx, site.id, now) : null,
      routers: (await listRouters(trx, site.id)).map((router) => ({
        ...router,
        figures: figures.find((figure) => figure.router_id === router.id),
      })),
    };
  });
  state.title = view.site.name;
  state.live = ["network"];
  const code = readEnrolmentCode(cookies);
  const isOpen = view.openCode !== null && code?.startsWith(`${view.openCode.code_id}-`);
  const problems = wanted.problems ?? {};
  if (view.openCode !== null && Object.keys(problems).length === 0) state.refreshSeconds = WAIT_SECONDS;
  return {
    ...view,
    state: agentState(view.site, now),
    code: isOpen ? code : null,
    now,
    zone,
    done: wanted.done,
    problems,
  };
}
