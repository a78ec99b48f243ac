import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { controlAttributes, FieldFrame } from "@/web/components/form/Field.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { BOUGHT_TIME_MAX } from "@/web/domain/imports/limits.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { boughtTimeForm } from "@/web/route_table/imports.ts";
import { saveBoughtTime } from "@/web/services/imports/save_bought_time.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { findRouter } from "@/web/store/network/routers.ts";

const form = define.form({
  params: idParams,
  input: boughtTimeForm,
  load: async (trx, { params }) => {
    const batch = found(await findImportBatch(trx, params.id));
    return {
      batch,
      router: found(await findRouter(trx, batch.router_id)),
      path: `/admin/import/${batch.id}`,
    };
  },
  permission: "import:run",
  audit: "import.bought_time",
  summary: "Say from a file until when connections of an import are prepaid",
  files: { file: BOUGHT_TIME_MAX.bytes },
  leave: ({ batch, path }) => batch.status === "review" ? null : path,
  title: ({ t }) => t("import.bought_title"),
  lead: ({ t }) => t("import.bought_lead"),
  back: ({ t, loaded: { path, router } }) => ({
    href: path,
    label: t("import.from", { router: router.name }),
  }),
  labels: { order: "import.bought_order" },
  values: () => ({ order: "month_first" as const }),
  fields: ({ t, field, problems, loaded: { path } }) => {
    const file = {
      name: "file",
      label: t("import.bought_file"),
      hint: t("import.bought_file_hint"),
      error: problems.file,
      required: true,
    };
    return (
      <>
        <ul class="note">
          {(["user", "until", "buys"] as const).map((column) => (
            <li key={column}>{t(`import.bought_${column}`)}</li>
          ))}
        </ul>
        <p class="note">{t("import.bought_rules")}</p>
        <FieldFrame {...file}>
          <input
            {...controlAttributes(file)}
            class="input"
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
          />
        </FieldFrame>
        <RadioCards
          {...field("order")}
          row
          options={[
            { value: "month_first", label: t("import.bought_month_first") },
            { value: "day_first", label: t("import.bought_day_first") },
          ]}
        />
        <div>
          <LinkButton icon="export" small href={`${path}/rows.csv`}>{t("import.bought_template")}</LinkButton>
        </div>
      </>
    );
  },
  verb: ({ t }) => t("import.bought_verb"),
  submit: ({ order }, { call, state, loaded: { batch } }) =>
    saveBoughtTime(...call, { batchId: batch.id, bytes: state.inputFiles.file, order }),
  done: (_value, { loaded: { path } }) => `${path}/rows?show=prepaid`,
});

export default form.page;
export const { handler, route } = form;
