import { uuidv7 } from "@/shared/ids.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { newOutageQuery, recordOutageForm } from "@/web/route_table/outages.ts";
import { recordOutage } from "@/web/services/billing/record_outage.ts";
import { listRouters } from "@/web/store/network/routers.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import { isShortNotice } from "./(_parts)/outage_words.ts";
import { momentFields, OUTAGE_LABELS, OutageFields, toOutage } from "./(_parts)/outage_fields.tsx";

const form = define.form({
  query: newOutageQuery,
  input: recordOutageForm,
  load: async (trx, { moment }) => ({
    key: uuidv7(moment.now.epochMilliseconds),
    zone: moment.zone,
    sites: await listSiteOverview(trx),
    routers: await listRouters(trx),
  }),
  permission: "outage:write",
  audit: "outage.recorded",
  summary: "Record an outage",
  title: ({ t }) => t("outages.record"),
  back: ({ t }) => ({ href: "/admin/outages", label: t("outages.list") }),
  labels: OUTAGE_LABELS,
  values: ({ key, zone }, { query: { router, since } }) => {
    const from = momentFields(sinceOf(since), zone);
    return {
      key,
      fromOn: from.on,
      fromTime: from.time,
      kind: "fault",
      scope: router === undefined ? "company" : "router",
      router: router ?? "",
    };
  },
  hidden: ({ many }) => ({ key: many("key")[0] ?? "" }),
  fields: (view) => <OutageFields view={view} sites={view.loaded.sites} routers={view.loaded.routers} />,
  verb: ({ t }) => t("outages.record_verb"),
  submit: ({ key, ...input }, { call, loaded: { zone } }) =>
    recordOutage(...call, { id: key, ...toOutage(input, zone) }),
  done: ({ noticeDays: days }) =>
    days === null
      ? "/admin/outages?done=recorded"
      : address("/admin/outages", { done: isShortNotice(days) ? "late" : "announced", days: String(days) }),
});

export default form.page;
export const { handler, route } = form;

function sinceOf(text: string | undefined): Temporal.Instant | null {
  try {
    return text === undefined ? null : Temporal.Instant.from(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
