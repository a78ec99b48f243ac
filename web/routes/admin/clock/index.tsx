import { ok } from "@/shared/result.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { address, may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { formatInstant } from "@/web/format.ts";
import { clockForm, clockQuery } from "@/web/route_table/clock.ts";
import { confirmClock } from "@/web/services/billing/watch_clock.ts";
import { listStaffWith } from "@/web/store/access/staff.ts";
import { type ClockWatchRow, findClockWatch } from "@/web/store/billing/clock_watch.ts";
import { type KeptConnection, listKeptFromFuture } from "@/web/store/billing/future_kept.ts";
import { type FutureFigures, readFuture } from "@/web/store/billing/future.ts";

interface ClockData {
  watch: ClockWatchRow | null;
  future: FutureFigures;
  /** What is left as a wrong clock has made it. */
  kept: KeptConnection[];
  moment: PageMoment;
}

const form = define.form({
  query: clockQuery,
  input: clockForm,
  load: async (trx, { moment, query }) => ({
    watch: await findClockWatch(trx),
    future: await readFuture(trx, moment),
    kept: await listKeptFromFuture(trx, moment.now),
    // Who can answer, for those who cannot.
    answerers: await listStaffWith(trx, "clock:confirm"),
    query,
    moment,
  }),
  permission: "clock:confirm",
  readers: {
    permission: "today:read",
    summary: "What the server's clock says, and what a wrong one has made",
  },
  audit: "clock.confirmed",
  summary: "Confirm that the server's clock is right",
  refused: "clock.nothing_done",
  title: ({ t }) => t("clock.title"),
  back: ({ t }) => ({ href: "/admin", label: t("today.title") }),
  lead: ({ t, loaded }) => t(isDoubted(loaded) ? "clock.lead_stopped" : "clock.lead_going"),
  fields: ({ loaded, state }) => <ConfirmClock data={loaded} state={state} />,
  verb: ({ t }) => t("clock.confirm_verb"),
  page: ({ t, state, loaded }, parts) => {
    const { future, answerers, query } = loaded;
    const can = may(state, "clock:confirm");
    const asks = isDoubted(loaded) || future.untilOn !== null;
    return (
      <>
        {parts.header}
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
        {parts.summary}
        <Facts data={loaded} />
        {loaded.kept.length > 0 && <Kept kept={loaded.kept} />}
        {isDoubted(loaded) && can && parts.fields}
        {!isDoubted(loaded) && future.untilOn !== null && can && <TakeBack data={loaded} state={state} />}
        {asks && !can && (
          <Banner tone="warn" title={t("clock.not_you")}>
            {answerers.length > 0 && t("clock.who", { names: answerers.join(", ") })}
          </Banner>
        )}
      </>
    );
  },
  submit: async ({ said }, { call, state }) => {
    if (said === null) return { problems: { "": state.t("clock.look_again") } };
    const done = await confirmClock(...call, { saidAt: said });
    // Somebody else was faster, or it is back: what was wanted is so.
    return !done.ok && done.code === "clock_not_doubted" ? ok(null) : done;
  },
  done: () => address("/admin/clock", { done: "confirmed" }),
});

export default form.page;
export const { handler, route } = form;

function isDoubted({ watch }: Pick<ClockData, "watch">): boolean {
  return watch !== null && watch.doubt !== null;
}

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
      { label: t("clock.future_memos"), value: String(future.memos) },
      { label: t("clock.future_cut"), value: t("clock.connections", { n: future.cut }) },
    );
  }
  return (
    <Card title={t("clock.as_it_is")}>
      <FactList facts={facts} />
    </Card>
  );
}

function Kept({ kept }: Pick<ClockData, "kept">) {
  const t = useT();
  return (
    <Card title={t("clock.kept_title")}>
      <p>{t("clock.kept_note")}</p>
      <ul>
        {kept.map((row) => (
          <li key={row.subscription_id}>
            <a href={`/admin/subscribers/${row.subscriber_id}`}>{row.subscriber_name}</a>{" "}
            <CodeText>{row.ppp_name}</CodeText>
          </li>
        ))}
      </ul>
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
