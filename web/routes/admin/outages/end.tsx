import { businessInstant, found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { endOutageForm, oneOutageQuery } from "@/web/route_table/outages.ts";
import { endOutage } from "@/web/services/billing/record_outage.ts";
import { findOutage, type OutageListRow } from "@/web/store/billing/outages.ts";
import { momentFields, momentOf, OUTAGE_LABELS } from "./(_parts)/outage_fields.tsx";

const form = define.form({
  query: oneOutageQuery,
  input: endOutageForm,
  load: async (trx, { query, moment }) => ({
    outage: query.outage === undefined ? null : found(await findOutage(trx, query.outage)),
    zone: moment.zone,
    here: businessInstant(moment),
  }),
  leave: ({ outage, here }) => isOpen(outage, here) ? null : "/admin/outages",
  hidden: ({ loaded: { outage } }) => ({ outage: found(outage).id }),
  permission: "outage:write",
  audit: "outage.ended",
  summary: "End an outage that lasts",
  title: ({ t, loaded: { outage } }) => t("outages.end_title", { cause: found(outage).cause }),
  back: ({ t }) => ({ href: "/admin/outages", label: t("outages.list") }),
  labels: { toOn: OUTAGE_LABELS.toOn, toTime: OUTAGE_LABELS.toTime },
  values: ({ here, zone }) => {
    const now = momentFields(here, zone);
    return { toOn: now.on, toTime: now.time };
  },
  fields: ({ field, t }) => (
    <div class="form-row">
      <DateField {...field("toOn")} />
      <TextField {...field("toTime")} hint={t("outages.time_hint")} width="short" />
    </div>
  ),
  verb: ({ t }) => t("outages.end"),
  submit: ({ toOn, toTime }, { call, loaded: { outage, zone } }) =>
    endOutage(...call, { id: found(outage).id, to: momentOf(toOn, toTime, zone) }),
  at: { outage_to_come: "toOn", outage_ends_before: "toOn" },
  done: () => "/admin/outages?done=ended",
});

export default form.page;
export const { handler, route } = form;

/** It lasts, or is planned to end later. */
function isOpen(outage: OutageListRow | null, now: Temporal.Instant): boolean {
  if (outage === null || outage.taken_back_at !== null) return false;
  const hasBegun = Temporal.Instant.compare(outage.from_at, now) <= 0;
  return outage.to_at === null || (hasBegun && Temporal.Instant.compare(outage.to_at, now) > 0);
}
