import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { correctOutageForm, oneOutageQuery } from "@/web/route_table/outages.ts";
import { correctOutage, outageVersion } from "@/web/services/billing/record_outage.ts";
import { findOutage } from "@/web/store/billing/outages.ts";
import { listRouters } from "@/web/store/network/routers.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import { momentFields, OUTAGE_LABELS, OutageFields, toOutage } from "./(_parts)/outage_fields.tsx";

const form = define.form({
  query: oneOutageQuery,
  input: correctOutageForm,
  load: async (trx, { query, moment }) => ({
    outage: query.outage === undefined ? null : found(await findOutage(trx, query.outage)),
    zone: moment.zone,
    sites: await listSiteOverview(trx),
    routers: await listRouters(trx),
  }),
  leave: ({ outage }) => outage?.taken_back_at === null ? null : "/admin/outages",
  hidden: ({ loaded: { outage } }) => ({ outage: found(outage).id }),
  permission: "outage:write",
  audit: "outage.corrected",
  summary: "Correct an outage that nothing was credited for",
  title: ({ t }) => t("outages.edit_title"),
  back: ({ t }) => ({ href: "/admin/outages", label: t("outages.list") }),
  labels: OUTAGE_LABELS,
  values: ({ outage: chosen, zone }) => {
    const outage = found(chosen);
    const [from, to] = [momentFields(outage.from_at, zone), momentFields(outage.to_at, zone)];
    return {
      fromOn: from.on,
      fromTime: from.time,
      toOn: to.on,
      toTime: to.time,
      cause: outage.cause,
      kind: outage.kind,
      scope: outage.scope,
      site: outage.site_id ?? "",
      router: outage.router_id ?? "",
      names: outage.ppp_names?.join("\n") ?? "",
    };
  },
  edits: { subject: ({ outage }) => found(outage).id, version: ({ outage }) => outageVersion(found(outage)) },
  fields: (view) => <OutageFields view={view} sites={view.loaded.sites} routers={view.loaded.routers} />,
  verb: ({ t }) => t("outages.edit_verb"),
  submit: (input, { call, seen, loaded: { outage, zone } }) =>
    correctOutage(...call, { id: found(outage).id, seen, ...toOutage(input, zone) }),
  done: () => "/admin/outages?done=corrected",
});

export default form.page;
export const { handler, route } = form;
