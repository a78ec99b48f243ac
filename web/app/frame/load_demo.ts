import { centavos } from "@/shared/money/mod.ts";
import type { ClockView, PassedDays } from "@/web/components/frame/DemoBar.tsx";
import type { TourView } from "@/web/components/frame/TourPanel.tsx";
import { businessNow } from "@/web/services/business_clock.ts";
import { parseTour, placeOf } from "@/web/services/demo/demo_tour.ts";
import { type ClockMoveRow, findNewestMove, sumMove } from "@/web/store/demo/clock_moves.ts";
import { findScheduledRun } from "@/web/store/billing/runs.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { readTourFacts } from "@/web/store/demo/tour_facts.ts";
import type { StaffSession } from "@/web/app/guard/session.ts";
import type { AppState } from "@/web/app/state.ts";
import { viewTour } from "./tour_view.ts";

/** What the demo adds to the frame of every page. */
export interface DemoView {
  clock: ClockView;
  /** Mails that nobody has looked at yet. */
  unseenMails: number;
  tour: TourView;
  /** Something in the bar or the panel changes by itself. */
  isMoving: boolean;
}

/** For so long the bar says what the last move brought. */
const PASSED_SHOWN_SECONDS = 120;
/** A move that nobody has touched for so long is gone with its process. */
const STALE_AFTER_SECONDS = 60;

/** Reads the demo's clock and this person's tour; null outside the demo. */
export async function loadDemo(state: AppState, session: StaffSession): Promise<DemoView | null> {
  if (state.demo === null) return null;
  const { db, clock } = state.services;
  const { preparing, unseenMails } = await readSupervisor(state);
  const tour = parseTour(session.preferences);
  return await withTenant(db, session.tenantId, async (trx) => {
    const { today, time } = businessNow(await getTenant(trx), clock);
    const move = await findNewestMove(trx);
    const now = clock.now();
    const facts = tour?.status === "on" ? await readTourFacts(trx, placeOf(tour, session.staffUserId)) : null;
    const playing = move === null ? null : playingOf(move, now);
    return {
      unseenMails,
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

/** The supervisor knows what is under way and what has come; without it there is only the clock. */
async function readSupervisor(
  state: AppState,
): Promise<{ preparing: ClockView["preparing"]; unseenMails: number }> {
  try {
    const status = await state.demo?.status();
    return { preparing: status?.preparing ?? null, unseenMails: status?.mail.unseen ?? 0 };
  } catch (error) {
    state.log.warn("demo_supervisor_silent", { message: String(error) });
    return { preparing: null, unseenMails: 0 };
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
  const figures = await sumMove(trx, { since: move.started_at, until: move.finished_at });
  const waiting = await findScheduledRun(trx, "cut", move.reached_on);
  const { bills, payments, cut, restored } = figures;
  return {
    first: move.from_on,
    last: move.reached_on,
    bills,
    billed: centavos(figures.billed_centavos),
    payments,
    cut,
    restored,
    isWaiting: waiting?.status === "awaiting_approval",
  };
}
