import { formatDate } from "@/shared/calendar/mod.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { formatCount } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { prepaidWords } from "../(_parts)/CheckCard.tsx";
import { type ImportView, loadImport } from "../(_parts)/load_import.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: loadImport,
  leave: (loaded) => isReady(loaded) ? null : pathOf(loaded),
  permission: "import:run",
  audit: "import.confirmed",
  summary: "Start the import",
  readers: { permission: "import:run", summary: "What the import will do" },
  title: (view) =>
    isReady(view.loaded)
      ? view.t("import.count", { count: countOf(view) })
      : view.t("import.from", { router: view.loaded.router.name }),
  back: ({ t, loaded }) => ({
    href: pathOf(loaded),
    label: t("import.from", { router: loaded.router.name }),
  }),
  // Refused: something was decided otherwise meanwhile, and the import's page says what.
  blocked: ({ t, loaded }) =>
    isReady(loaded) ? null : <LinkButton href={pathOf(loaded)}>{t("states.go_back")}</LinkButton>,
  question: (view) => view.t("import.question", { count: countOf(view), router: view.loaded.router.name }),
  effect: ({ t }) => t("import.confirm_effect"),
  verb: (view) => view.t("import.count", { count: countOf(view) }),
  children: (view) => (
    <>
      <p>{describe(view)}</p>
      <p>{view.t("import.confirm_undo")}</p>
    </>
  ),
  submit: (_input, { call, loaded: { batch } }) => confirmImport(...call, { batchId: batch.id }),
  done: (_value, { loaded }) => pathOf(loaded),
});

export default question.page;
export const { handler, route } = question;

type Loaded = ImportView["loaded"];

function pathOf({ batch }: Loaded): string {
  return `/admin/import/${batch.id}`;
}

function isReady({ forecast }: Loaded): boolean {
  return forecast !== null && forecast.problems.length === 0 && forecast.created > 0;
}

function countOf({ t, loaded: { forecast } }: ImportView): string {
  return t("import.subscribers", { n: forecast?.created ?? 0 });
}

function describe(view: ImportView): string {
  const { t, loaded: { forecast, batch } } = view;
  const parts = [
    batch.first_bill_on === null
      ? ""
      : t("import.first_bill_on", { day: formatDate(batch.first_bill_on, t.locale) }),
    forecast === null ? "" : prepaidWords(forecast, view) ?? "",
    forecast !== null && forecast.createdDisconnected > 0
      ? t("import.come_disconnected", { n: formatCount(forecast.createdDisconnected) })
      : "",
    forecast !== null && forecast.unmanaged > 0 ? t("import.agent_old", { n: forecast.unmanaged }) : "",
    forecast !== null && forecast.skipped.length > 0
      ? t("import.are_skipped", { n: forecast.skipped.length })
      : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}
