import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { oneOutageQuery, takeOutageBackForm } from "@/web/route_table/outages.ts";
import { takeOutageBack } from "@/web/services/billing/record_outage.ts";
import { findOutage } from "@/web/store/billing/outages.ts";

const question = define.question({
  query: oneOutageQuery,
  input: takeOutageBackForm,
  load: async (trx, { query }) =>
    query.outage === undefined ? null : found(await findOutage(trx, query.outage)),
  leave: (outage) => outage?.taken_back_at === null ? null : "/admin/outages",
  hidden: ({ loaded: outage }) => ({ outage: found(outage).id }),
  permission: "outage:write",
  audit: "outage.taken_back",
  summary: "Take an outage back that did not happen so",
  title: ({ t }) => t("outages.take_back"),
  back: ({ t }) => ({ href: "/admin/outages", label: t("outages.list") }),
  question: ({ t, loaded: outage }) =>
    t("outages.take_back_question", { cause: found(outage).cause, n: found(outage).connections }),
  tone: "danger",
  effect: ({ t, loaded: outage }) =>
    t(found(outage).is_credited ? "outages.take_back_credited" : "outages.take_back_effect"),
  verb: ({ t }) => t("outages.take_back"),
  labels: { reason: "tables.reason" },
  children: ({ field }) => <TextField {...field("reason")} autofocus />,
  submit: ({ reason }, { call, loaded: outage }) => takeOutageBack(...call, { id: found(outage).id, reason }),
  done: () => "/admin/outages?done=taken_back",
});

export default question.page;
export const { handler, route } = question;
