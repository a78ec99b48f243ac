import { z } from "zod";
import { savePreference } from "@/web/store/settings/preferences.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { readTourFacts, type TourFacts } from "@/web/store/demo/tour_facts.ts";
import type { ServiceContext } from "../context.ts";

/** The seven steps, in their order. */
export const TOUR_STEPS = ["tonight", "hold", "pay", "mail", "unplug", "travel", "books"] as const;
export type TourStep = (typeof TOUR_STEPS)[number];

/** Name of the preference that keeps a person's tour. */
export const TOUR_PREFERENCE = "demo.tour";

const stepShape = z.enum(TOUR_STEPS);
const tourShape = z.object({
  status: z.enum(["on", "left", "finished"]),
  step: stepShape,
  started_at: z.string(),
  done: z.array(stepShape),
  /** Steps whose page this person was led to. */
  opened: z.array(stepShape),
  unplugged: z.string().nullable(),
  /** The unplugged router was seen as Unknown. */
  saw_unknown: z.boolean(),
});

/** How far somebody is on the tour; kept with what else this person likes. */
export type Tour = z.infer<typeof tourShape>;

/** What a step wants to see done. */
export interface TourCheck {
  name:
    | "tonight_opened"
    | "somebody_held"
    | "payment_posted"
    | "line_restored"
    | "router_enabled"
    | "mailbox_opened"
    | "router_unplugged"
    | "shown_unknown"
    | "clock_moved"
    | "cut_run_done"
    | "receipt_opened"
    | "books_balance";
  isTrue: boolean;
}

/** What a person does with the tour. */
export type TourAction =
  | { kind: "start" }
  | { kind: "open"; step: TourStep }
  | { kind: "next" }
  | { kind: "leave" }
  | { kind: "unplugged"; router: string }
  | { kind: "plugged" };

/** The tour of a session's preferences; null when it was never offered an answer. */
export function parseTour(preferences: Readonly<Record<string, unknown>> | undefined): Tour | null {
  return tourShape.safeParse(preferences?.[TOUR_PREFERENCE]).data ?? null;
}

/** What the step wants, from what the books and routers say: nothing is taken on trust. */
export function checksOf(tour: Tour, step: TourStep, facts: TourFacts): TourCheck[] {
  const wasOpened = tour.opened.includes(step);
  switch (step) {
    case "tonight":
      return [{ name: "tonight_opened", isTrue: wasOpened }];
    case "hold":
      return [{ name: "somebody_held", isTrue: facts.has_held }];
    case "pay":
      return [
        { name: "payment_posted", isTrue: facts.payment_id !== null },
        { name: "line_restored", isTrue: facts.restored > 0 },
        { name: "router_enabled", isTrue: facts.restored > 0 && facts.enabled === facts.restored },
      ];
    case "mail":
      return [{ name: "mailbox_opened", isTrue: wasOpened }];
    case "unplug":
      return [
        { name: "router_unplugged", isTrue: tour.unplugged !== null },
        { name: "shown_unknown", isTrue: tour.saw_unknown || facts.is_unknown },
      ];
    case "travel":
      return [
        { name: "clock_moved", isTrue: facts.has_moved },
        { name: "cut_run_done", isTrue: facts.has_cut_run },
      ];
    case "books":
      return [
        { name: "receipt_opened", isTrue: wasOpened },
        { name: "books_balance", isTrue: facts.ledger_centavos === 0n },
      ];
  }
}

/** Does one thing with a person's tour and keeps it. A step is left behind only when everything it wants is true. */
export async function changeTour(
  context: ServiceContext,
  tenantId: string,
  staffUserId: string,
  input: { tour: Tour | null; action: TourAction },
): Promise<Tour> {
  const at = context.clock.now();
  return await withTenant(context.db, tenantId, async (trx) => {
    const tour = input.tour ?? freshTour(at);
    const facts = await readTourFacts(trx, placeOf(tour, staffUserId));
    const changed = apply(tour, input.action, { facts, at });
    await savePreference(trx, { staffUserId, name: TOUR_PREFERENCE, value: changed, at });
    return changed;
  });
}

/** Where the facts of a tour are read. */
export function placeOf(tour: Tour, staffUserId: string) {
  return { staffUserId, startedAt: Temporal.Instant.from(tour.started_at), unplugged: tour.unplugged };
}

/** A tour that begins now. */
export function freshTour(at: Temporal.Instant): Tour {
  return {
    status: "on",
    step: TOUR_STEPS[0],
    started_at: at.toString(),
    done: [],
    opened: [],
    unplugged: null,
    saw_unknown: false,
  };
}

function apply(tour: Tour, action: TourAction, now: { facts: TourFacts; at: Temporal.Instant }): Tour {
  const seen = { ...tour, saw_unknown: tour.saw_unknown || now.facts.is_unknown };
  switch (action.kind) {
    case "start":
      // Whoever starts is led to the first step's page, whoever goes on to that of the step they left.
      return opened(tour.status === "finished" ? freshTour(now.at) : seen, null);
    case "open":
      return opened(seen, action.step);
    case "leave":
      return { ...seen, status: "left" };
    case "unplugged":
      return { ...tour, unplugged: action.router };
    case "plugged":
      return seen;
    case "next":
      return goOn(seen, now.facts);
  }
}

/** On the way, and led to a step's page: the current one unless named. */
function opened(tour: Tour, step: TourStep | null): Tour {
  const current = step ?? tour.step;
  return { ...tour, status: "on", step: current, opened: [...new Set([...tour.opened, current])] };
}

function goOn(tour: Tour, facts: TourFacts): Tour {
  if (!checksOf(tour, tour.step, facts).every((check) => check.isTrue)) return tour;
  const done = [...new Set([...tour.done, tour.step])];
  const next = TOUR_STEPS.find((step) => !done.includes(step));
  if (next === undefined) return { ...tour, done, status: "finished" };
  return opened({ ...tour, done }, next);
}
