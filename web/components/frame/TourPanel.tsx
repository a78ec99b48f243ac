import type { ComponentChildren } from "preact";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { useT } from "@/web/components/i18n.ts";
import { LiveRegion } from "./LiveRegion.tsx";

/** A step of the tour with its words. */
export interface TourStepView {
  name: string;
  title: string;
  text: string;
  state: "done" | "current" | "todo";
  /** Which of the things it wants are done. */
  checks: readonly { name: string; text: string; isTrue: boolean }[];
}

/** The tour as a person sees it now. */
export interface TourView {
  status: "offered" | "on" | "left" | "finished";
  steps: readonly TourStepView[];
  /** Path of the page where the current step is done. */
  href: string;
  /** What the current step points at on that page. */
  selector: string;
}

interface TourPanelProps {
  tour: TourView;
  csrfToken: string;
  /** Page to come back to. */
  back: string;
  /** The island that points at what the step is about. */
  pointer?: ComponentChildren;
}

/** The current step above the page: it stands in the page's flow, so it covers nothing. */
export function TourPanel({ tour, csrfToken, back, pointer }: TourPanelProps) {
  const t = useT();
  if (tour.status === "left" || tour.status === "finished") return null;
  const act = (action: string, values: Record<string, string> = {}) => ({
    action: "/admin/demo/tour",
    csrfToken,
    values: { action, back, ...values },
    small: true,
  });
  if (tour.status === "offered") {
    return (
      <section class="tour" aria-label={t("tour.tour")}>
        <p>
          <strong>{t("tour.offer_title")}</strong> {t("tour.offer")}
        </p>
        <div class="cluster">
          <ActionForm {...act("start")} kind="primary">{t("tour.start")}</ActionForm>
          <ActionForm {...act("leave")} kind="quiet">{t("tour.not_now")}</ActionForm>
        </div>
      </section>
    );
  }
  const number = tour.steps.findIndex((step) => step.state === "current") + 1;
  const step = tour.steps[number - 1];
  if (step === undefined) return null;
  const isThere = back.split("?")[0] === tour.href.split("?")[0];
  const isDone = step.checks.every((check) => check.isTrue);
  return (
    <section class="tour" aria-label={t("tour.tour")}>
      <LiveRegion id="demo-tour">
        <p>
          <strong>{t("tour.step", { number, total: tour.steps.length, title: step.title })}</strong>{" "}
          {step.text}
        </p>
        <TourChecks step={step} />
        <div class="cluster">
          {!isThere && (
            <ActionForm {...act("open", { step: step.name })} kind={isDone ? "default" : "primary"}>
              {t("tour.show_me")}
            </ActionForm>
          )}
          <ActionForm {...act("next")} kind={isDone ? "primary" : "default"}>
            {isDone ? t(number === tour.steps.length ? "tour.finish" : "tour.next") : t("tour.check")}
          </ActionForm>
          <ActionForm {...act("leave")} kind="quiet">{t("tour.leave")}</ActionForm>
        </div>
      </LiveRegion>
      {isThere && pointer}
    </section>
  );
}

/** What a step wants, ticked off by what the books and the routers say. */
export function TourChecks({ step }: { step: TourStepView }) {
  const t = useT();
  return (
    <ul class="tour-checks">
      {step.checks.map((check) => (
        <li class={check.isTrue ? "text-ok" : undefined}>
          <Icon name={check.isTrue ? "check" : "clock"} />
          {check.text}
          <span class="sr-only">{`, ${t(check.isTrue ? "tour.done" : "tour.open")}`}</span>
        </li>
      ))}
    </ul>
  );
}
