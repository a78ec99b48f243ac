import { formatDate, localDate, localTime } from "@/shared/calendar/mod.ts";
import type { FormParts } from "@/web/app/form/define_form.tsx";
import type { FieldOf, FormView } from "@/web/app/form/form_types.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { regionForm, regionQuery } from "@/web/route_table/settings.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { isTimeZone, saveTimeZone } from "@/web/services/settings/save_time_zone.ts";
import { lastSave } from "@/web/store/settings/settings.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";

interface Region {
  tenant: TenantRow;
  /** Chosen and not saved: its effect is shown first. */
  isReview: boolean;
  done: string | undefined;
}

type RegionView = FormView<Region, FieldOf<typeof regionForm>>;

const form = define.form({
  query: regionQuery,
  input: regionForm,
  load: async (trx, { state, query: { timeZone = "", done }, isSent }) => {
    const tenant = await getTenant(trx);
    const isNew = timeZone !== tenant.time_zone && isTimeZone(timeZone);
    return { tenant, isReview: isNew && !isSent && may(state, "settings:write"), done };
  },
  permission: "settings:write",
  readers: { permission: "settings:read", summary: "Time zone" },
  audit: "settings.region_saved",
  summary: "Save the time zone",
  refused: "settings.check_fields",
  title: ({ t }) => t("settings.section_region"),
  labels: { timeZone: "settings.time_zone" },
  values: ({ tenant }, { query }) => ({ timeZone: query.timeZone ?? tenant.time_zone }),
  edits: {
    subject: ({ tenant }) => tenant.id,
    version: ({ tenant }) => revisionOf(tenant),
    row: ({ tenant }) => ({ timeZone: tenant.time_zone, revision: revisionOf(tenant) }),
    saved: ({ tenant }) => lastSave(tenant, "region"),
  },
  hidden: ({ loaded, field }) => ({
    timeZone: field("timeZone").value,
    revision: revisionOf(loaded.tenant),
  }),
  fields: ({ field, t }) => (
    <SelectField
      {...field("timeZone")}
      options={zones().map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
      hint={t("settings.time_zone_hint")}
      width="medium"
      required
    />
  ),
  verb: ({ t }) => t("settings.review"),
  page: (view, parts) => {
    const { t, state, loaded: { tenant, isReview, done } } = view;
    const zone = tenant.time_zone;
    return (
      <SettingsFrame
        section="region"
        state={state}
        done={done}
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
            {isReview && <ZoneReview view={view} parts={parts} />}
            {!isReview && may(state, "settings:write") && (
              <form class="form" method="get" action="/admin/settings/region">
                {parts.summary}
                {parts.fields}
                <div class="form-actions">
                  <Button kind="primary">{t("settings.review")}</Button>
                </div>
              </form>
            )}
          </div>
        </Card>
        <Card title={t("settings.language")}>
          <p>
            {t("settings.language_note")} <a href="/admin/settings/me">{t("settings.section_me")}</a>
          </p>
        </Card>
      </SettingsFrame>
    );
  },
  submit: (input, { call }) => saveTimeZone(...call, input),
  done: () => "/admin/settings/region?done=saved",
});

export default form.page;
export const { handler, route } = form;

function ZoneReview({ view, parts }: { view: RegionView; parts: FormParts }) {
  const { t, state, loaded: { tenant } } = view;
  const zone = view.field("timeZone").value;
  const cut = tenant.cut_time.slice(0, 5);
  const values = { zone, moment: momentIn(state, tenant, zone), cut, before: cutIn(state, tenant, zone) };
  return (
    <>
      <Banner tone="info">{t("settings.zone_effect", values)}</Banner>
      <form class="form-actions" {...parts.attributes}>
        {parts.start}
        <Button kind="primary">{t("settings.save_zone", { zone })}</Button>
        <LinkButton href="/admin/settings/region">{t("settings.start_over")}</LinkButton>
      </form>
    </>
  );
}

function revisionOf(tenant: TenantRow): string {
  return String(lastSave(tenant, "region")?.revision ?? 0);
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
