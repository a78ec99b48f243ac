import { page } from "fresh";
import { formatDate, localDate, localTime } from "@/shared/calendar/mod.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf, HiddenFields } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { SelectField } from "@/web/components/SelectField.tsx";
import { regionForm, regionQuery } from "@/web/route_table/settings.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { isTimeZone, saveTimeZone } from "@/web/services/settings/save_time_zone.ts";
import { lastSave } from "@/web/store/settings/settings.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { actorOf, may, momentOf } from "@/web/app/page_context.ts";
import { sayProblems } from "@/web/app/say.ts";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface RegionData {
  zone: string;
  /** Chosen and not saved: its effect is shown first. */
  isReview: boolean;
  problems: Record<string, string>;
  done: string | undefined;
}

export default define.page<typeof handler>(function RegionPage({ data, state }) {
  const { t } = state;
  const { tenant, zone } = momentOf(state);
  return (
    <SettingsFrame
      section="region"
      state={state}
      done={data.done}
      save={lastSave(tenant, "region")}
      zone={zone}
    >
      <Card title={t("settings.time_zone")}>
        <div class="stack">
          <FactList
            facts={[{
              label: t("settings.time_zone_now"),
              value: `${zone}, ${momentIn(state, tenant, zone)}`,
            }]}
          />
          {data.isReview && <ZoneReview zone={data.zone} state={state} tenant={tenant} />}
          {!data.isReview && may(state, "settings:write") && <ZoneForm data={data} state={state} />}
        </div>
      </Card>
      <Card title={t("settings.language")}>
        <p>
          {t("settings.language_note")} <a href="/admin/settings/me">{t("settings.section_me")}</a>
        </p>
      </Card>
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "settings:read", input: regionQuery, summary: "Time zone" },
  POST: {
    audience: "staff",
    permission: "settings:write",
    input: regionForm,
    audit: "settings.region_saved",
    summary: "Save the time zone",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const { state } = ctx;
    state.title = state.t("settings.section_region");
    const { timeZone, done } = readInput(state, regionQuery);
    const { zone: saved } = momentOf(state);
    const isNew = timeZone !== undefined && timeZone !== saved && isTimeZone(timeZone);
    const isReview = isNew && may(state, "settings:write");
    return page<RegionData>({ zone: timeZone ?? saved, isReview, problems: {}, done });
  },
  async POST(ctx) {
    const { state } = ctx;
    state.title = state.t("settings.section_region");
    const refuse = (problems: Record<string, string>, status: 409 | 422) =>
      page<RegionData>({
        zone: momentOf(state).zone,
        isReview: false,
        problems: sayProblems(state.t, problems),
        done: undefined,
      }, { status });
    if (state.inputProblems !== null) return refuse(state.inputProblems, 422);
    const form = readInput(state, regionForm);
    const result = await saveTimeZone(state.services, requireSession(state).tenantId, actorOf(state), form);
    if (result.ok) return ctx.redirect("/admin/settings/region?done=saved", 303);
    if (result.code === "zone_unknown") return refuse({ timeZone: state.t("settings.error_choice") }, 422);
    const name = lastSave(momentOf(state).tenant, "region")?.by ?? "";
    return refuse({ "": state.t("settings.changed_meanwhile", { name }) }, 409);
  },
});

function ZoneForm({ data, state }: { data: RegionData; state: AppState }) {
  const { t } = state;
  return (
    <form class="form" method="get" action="/admin/settings/region">
      <ErrorSummary errors={data.problems} title={t("settings.check_fields")} />
      <SelectField
        name="timeZone"
        label={t("settings.time_zone")}
        options={zones().map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
        value={data.zone}
        error={data.problems.timeZone}
        hint={t("settings.time_zone_hint")}
        width="medium"
        required
      />
      <div class="form-actions">
        <Button kind="primary">{t("settings.review")}</Button>
      </div>
    </form>
  );
}

function ZoneReview({ zone, state, tenant }: { zone: string; state: AppState; tenant: TenantRow }) {
  const { t } = state;
  const cut = tenant.cut_time.slice(0, 5);
  const values = { zone, moment: momentIn(state, tenant, zone), cut, before: cutIn(state, tenant, zone) };
  return (
    <>
      <Banner tone="info">{t("settings.zone_effect", values)}</Banner>
      <form class="form-actions" method="post" action="/admin/settings/region">
        <Csrf token={state.csrfToken} />
        <HiddenFields
          values={{ timeZone: zone, revision: String(lastSave(tenant, "region")?.revision ?? 0) }}
        />
        <Button kind="primary">{t("settings.save_zone", { zone })}</Button>
        <LinkButton href="/admin/settings/region">{t("settings.start_over")}</LinkButton>
      </form>
    </>
  );
}

/** Business date and time as a zone has them. */
function momentIn(state: AppState, tenant: TenantRow, zone: string): string {
  const { instant } = businessNow(tenant, state.services.clock);
  return `${formatDate(localDate(instant, zone), state.locale)}, ${hour(localTime(instant, zone))}`;
}

/** The cut hour of a zone on the clock of the saved one. */
function cutIn(state: AppState, tenant: TenantRow, zone: string): string {
  const { instant } = businessNow(tenant, state.services.clock);
  const at = localDate(instant, zone).toZonedDateTime({ timeZone: zone, plainTime: tenant.cut_time })
    .toInstant();
  return hour(localTime(at, tenant.time_zone));
}

function hour(time: Temporal.PlainTime): string {
  return time.toString({ smallestUnit: "minute" });
}

/** Philippine zones first, then all others. */
function zones(): string[] {
  const all = Intl.supportedValuesOf("timeZone");
  return ["Asia/Manila", ...all.filter((zone) => zone !== "Asia/Manila")];
}
