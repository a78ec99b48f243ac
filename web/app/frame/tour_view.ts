import type { TourView } from "@/web/components/frame/TourPanel.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { checksOf, type Tour, TOUR_STEPS, type TourStep } from "@/web/services/demo/demo_tour.ts";
import type { TourFacts } from "@/web/store/demo/tour_facts.ts";

interface TourNow {
  tour: Tour | null;
  /** Null while nobody is on the tour. */
  facts: TourFacts | null;
  isOffered: boolean;
}

/** The tour in words, with what is done and where the current step leads. */
export function viewTour(t: Translate, { tour, facts, isOffered }: TourNow): TourView {
  const step = tour?.step ?? TOUR_STEPS[0];
  const values = {
    listed: facts?.listed ?? 0,
    known: facts?.cut_name ? 1 : 0,
    name: facts?.cut_name ?? "",
    router: tour?.unplugged ?? "",
    entries: facts?.ledger_entries ?? 0,
  };
  return {
    status: tour?.status ?? (isOffered ? "offered" : "left"),
    steps: TOUR_STEPS.map((name) => ({
      name,
      title: t(`tour.title_${name}`),
      text: t(`tour.text_${name}`, values),
      state: tour?.done.includes(name) ? "done" : name === step && tour !== null ? "current" : "todo",
      checks: tour === null || facts === null ? [] : checksOf(tour, name, facts).map((check) => ({
        ...check,
        text: t(`tour.check_${check.name}`, values),
      })),
    })),
    ...placeOfStep(step, facts),
  };
}

/** Page of a step, and what it points at there. */
export function placeOfStep(step: TourStep, facts: TourFacts | null): { href: string; selector: string } {
  switch (step) {
    case "tonight":
      return { href: "/admin/tonight", selector: ".table tbody tr" };
    case "hold":
      return { href: "/admin/tonight", selector: ".table details.menu > summary" };
    case "pay":
      return !facts?.cut_subscriber_id
        ? { href: "/admin/subscribers?service=disconnected", selector: ".table tbody tr" }
        : {
          href: `/admin/payments/new?subscriber=${facts.cut_subscriber_id}`,
          selector: "main form .button-primary",
        };
    case "mail":
      return { href: "/admin/demo/mailbox", selector: ".phone, .mailbox .empty" };
    case "unplug":
      return { href: "/admin/demo", selector: 'form[action="/admin/demo/router"] button' };
    case "travel":
      return { href: "/admin/tonight", selector: '.demo-moves form:has([value="cut_run"]) button' };
    case "books":
      return !facts?.payment_id
        ? { href: "/admin/payments", selector: ".table tbody tr" }
        : { href: `/admin/payments/${facts.payment_id}`, selector: ".receipt" };
  }
}
