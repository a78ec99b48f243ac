import { formatDate } from "@/shared/calendar/mod.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { formatCount, sentence } from "@/web/format.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { approveBillRun } from "@/web/services/billing/bill_approval.ts";
import { previewBills } from "@/web/services/billing/preview_bills.ts";
import { findRun } from "@/web/store/billing/runs.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params, moment: { tenant, today, now } }) => {
    const run = found(await findRun(trx, params.id));
    const waits = run.kind === "bill" && run.status === "awaiting_approval";
    const preview = waits
      ? await previewBills(trx, tenant, { businessOn: run.business_on, today, at: now })
      : null;
    return { run, preview };
  },
  permission: "bill_run:run",
  audit: "bill_run.approved",
  summary: "Approve a bill run that waits for a person",
  title: ({ t }) => t("runs.approve_title"),
  lead: ({ t, loaded: { run } }) => t("tonight.bill_run_of", { day: formatDate(run.business_on, t.locale) }),
  back: ({ t, loaded: { run } }) => ({ href: `/admin/runs/${run.id}`, label: t("tables.list_runs") }),
  blocked: ({ t, loaded: { run, preview } }) =>
    preview !== null ? null : (
      <EmptyState
        icon="ok"
        title={t("runs.approve_not")}
        actions={<LinkButton href={`/admin/runs/${run.id}`}>{t("tonight.over_link")}</LinkButton>}
      >
        {t("runs.approve_not_why")}
      </EmptyState>
    ),
  question: ({ t, loaded: { preview } }) => t("runs.approve_question", { n: preview?.bills ?? 0 }),
  tone: "primary",
  effect: ({ t, loaded: { run, preview } }) =>
    [
      run.brake_reason !== null && sentence(storedText(t, run.brake_reason)),
      preview !== null && t("runs.approve_effect", {
        n: preview.bills,
        amount: formatPeso(preview.amountCentavos),
        unusual: formatCount(preview.unusual),
        parked: formatCount(preview.counts.parked),
      }),
    ].filter((text) => text !== false).join(" "),
  verb: ({ t, loaded: { preview } }) => t("runs.approve_verb", { n: preview?.bills ?? 0 }),
  children: ({ t, loaded: { run } }) => (
    <p class="note">
      <a href={`/admin/runs/next?on=${run.business_on}&show=unusual`}>{t("runs.approve_look")}</a>
    </p>
  ),
  submit: (_input, { call, loaded: { run } }) => approveBillRun(...call, { runId: run.id }),
  done: (_value, { loaded: { run } }) => `/admin/runs/${run.id}?done=approved`,
});

export default question.page;
export const { handler, route } = question;
