import { page } from "fresh";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { actorOf, address, may, momentOf, type PageMoment, readPage } from "@/web/app/page_context.ts";
import { refusalText } from "@/web/app/refusal_text.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { requireSession } from "@/web/app/input.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { Card } from "@/web/components/Card.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { useT } from "@/web/components/i18n.ts";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { formatDate } from "@/shared/calendar/mod.ts";
import { formatInstant } from "@/web/format.ts";
import { clockForm, clockQuery } from "@/web/route_table/clock.ts";
import { confirmClock } from "@/web/services/billing/watch_clock.ts";
import { listStaffWith } from "@/web/store/access/staff.ts";
import { type ClockWatchRow, findClockWatch } from "@/web/store/billing/clock_watch.ts";
import { type FutureFigures, readFuture } from "@/web/store/billing/future.ts";

interface ClockData {
  watch: ClockWatchRow | null;
  future: FutureFigures;
  moment: PageMoment;
  /** Who can answer, for those who cannot. */
  answerers: readonly string[];
  query: { done?: string | undefined; bills?: string | undefined; restored?: string | undefined };
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ClockPage({ data, state }) {
  const { watch, future, problems, answerers, query } = data;
  const { t } = state;
  const can = may(state, "clock:confirm");
  const isDoubted = watch !== null && watch.doubt !== null;
  const asks = isDoubted || future.untilOn !== null;
  return (
    <>
      <PageHeader
        title={t("clock.title")}
        back={{ href: "/admin", label: t("today.title") }}
        lead={t(isDoubted ? "clock.lead_stopped" : "clock.lead_going")}
      />
      <Flash
        done={query.done}
        messages={{
          confirmed: t("clock.done_confirmed"),
          taken_back: t("clock.done_taken_back", {
            bills: Number(query.bills ?? 0),
            restored: Number(query.restored ?? 0),
          }),
        }}
      />
      <ErrorSummary errors={problems} title={t("clock.nothing_done")} />
      <Facts data={data} />
      {isDoubted && can && <ConfirmClock data={data} state={state} />}
      {!isDoubted && future.untilOn !== null && can && <TakeBack data={data} state={state} />}
      {asks && !can && (
        <Banner tone="warn" title={t("clock.not_you")}>
          {answerers.length > 0 && t("clock.who", { names: answerers.join(", ") })}
        </Banner>
      )}
    </>
  );
});

function Facts({ data: { watch, future, moment } }: { data: ClockData }) {
  const t = useT();
  const at = (instant: Temporal.Instant) => formatInstant(instant, moment.zone, t);
  const facts = [{ label: t("clock.says"), value: at(moment.now) }];
  if (watch !== null && watch.doubt !== null) {
    const label = t(watch.doubt === "jump" ? "clock.should_say" : "clock.last_ran");
    facts.push({ label, value: at(watch.seen_at) });
  }
  if (future.untilOn !== null) {
    facts.push(
      { label: t("clock.future_days"), value: t("clock.days", { n: future.days }) },
      { label: t("clock.future_until"), value: formatDate(future.untilOn, t.locale) },
      { label: t("clock.future_bills"), value: t("clock.bills", { n: future.bills }) },
      { label: t("clock.future_billed"), value: formatPeso(centavos(future.billedCentavos)) },
      { label: t("clock.future_cut"), value: t("clock.connections", { n: future.cut }) },
    );
  }
  return (
    <Card title={t("clock.as_it_is")}>
      <FactList facts={facts} />
    </Card>
  );
}

function ConfirmClock({ data: { watch, moment }, state }: { data: ClockData; state: AppState }) {
  const { t } = state;
  const says = formatInstant(moment.now, moment.zone, t);
  return (
    <ConfirmPanel
      title={t("clock.confirm_question", { says })}
      effect={t(watch?.doubt === "gap" ? "clock.confirm_effect_gap" : "clock.confirm_effect")}
      tone="danger"
      verb={t("clock.confirm_verb")}
      action="/admin/clock"
      csrfToken={state.csrfToken}
      values={{ said: moment.now.toString() }}
      cancelHref="/admin"
    >
      <p class="note">{t("clock.confirm_note")}</p>
    </ConfirmPanel>
  );
}

function TakeBack({ data: { future }, state }: { data: ClockData; state: AppState }) {
  const { t } = state;
  const bills = t("clock.bills", { n: future.bills });
  return (
    <ConfirmPanel
      title={t("clock.back_question", { bills, days: t("clock.days", { n: future.days }) })}
      effect={t("clock.back_effect", { restored: future.cut })}
      tone="danger"
      verb={t("clock.back_verb", { bills })}
      action="/admin/clock/take-back"
      csrfToken={state.csrfToken}
      cancelHref="/admin"
    >
      <p class="note">{t("clock.back_note")}</p>
    </ConfirmPanel>
  );
}

/** The page as it stands, also with what is wrong. */
export async function readClockPage(
  state: AppState,
  rest: Pick<ClockData, "query" | "problems">,
): Promise<ClockData> {
  state.title = state.t("clock.title");
  const moment = momentOf(state);
  const read = await readPage(state, async (trx) => ({
    watch: await findClockWatch(trx),
    future: await readFuture(trx, moment),
    answerers: await listStaffWith(trx, "clock:confirm"),
  }));
  return { ...read, moment, ...rest };
}

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "today:read",
    input: clockQuery,
    summary: "What the server's clock says, and what a wrong one has made",
  },
  POST: {
    audience: "staff",
    permission: "clock:confirm",
    input: clockForm,
    audit: "clock.confirmed",
    summary: "Confirm that the server's clock is right",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    return page(await readClockPage(ctx.state, { query: readInput(ctx.state, clockQuery), problems: {} }));
  },
  async POST(ctx) {
    const refuse = async (message: string) =>
      page(await readClockPage(ctx.state, { query: {}, problems: { "": message } }), { status: 422 });
    if (ctx.state.inputProblems !== null) return await refuse(ctx.state.t("clock.look_again"));
    const { said } = readInput(ctx.state, clockForm);
    const { tenantId } = requireSession(ctx.state);
    const done = await confirmClock(ctx.state.services, tenantId, actorOf(ctx.state), { saidAt: said });
    // Somebody else was faster, or it is back: what was wanted is so.
    if (!done.ok && done.code !== "clock_not_doubted") return await refuse(refusalText(ctx.state, done));
    return ctx.redirect(address("/admin/clock", { done: "confirmed" }), 303);
  },
});
