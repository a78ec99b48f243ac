import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { SelectField } from "@/web/components/SelectField.tsx";
import { bulkChangePlan } from "@/web/services/billing/bulk_plan.ts";
import { listPlans } from "@/web/store/billing/plans.ts";
import { actorOf } from "@/web/app/page_context.ts";
import { BulkPage } from "./(_parts)/BulkPage.tsx";
import { bulkHandlers } from "./(_parts)/handle.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { bulkForm } from "@/web/route_table/bulk.ts";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export default define.page<typeof handler>(function BulkPlanPage({ data, state }) {
  const { t } = state;
  const plans = data.extra;
  const n = data.rows.length;
  const prices = new Map(plans.map((plan) => [plan.id, plan.price_centavos]));
  const now = data.rows.reduce((total, row) => total + (prices.get(row.plan_id) ?? 0n), 0n);
  const waiting = data.rows.filter((row) => row.activated_on === null).length;
  return (
    <BulkPage
      data={data}
      state={state}
      title={t("tables.plan_title")}
      question={t("tables.plan_question", { n })}
      effect={[
        t("tables.plan_effect", { n, now: formatPeso(centavos(now)) }),
        waiting > 0 && t("tables.plan_waiting", { n: waiting }),
      ]}
      verb={t("tables.plan_verb", { n })}
      action="/admin/bulk/plan"
    >
      <SelectField
        name="plan"
        label={t("tables.plan_field")}
        prompt={t("tables.plan_prompt")}
        value={data.form.plan}
        options={plans.filter((plan) => plan.archived_at === null).map((plan) => ({
          value: plan.id,
          label: t("tables.plan_option", {
            name: plan.name,
            price: formatPeso(centavos(plan.price_centavos)),
            total: formatPeso(centavos(plan.price_centavos * BigInt(n))),
          }),
        }))}
        error={data.problems.plan}
        required
      />
    </BulkPage>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "subscriber:write", summary: "Leads back to the list" },
  POST: {
    audience: "staff",
    permission: "subscriber:write",
    input: bulkForm,
    audit: "bulk.change_plan",
    summary: "Move many connections to another plan",
  },
};

export const handler = define.handlers(bulkHandlers({
  title: "tables.plan_title",
  done: "bulk_moved",
  fields: { plan_not_found: "plan" },
  extra: (trx) => listPlans(trx, { withArchived: true }),
  act(state, form, targets) {
    if (!ID.test(form.plan)) return Promise.resolve({ problems: { plan: state.t("tables.plan_missing") } });
    const input = { ...targets, planId: form.plan };
    return bulkChangePlan(state.services, requireSession(state).tenantId, actorOf(state), input);
  },
}));
