import type { Translate } from "@/web/messages/mod.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { page } from "fresh";
import { formatDate } from "@/shared/calendar/mod.ts";
import { readParams, requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { formatCount } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { actorOf } from "@/web/app/frame/page_context.ts";
import { ImportPage } from "../(_parts)/ImportPage.tsx";
import { type ImportView, loadImport } from "../(_parts)/load_import.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(function ConfirmPage({ data: view, state }) {
  if (Object.keys(view.problems).length > 0) return <ImportPage view={view} state={state} />;
  const { router, batch } = view;
  const back = `/admin/import/${batch.id}`;
  const { t } = state;
  const count = t("import.subscribers", { n: view.forecast?.created ?? 0 });
  return (
    <>
      <PageHeader
        title={t("import.count", { count })}
        back={{ href: back, label: t("import.from", { router: router.name }) }}
      />
      <ConfirmPanel
        tone="primary"
        title={t("import.question", { count, router: router.name })}
        effect={t("import.confirm_effect")}
        verb={t("import.count", { count })}
        action={`${back}/confirm`}
        csrfToken={state.csrfToken}
        cancelHref={back}
      >
        <p>{describe(t, view)}</p>
        <p>{t("import.confirm_undo")}</p>
      </ConfirmPanel>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "import:run",
    params: idParams,
    summary: "What the import will do",
  },
  POST: {
    audience: "staff",
    permission: "import:run",
    params: idParams,
    audit: "import.confirmed",
    summary: "Start the import",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id: batchId } = readParams(ctx.state, idParams);
    const view = await loadImport(ctx.state, { batchId });
    const isReady = view.forecast !== null && view.forecast.problems.length === 0 &&
      view.forecast.created > 0;
    return isReady ? page(view) : ctx.redirect(`/admin/import/${batchId}`, 303);
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: batchId } = readParams(state, idParams);
    const { tenantId } = requireSession(state);
    const result = await confirmImport(state.services, tenantId, actorOf(state), { batchId });
    if (!result.ok) {
      return page(await loadImport(state, { batchId, problems: { "": refusalText(state, result) } }), {
        status: 422,
      });
    }
    return ctx.redirect(`/admin/import/${batchId}`, 303);
  },
});

function describe(t: Translate, { forecast, batch }: ImportView): string {
  const parts = [
    batch.first_bill_on === null
      ? ""
      : t("import.first_bill_on", { day: formatDate(batch.first_bill_on, t.locale) }),
    forecast !== null && forecast.createdDisconnected > 0
      ? t("import.come_disconnected", { n: formatCount(forecast.createdDisconnected) })
      : "",
    forecast !== null && forecast.skipped.length > 0
      ? t("import.are_skipped", { n: forecast.skipped.length })
      : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}
