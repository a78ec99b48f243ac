import { z } from "zod";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { oneConnectionForm } from "@/web/route_table/new_subscribers.ts";
import { agreeRules, ownRulesVersion } from "@/web/services/billing/agree_rules.ts";
import { rulesOf, toOwnRules } from "@/web/services/billing/rule_levels.ts";
import {
  OWN_RULES_LABELS,
  OwnRulesFields,
  ownRulesInput,
  ownRulesValues,
} from "../../(_rules)/rule_fields.tsx";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";
import { planRulesOf } from "../(_parts)/plan_rules.ts";

const form = define.form({
  ...connectionPage,
  input: z.object({ ...oneConnectionForm.shape, ...ownRulesInput }),
  permission: "subscriber:write",
  audit: "subscription.rules_agreed",
  summary: "Days to pay, grace and first bill of one connection",
  title: ({ t, loaded: { connection } }) => t("subscribers.rules_title", { ppp: connection.ppp_name }),
  windowTitle: ({ t }) => t("subscribers.rules"),
  lead: ({ loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
    </>
  ),
  labels: OWN_RULES_LABELS,
  values: ({ connection }) => ownRulesValues(toOwnRules(connection)),
  edits: {
    subject: ({ connection }) => connection.id,
    version: ({ connection }) => ownRulesVersion(connection),
  },
  fields: (view) => (
    <>
      <p>{view.t("subscribers.rules_lead")}</p>
      <OwnRulesFields
        view={view}
        above={rulesOf(view.moment.tenant, planRulesOf(view.loaded.connection))}
      />
    </>
  ),
  verb: ({ t }) => t("subscribers.rules_save"),
  submit: ({ connection: _same, ...rules }, { call, seen, loaded }) =>
    agreeRules(...call, { subscriptionId: loaded.connection.id, rules, seen }),
  done: (_value, { loaded }) => subscriberPath(loaded, "rules"),
});

export default form.page;
export const { handler, route } = form;
