import { commandSpecs, type RouterQuestion } from "@/shared/protocol/mod.ts";
import { readRouter, type RouterView } from "@/web/services/network/read_router.ts";
import { type CommandRow, findCommand, findLastAnswer } from "@/web/store/network/commands.ts";
import { countHandChanges, type HandChangeRow, listHandChanges } from "@/web/store/network/hand_changes.ts";
import { questionOf, remarksOf, type StoredRemark } from "@/web/store/network/router_standing.ts";
import {
  countDrift,
  type DriftKind,
  listMissingProfiles,
  listRouterFigures,
  type RouterFiguresRow,
} from "@/web/store/network/sites_page.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { found, type PageMoment } from "@/web/app/frame/page_context.ts";
import { type AgentState, agentState } from "../../(_network)/agent_state.tsx";

/** So many changes made by hand stand on the router's page; all of them have a page of their own. */
const CHANGES_SHOWN = 5;

/** Everything on the page of a router. */
export interface RouterPageView extends RouterView {
  site: SiteOverviewRow;
  agent: AgentState;
  figures: RouterFiguresRow | null;
  /** How many secrets differ, by kind. */
  drifts: { drift: DriftKind; secrets: number }[];
  /** Profiles that the books want and the router does not have. */
  missingProfiles: { profile: string | null; secrets: number }[];
  remarks: StoredRemark[];
  question: RouterQuestion | null;
  /** The last answer to the question that is asked. */
  answer: CommandRow | null;
  /** The answer that brought a person here. */
  answered: CommandRow | null;
  /** The newest changes made by hand, and how many are kept. */
  changes: HandChangeRow[];
  changeCount: number;
  test: TestView | null;
  now: Temporal.Instant;
  zone: string;
}

/** A test of the router: on its way, or with what it found. */
export interface TestView {
  command: CommandRow;
  isWaiting: boolean;
  found: { identity: string; version: string; secrets: number; isReadable: boolean } | null;
}

/** Reads the page of a router; its list of differences is read beside it. */
export async function loadRouter(
  trx: TenantTransaction,
  { now, zone }: PageMoment,
  { routerId, testId, answerId }: {
    routerId: string;
    testId: string | undefined;
    answerId: string | undefined;
  },
): Promise<RouterPageView> {
  // Read before the router: a test that looks finished then comes with the state it left.
  const test = testId === undefined ? null : await findTest(trx, { routerId, testId, now });
  const read = await readRouter(trx, routerId);
  const router = found(read.ok ? read.value : null);
  const siteId = router.router.site_id;
  const figures = await listRouterFigures(trx, siteId);
  const question = questionOf(router.router);
  const answered = answerId === undefined ? null : await findCommand(trx, answerId);
  const counts = await countHandChanges(trx, routerId);
  const site = found((await listSiteOverview(trx)).find((site) => site.id === siteId));
  return {
    ...router,
    site,
    agent: agentState(site, now),
    figures: figures.find((figure) => figure.router_id === routerId) ?? null,
    drifts: await countDrift(trx, routerId),
    missingProfiles: await listMissingProfiles(trx, routerId),
    remarks: remarksOf(router.router),
    question,
    answer: question === null ? null : await findLastAnswer(trx, routerId, question.id),
    answered: answered?.router_id === routerId ? answered : null,
    changes: (await listHandChanges(trx, { routerId }, { limit: CHANGES_SHOWN })).rows,
    changeCount: counts.reduce((sum, { changes }) => sum + changes, 0),
    test,
    now,
    zone,
  };
}

/** Whether the page waits for a test's result. */
export function isTestAwaited({ test, router, now }: RouterPageView): boolean {
  if (test === null) return false;
  // The result of a failed test may be here a moment before the router's state.
  const isEarly = test.command.status === "failed" && router.status === "unknown" &&
    Temporal.Instant.compare(test.command.requested_at.add({ seconds: 60 }), now) > 0;
  return test.isWaiting || isEarly;
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
