import { noFields } from "@/web/app/form/no_fields.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { archivePlan } from "@/web/services/billing/save_plan.ts";
import { findOfferedPlan } from "@/web/store/billing/plans.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params }) => found(await findOfferedPlan(trx, params.id)),
  permission: "plan:write",
  audit: "plan.archived",
  summary: "Archive a plan",
  title: ({ t, loaded: plan }) => t("plans.archive_title", { name: plan.name }),
  back: ({ t }) => ({ href: "/admin/plans", label: t("tables.list_plans") }),
  blocked: ({ t, loaded: plan }) =>
    plan.subscriptions === 0 ? null : (
      <section class="card">
        <EmptyState
          icon="plan"
          title={t("plans.archive_blocked", { n: plan.subscriptions })}
          actions={
            <>
              <LinkButton kind="primary" href={`/admin/subscribers?plan=${plan.id}&connection=any`}>
                {t("plans.archive_blocked_link", { n: plan.subscriptions })}
              </LinkButton>
              <LinkButton href="/admin/plans">{t("plans.back")}</LinkButton>
            </>
          }
        >
          {t("plans.archive_blocked_why")}
        </EmptyState>
      </section>
    ),
  question: ({ t, loaded: plan }) => t("plans.archive_question", { name: plan.name }),
  effect: ({ t }) => t("plans.archive_effect"),
  verb: ({ t, loaded: plan }) => t("plans.archive_title", { name: plan.name }),
  submit: (_input, { call, loaded: plan }) => archivePlan(...call, { planId: plan.id }),
  done: () => "/admin/plans?done=archived",
  undo: (_value, { loaded: plan }) => plan.id,
});

export default question.page;
export const { handler, route } = question;
