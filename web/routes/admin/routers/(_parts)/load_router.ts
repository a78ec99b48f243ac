import { commandSpecs } from "@/shared/protocol/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import type { ListFrame } from "@/web/components/list_frame.ts";
import { readRouter, type RouterView } from "@/web/services/network/read_router.ts";
import { type CommandRow, findCommand } from "@/web/store/network/commands.ts";
import {
  countDrift,
  type DriftKind,
  type DriftRow,
  listRouterDrift,
  listRouterFigures,
  type RouterFiguresRow,
} from "@/web/store/network/sites_page.ts";
import type { Page } from "@/web/store/db/keyset.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { found, momentOf, readPage } from "@/web/app/page_context.ts";
import { pageOf, readFrame } from "@/web/app/list/frame.ts";
import { type AgentState, agentState } from "../../(_network)/agent_state.tsx";

/** Everything on the page of a router. */
export interface RouterPageView extends RouterView {
  site: SiteOverviewRow;
  agent: AgentState;
  figures: RouterFiguresRow | null;
  drifts: { drift: DriftKind; secrets: number }[];
  /** Page of the secrets that differ. */
  list: Page<DriftRow>;
  frame: ListFrame;
  kind: DriftKind | undefined;
  test: TestView | null;
  now: Temporal.Instant;
  zone: string;
  done: string | undefined;
  /** Why the last thing that was asked could not be done. */
  problem: string | null;
}

/** A test of the router: on its way, or with what it found. */
export interface TestView {
  command: CommandRow;
  isWaiting: boolean;
  found: { identity: string; version: string; secrets: number; isReadable: boolean } | null;
}

const WAIT_SECONDS = 2;

/** Reads the page of a router. */
export async function loadRouter(
  state: AppState,
  wanted: {
    routerId: string;
    testId?: string | undefined;
    kind?: DriftKind | undefined;
    /** Page, sort and size of the list of differences. */
    query?: Partial<Record<"sort" | "per" | "after" | "before", string | undefined>> | undefined;
    done?: string | undefined;
    problem?: string;
  },
): Promise<RouterPageView> {
  const { now, zone } = momentOf(state);
  const view = await readPage(state, async (trx) => {
    // Read before the router: a test that looks finished then comes with the state it left.
    const test = wanted.testId === undefined
      ? null
      : await findTest(trx, { routerId: wanted.routerId, testId: wanted.testId, now });
    const read = await readRouter(trx, wanted.routerId);
    const router = found(read.ok ? read.value : null);
    const siteId = router.router.site_id;
    const figures = await listRouterFigures(trx, siteId);
    return {
      ...router,
      site: found((await listSiteOverview(trx)).find((site) => site.id === siteId)),
      figures: figures.find((figure) => figure.router_id === wanted.routerId) ?? null,
      drifts: await countDrift(trx, wanted.routerId),
      list: await listRouterDrift(trx, wanted.routerId, { kind: wanted.kind }, pageOf(wanted.query ?? {})),
      frame: await readFrame(trx, state, {
        name: "drift",
        path: `/admin/routers/${wanted.routerId}`,
        query: { ...wanted.query, drift: wanted.kind },
      }),
      test,
    };
  });
  state.title = view.router.name;
  state.live = [`router:${wanted.routerId}`, "network"];
  // The result of a failed test may be here a moment before the router's state.
  const isEarly = view.test?.command.status === "failed" && view.router.status === "unknown" &&
    Temporal.Instant.compare(view.test.command.requested_at.add({ seconds: 60 }), now) > 0;
  if (view.test?.isWaiting || isEarly) state.refreshSeconds = WAIT_SECONDS;
  return {
    ...view,
    agent: agentState(view.site, now),
    kind: wanted.kind,
    now,
    zone,
    done: wanted.done,
    problem: wanted.problem ?? null,
  };
}

async function findTest(
  trx: TenantTransaction,
  wanted: { routerId: string; testId: string; now: Temporal.Instant },
): Promise<TestView | null> {
  const command = await findCommand(trx, wanted.testId);
  if (command === null || command.router_id !== wanted.routerId || command.kind !== "router.test") {
    return null;
  }
  const isOpen = command.status === "queued" || command.status === "sent";
  const result = commandSpecs["router.test"].result.safeParse(command.result);
  return {
    command,
    // Past its deadline nobody answers any more, whatever the row still says.
    isWaiting: isOpen && Temporal.Instant.compare(command.not_after_at.add({ seconds: 30 }), wanted.now) > 0,
    found: result.success
      ? {
        identity: result.data.identity.identity,
        version: result.data.identity.version,
        secrets: result.data.secret_count,
        isReadable: result.data.ppp_readable,
      }
      : null,
  };
}
