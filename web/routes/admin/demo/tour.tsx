import { ok } from "@/shared/result.ts";
import { refused } from "@/web/app/errors/refused.ts";
import { page } from "fresh";
import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { placeOfStep, viewTour } from "@/web/app/frame/tour_view.ts";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CopyBlock } from "@/web/components/facts/CopyBlock.tsx";
import { useT } from "@/web/components/i18n.ts";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { TourChecks, type TourStepView, type TourView } from "@/web/components/frame/TourPanel.tsx";
import { tourForm } from "@/web/route_table/demo.ts";
import { changeTour, freshTour, parseTour, placeOf, type TourAction } from "@/web/services/demo/demo_tour.ts";
import { readTourFacts } from "@/web/store/demo/tour_facts.ts";
import { found, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PATH = "/admin/demo/tour";

export default define.page<typeof handler>(function TourPage({ data: { tour }, state }) {
  const t = useT();
  const isOver = tour.status === "finished";
  const label = isOver ? "tour.again" : tour.status === "left" ? "tour.resume" : "tour.start";
  return (
    <>
      <PageHeader
        title={t("tour.tour")}
        lead={isOver ? t("tour.finished") : t("tour.page_lead")}
        actions={tour.status !== "on" && (
          <ActionForm
            action={PATH}
            csrfToken={state.csrfToken}
            values={{ action: "start" }}
            kind={isOver ? "default" : "primary"}
          >
            {t(label)}
          </ActionForm>
        )}
      />
      <LiveRegion id="tour-steps">
        <ol class="stack">
          {tour.steps.map((step, index) => (
            <li>
              <StepCard step={step} number={index + 1} csrfToken={state.csrfToken} />
            </li>
          ))}
        </ol>
      </LiveRegion>
      <Card title={t("tour.own_title")}>
        <div class="stack">
          <p>{t("tour.own_text")}</p>
          <CopyBlock text="npx -y deno@2.9.6 task start" label={t("tour.own_title")} />
          <p class="note">{t("tour.own_import")}</p>
        </div>
      </Card>
    </>
  );
});

function StepCard({ step, number, csrfToken }: { step: TourStepView; number: number; csrfToken: string }) {
  const t = useT();
  return (
    <Card
      title={`${number}. ${step.title}`}
      aside={step.state === "done" ? <Pill tone="ok">{t("tour.done")}</Pill> : undefined}
      foot={step.name === "pay" && step.state === "done"
        ? undefined
        : (
          <ActionForm action={PATH} csrfToken={csrfToken} values={{ action: "open", step: step.name }} small>
            {t("tour.go_there")}
            <span class="sr-only">{`: ${step.title}`}</span>
          </ActionForm>
        )}
    >
      <div class="stack">
        <p>{step.text}</p>
        <TourChecks step={step} />
      </div>
    </Card>
  );
}

const steps = define.action({
  input: tourForm,
  permission: "demo:control",
  summary: "Start, go on with or leave the tour",
  submit: async ({ action, step }, { state, call: [services, tenantId] }) => {
    found(state.demo);
    const { staffUserId, preferences } = requireSession(state);
    const before = parseTour(preferences);
    const change = { tour: before, action: actionOf(action, step) };
    return ok({ before, after: await changeTour(services, tenantId, staffUserId, change) });
  },
  done: async ({ before, after }, { input: { action, back }, state }) => {
    if (action === "leave") return back;
    if (after.status === "finished") return PATH;
    const hasMoved = action === "start" || action === "open" || after.step !== before?.step;
    if (!hasMoved) return back;
    const { staffUserId } = requireSession(state);
    const facts = await readPage(state, (trx) => readTourFacts(trx, placeOf(after, staffUserId)));
    return placeOfStep(after.step, facts).href;
  },
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "demo:control",
    summary: "The tour's steps and how far they are",
  },
  ...steps.route,
};

export const handler = define.handlers({
  async GET(ctx) {
    found(ctx.state.demo);
    const { t, services } = ctx.state;
    ctx.state.title = t("tour.tour");
    ctx.state.live = ["money", "tonight", "network"];
    const { preferences, staffUserId } = requireSession(ctx.state);
    const tour = parseTour(preferences);
    const place = placeOf(tour ?? freshTour(services.clock.now()), staffUserId);
    const facts = await readPage(ctx.state, (trx) => readTourFacts(trx, place));
    const view: TourView = viewTour(t, { tour, facts, isOffered: true });
    return page({ tour: view });
  },
  ...steps.handler,
});

function actionOf(
  action: "start" | "open" | "next" | "leave",
  step: Extract<TourAction, { kind: "open" }>["step"] | undefined,
): TourAction {
  if (action !== "open") return { kind: action };
  if (step === undefined) throw refused("step_missing");
  return { kind: "open", step };
}
