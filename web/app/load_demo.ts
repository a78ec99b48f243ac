import { centavos } from "@/shared/money/mod.ts";
import type { ClockView, PassedDays } from "@/web/components/DemoBar.tsx";
import type { TourView } from "@/web/components/TourPanel.tsx";
import { businessNow } from "@/web/services/business_clock.ts";
import { parseTour, placeOf } from "@/web/services/demo_tour.ts";
import { type ClockMoveRow, findNewestMove } from "@/web/store/clock_moves.ts";
import { listHistoryDays } from "@/web/store/day_history.ts";
import { getTenant } from "@/web/store/tenants.ts";
import { type TenantTransaction, withTenant } from "@/web/store/tenant_transaction.ts";
import { readTourFacts } from "@/web/store/tour_facts.ts";
import type { AppState, Session } from "./state.ts";
import { viewTour } from "./tour_view.ts";

/** What the demo adds to the frame of every page. */
export interface DemoView {
  clock: ClockView;
  tour: TourView;
  /** Something in the bar or the panel changes by itself. */
  isMoving: boolean;
}

/** For so long the bar says what the last move brought. */
const PASSED_SHOWN_SECONDS = 120;
/** A move that nobody has touched for so long is gone with its process. */
const STALE_AFTER_SECONDS = 60;

/** Reads the demo's clock and this person's tour; null outside the demo. */
export async function loadDemo(state: AppState, session: Session): Promise<DemoView | null> {
  if (state.demo === null) return null;
  const { db, clock } = state.services;
  const preparing = await readPreparing(state);
  const tour = parseTour(session.preferences);
  return await withTenant(db, session.tenantId, async (trx) => {
    const { today, time } = businessNow(await getTenant(trx), clock);
    const move = await findNewestMove(trx);
    const now = clock.now();
    const facts = tour?.status === "on" ? await readTourFacts(trx, placeOf(tour, session.staffUserId)) : null;
    const playing = move === null ? null : playingOf(move, now);
    return {
      isMoving: preparing !== null || playing !== null || facts !== null,
      clock: {
        today,
        time,
        preparing,
        playing,
        passed: move === null ? null : await passedBy(trx, move, now),
      },
      tour: viewTour(state.t, {
        tour,
        facts,
        isOffered: preparing === null && session.permissions.has("demo:control"),
      }),
    };
  });
}

/** The supervisor knows whether the first start is still under way; without it there is only the clock. */
async function readPreparing(state: AppState): Promise<ClockView["preparing"]> {
  try {
    const { preparing } = await state.demo?.status() ?? { preparing: null };
    return preparing;
  } catch (error) {
    state.log.warn("demo_supervisor_silent", { message: String(error) });
    return null;
  }
}

function playingOf(move: ClockMoveRow, now: Temporal.Instant): ClockView["playing"] {
  const stale = now.subtract({ seconds: STALE_AFTER_SECONDS });
  if (move.status !== "playing" || Temporal.Instant.compare(move.touched_at, stale) < 0) return null;
  const days = (until: Temporal.PlainDate) => move.from_on.until(until).days;
  return { to: move.to_on, done: days(move.reached_on), total: days(move.to_on) };
}

async function passedBy(
  trx: TenantTransaction,
  move: ClockMoveRow,
  now: Temporal.Instant,
): Promise<PassedDays | null> {
  const since = now.subtract({ seconds: PASSED_SHOWN_SECONDS });
  if (move.finished_at === null || Temporal.Instant.compare(move.finished_at, since) < 0) return null;
  const days = await listHistoryDays(trx, { first: move.from_on, last: move.reached_on });
  // The first day was under way when the move began: what it had brought by then is not news.
  const passed = days.length > 1 ? days.slice(0, -1) : days;
  const sum = (count: (day: typeof passed[number]) => number) =>
    passed.reduce((total, day) => total + count(day), 0);
  return {
    first: passed.at(-1)?.on ?? move.from_on,
    last: move.reached_on,
    bills: sum((day) => day.bills),
    billed: centavos(passed.reduce((total, day) => total + day.billed_centavos, 0n)),
    payments: sum((day) => day.payments),
    cut: sum((day) => day.cut),
    restored: sum((day) => day.restored),
    isWaiting: passed[0]?.cut_status === "awaiting_approval",
  };
}
