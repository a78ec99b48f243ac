import { ok } from "@/shared/result.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { undoImport } from "@/web/services/imports/undo_import.ts";
import { countImportUse } from "@/web/store/imports/import_undo.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { findRouter } from "@/web/store/network/routers.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params, t }) => {
    const batch = found(await findImportBatch(trx, params.id));
    const use = await countImportUse(trx, batch.id);
    return {
      batch,
      path: `/admin/import/${batch.id}`,
      count: t("import.subscribers", { n: batch.created_count }),
      router: found(await findRouter(trx, batch.router_id)),
      /** Why it cannot be undone. */
      reasons: [
        ...(use.billed > 0 ? [t("import.used_billed", { n: use.billed })] : []),
        ...(use.paid > 0 ? [t("import.used_paid", { n: use.paid })] : []),
        ...(use.changed > 0 ? [t("import.used_changed", { n: use.changed })] : []),
      ],
    };
  },
  leave: ({ batch, path }) => batch.status === "done" ? null : path,
  permission: "import:run",
  audit: "import.undone",
  confirm: true,
  summary: "Undo an import",
  title: ({ t }) => t("import.undo"),
  back: ({ t, loaded: { path, router } }) => ({
    href: path,
    label: t("import.from", { router: router.name }),
  }),
  blocked: ({ t, loaded: { reasons, count, path } }) =>
    reasons.length === 0 ? null : (
      <Banner
        tone="warn"
        title={t("import.undo_over")}
        actions={<LinkButton small href={path}>{t("states.go_back")}</LinkButton>}
      >
        {t("import.undo_of", { count, reasons: reasons.join(", ") })}
      </Banner>
    ),
  question: ({ t, loaded: { count } }) => t("import.undo_question", { count }),
  tone: "danger",
  effect: ({ t, loaded: { count, router } }) => t("import.undo_effect", { count, router: router.name }),
  verb: ({ t, loaded: { count } }) => t("import.undo_verb", { count }),
  children: ({ t }) => <p>{t("import.undo_again")}</p>,
  submit: async (_input, { call, loaded: { batch } }) => {
    const result = await undoImport(...call, { batchId: batch.id });
    // Somebody else was faster: the import's page shows how it is.
    return !result.ok && result.code !== "import_in_use" ? ok(false) : result.ok ? ok(true) : result;
  },
  done: (_isDone, { loaded: { path } }) => path,
});

export default question.page;
export const { handler, route } = question;
