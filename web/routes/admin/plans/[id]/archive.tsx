import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { archivePlan } from "@/web/services/billing/save_plan.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import { actorOf, found, readPage } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface ArchiveData {
  plan: PlanListRow;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ArchivePlanPage({ data, state }) {
  const { plan, problems } = data;
  const { t } = state;
  const title = t("plans.archive_title", { name: plan.name });
  return (
    <>
      <PageHeader title={title} back={{ href: "/admin/plans", label: t("tables.list_plans") }} />
      <ErrorSummary errors={problems} />
      {plan.subscriptions > 0
        ? (
          <section class="card">
            <EmptyState
              icon="plan"
              title={t("plans.archive_blocked", { n: Number(plan.subscriptions) })}
              actions={<LinkButton href="/admin/plans">{t("plans.back")}</LinkButton>}
            >
              {t("plans.archive_blocked_why")}
            </EmptyState>
          </section>
        )
        : (
          <ConfirmPanel
            title={t("plans.archive_question", { name: plan.name })}
            tone="primary"
            effect={t("plans.archive_effect")}
            verb={title}
            action={`/admin/plans/${plan.id}/archive`}
            csrfToken={state.csrfToken}
            cancelHref="/admin/plans"
          />
        )}
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    permission: "plan:write",
    params: idParams,
    summary: "What archiving will do",
  },
  POST: {
    permission: "plan:write",
    params: idParams,
    audit: "plan.archived",
    summary: "Archive a plan",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const plan = await load(ctx.state);
    ctx.state.title = ctx.state.t("plans.archive_title", { name: plan.name });
    return page<ArchiveData>({ plan, problems: {} });
  },
  async POST(ctx) {
    const plan = await load(ctx.state);
    ctx.state.title = ctx.state.t("plans.archive_title", { name: plan.name });
    const { tenantId } = requireSession(ctx.state);
    const result = await archivePlan(ctx.state.services, tenantId, actorOf(ctx.state), { planId: plan.id });
    if (!result.ok) {
      return page<ArchiveData>({ plan, problems: { "": refusalText(ctx.state, result) } }, { status: 422 });
    }
    return ctx.redirect(await withUndo(ctx.state, "/admin/plans?done=archived", plan.id), 303);
  },
});

async function load(state: AppState): Promise<PlanListRow> {
  const { id } = readParams(state, idParams);
  const plans = await readPage(state, (trx) => listPlans(trx, { withArchived: false }));
  return found(plans.find((row) => row.id === id.toLowerCase()));
}
