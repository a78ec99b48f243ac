import type { z } from "zod";
import type { FormView } from "@/web/app/form/form_types.ts";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { TextArea, TextField } from "@/web/components/form/TextField.tsx";
import { OUTAGE_CAUSE_MAX } from "@/web/domain/billing/limits.ts";
import { OUTAGE_KINDS, OUTAGE_SCOPES, type outageForm } from "@/web/route_table/outages.ts";
import type { OutageInput } from "@/web/services/billing/record_outage.ts";

/** What the fields are called. */
export const OUTAGE_LABELS = {
  fromOn: "outages.from_on",
  fromTime: "outages.from_time",
  toOn: "outages.to_on",
  toTime: "outages.to_time",
  cause: "outages.cause",
  kind: "outages.kind",
  scope: "outages.scope",
  site: "outages.site",
  router: "outages.router",
  names: "outages.names",
} as const;

/** A moment as the two fields of it hold it. */
export function momentFields(at: Temporal.Instant | null, zone: string): { on: string; time: string } {
  if (at === null) return { on: "", time: "" };
  const local = at.toZonedDateTimeISO(zone);
  return {
    on: local.toPlainDate().toString(),
    time: local.toPlainTime().toString({ smallestUnit: "minute" }),
  };
}

/** A local date and time as a moment. */
export function momentOf(on: Temporal.PlainDate, time: string, zone: string): Temporal.Instant {
  return on.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time.padStart(5, "0")) })
    .toInstant();
}

/** The form as the use cases take it. */
export function toOutage(form: z.infer<typeof outageForm>, zone: string): OutageInput {
  const { fromOn, fromTime, toOn, toTime, cause, kind, scope } = form;
  return {
    from: momentOf(fromOn, fromTime, zone),
    to: toOn === null || toTime === null ? null : momentOf(toOn, toTime, zone),
    cause,
    kind,
    scope,
    siteId: form.site,
    routerId: form.router,
    pppNames: form.names,
  };
}

interface OutageFieldsProps {
  view: Pick<FormView<unknown, keyof typeof OUTAGE_LABELS>, "field" | "t">;
  sites: readonly { id: string; name: string }[];
  routers: readonly { id: string; name: string }[];
}

/** When, why, and whom. */
export function OutageFields({ view: { field, t }, sites, routers }: OutageFieldsProps) {
  const named = (rows: OutageFieldsProps["sites"]) =>
    rows.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <div class="form-row">
        <DateField {...field("fromOn")} />
        <TextField {...field("fromTime")} hint={t("outages.time_hint")} width="short" />
      </div>
      <div class="form-row">
        <DateField {...field("toOn")} hint={t("outages.to_hint")} />
        <TextField {...field("toTime")} hint={t("outages.time_hint")} width="short" />
      </div>
      <TextField {...field("cause")} maxLength={OUTAGE_CAUSE_MAX} />
      <SelectField
        {...field("kind")}
        options={OUTAGE_KINDS.map((value) => ({ value, label: t(`outages.kind_${value}`) }))}
        hint={t("outages.kind_hint")}
      />
      <SelectField
        {...field("scope")}
        options={OUTAGE_SCOPES.map((value) => ({ value, label: t(`outages.scope_${value}`) }))}
      />
      <SelectField {...field("site")} prompt={t("outages.none_chosen")} options={named(sites)} />
      <SelectField {...field("router")} prompt={t("outages.none_chosen")} options={named(routers)} />
      <TextArea {...field("names")} hint={t("outages.names_hint")} rows={3} />
    </>
  );
}
