import { page } from "fresh";
import { readParams, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { undoImport } from "@/web/services/imports/undo_import.ts";
import { countImportUse } from "@/web/store/imports/import_undo.ts";
import { findImportBatch, type ImportBatchRow } from "@/web/store/imports/imports.ts";
import { findRouter, type RouterRow } from "@/web/store/network/routers.ts";
import { actorOf, found, readPage } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface UndoData {
  batch: ImportBatchRow;
  router: RouterRow;
  /** Why it cannot be undone. */
  reasons: string[];
}

export default define.page<typeof handler>(function UndoPage({ data: { batch, router, reasons }, state }) {
  const back = `/admin/import/${batch.id}`;
  const { t } = state;
  const count = t("import.subscribers", { n: batch.created_count });
  return (
    <>
      <PageHeader
        title={t("import.undo")}
        back={{ href: back, label: t("import.from", { router: router.name }) }}
      />
      {reasons.length > 0
        ? (
          <Banner
            tone="warn"
            title={t("import.undo_over")}
            actions={<LinkButton small href={back}>{t("states.go_back")}</LinkButton>}
          >
            {t("import.undo_of", { count, reasons: reasons.join(", ") })}
          </Banner>
        )
        : (
          <ConfirmPanel
            tone="danger"
            title={t("import.undo_question", { count })}
            effect={t("import.undo_effect", { count, router: router.name })}
            verb={t("import.undo_verb", { count })}
            action={`${back}/undo`}
            csrfToken={state.csrfToken}
            cancelHref={back}
          >
            <p>{t("import.undo_again")}</p>
          </ConfirmPanel>
        )}
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    permission: "import:run",
    params: idParams,
    summary: "What undoing will do",
  },
  POST: {
    permission: "import:run",
    params: idParams,
    audit: "import.undone",
    summary: "Undo an import",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const data = await load(ctx.state);
    if (data.batch.status !== "done") return ctx.redirect(`/admin/import/${data.batch.id}`, 303);
    return page(data);
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: batchId } = readParams(state, idParams);
    const { tenantId } = requireSession(state);
    const result = await undoImport(state.services, tenantId, actorOf(state), { batchId });
    if (!result.ok && result.code !== "import_in_use") {
      const { batch } = await load(state);
      return ctx.redirect(`/admin/import/${batch.id}`, 303);
    }
    if (!result.ok) return page(await load(state), { status: 422 });
    return ctx.redirect(`/admin/import/${batchId}`, 303);
  },
});

async function load(state: AppState): Promise<UndoData> {
  const { t } = state;
  state.title = t("import.undo");
  const { id } = readParams(state, idParams);
  return await readPage(state, async (trx) => {
    const batch = found(await findImportBatch(trx, id));
    const use = await countImportUse(trx, id);
    return {
      batch,
      router: found(await findRouter(trx, batch.router_id)),
      reasons: [
        ...(use.billed > 0 ? [t("import.used_billed", { n: use.billed })] : []),
        ...(use.paid > 0 ? [t("import.used_paid", { n: use.paid })] : []),
        ...(use.changed > 0 ? [t("import.used_changed", { n: use.changed })] : []),
      ],
    };
  });
}
