import type { Translate } from "@/web/messages/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import type { AppState } from "@/web/app/state.ts";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Column } from "@/web/components/list/table_columns.ts";
import { isBlocked, issuesOf } from "@/web/domain/imports/mod.ts";
import type { ImportRow } from "@/web/store/imports/imports.ts";
import type { RowsView } from "./load_rows.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";

/**
 * Columns of the secrets: to edit during the review, to read before and after. Those with fields cannot be hidden: the
 * form is sent with all of them.
 */
export function rowColumns(view: RowsView, state: AppState, form: string): Column<ImportRow>[] {
  const { t } = state;
  const lead: Column<ImportRow> = {
    head: t("network.secret"),
    cell: (row) => <span class="mono">{row.ppp_name}</span>,
    fit: true,
    sortBy: "user",
  };
  const profile: Column<ImportRow> = {
    id: "profile",
    head: t("import.profile"),
    cell: (row) => row.profile,
    fit: true,
    minor: true,
    sortBy: "profile",
  };
  const service: Column<ImportRow> = {
    id: "service",
    head: t("import.service"),
    cell: (row) => row.service && <span class="mono">{row.service}</span>,
    fit: true,
    minor: true,
  };
  const remark: Column<ImportRow> = {
    id: "remark",
    head: t("import.remark"),
    cell: (row) => row.issue && <Remark row={row} />,
    phone: "full",
  };
  if (!view.isEditable) {
    return [
      lead,
      { head: t("tables.name"), cell: (row) => nameOf(row), sortBy: "name" },
      { head: t("tables.phone"), cell: (row) => row.phone, fit: true },
      profile,
      service,
      { head: t("import.result"), cell: (row) => <Outcome row={row} />, phone: "corner" },
      { ...remark, cell: (row) => <StoredText text={row.outcome_message ?? row.issue ?? ""} /> },
    ];
  }
  const editable = editableNames(view.rows);
  const places = new Map(editable.map((name, at) => [name, at]));
  const typed = { name: listOf(state, "name"), phone: listOf(state, "phone"), take: listOf(state, "take") };
  const wasSent = listOf(state, "ppp").length === editable.length && Object.keys(view.problems).length > 0;
  const input = (row: ImportRow, field: "name" | "phone") => {
    const at = places.get(row.ppp_name);
    if (at === undefined) return field === "name" ? nameOf(row) : row.phone;
    return (
      <CellInput
        form={form}
        field={field}
        at={at}
        label={t(field === "name" ? "import.name_of" : "import.phone_of", { name: row.ppp_name })}
        value={(wasSent ? typed[field][at] : row[field]) ?? ""}
        error={view.problems[`${field}.${at}`]}
      />
    );
  };
  return [
    lead,
    {
      head: t("import.title"),
      phone: "corner",
      cell: (row) =>
        isBlocked(row.issue) ? <Pill tone="mute">{t("import.skipped")}</Pill> : (
          <TakeBox
            form={form}
            pppName={row.ppp_name}
            isTaken={wasSent ? typed.take.includes(row.ppp_name) : row.decision === "import"}
          />
        ),
    },
    { head: t("tables.name"), cell: (row) => input(row, "name"), phone: "full", sortBy: "name" },
    { head: t("tables.phone"), cell: (row) => input(row, "phone"), phone: "full" },
    profile,
    service,
    remark,
  ];
}

function listOf(state: AppState, name: string): string[] {
  const value = state.inputValues[name];
  return value === undefined ? [] : [value].flat();
}

/** The person's name; a secret without one goes by its PPP name, said in the remark. */
function nameOf(row: ImportRow): string {
  return row.name ?? row.ppp_name;
}

function TakeBox({ form, pppName, isTaken }: { form: string; pppName: string; isTaken: boolean }) {
  const t = useT();
  return (
    <span class="tick">
      <input type="hidden" form={form} name="ppp" value={pppName} />
      <input
        type="checkbox"
        form={form}
        name="take"
        value={pppName}
        checked={isTaken}
        aria-label={t("import.take", { name: pppName })}
      />
    </span>
  );
}

/** What each name and phone that can be changed is called. */
export function cellLabels(t: Translate, rows: readonly ImportRow[]): Record<string, string> {
  return Object.fromEntries(
    editableNames(rows).flatMap((name, at) => [
      [`name.${at}`, t("import.name_of", { name })],
      [`phone.${at}`, t("import.phone_of", { name })],
    ]),
  );
}

function editableNames(rows: readonly ImportRow[]): string[] {
  return rows.filter((row) => !isBlocked(row.issue)).map((row) => row.ppp_name);
}

interface CellInputProps {
  form: string;
  field: "name" | "phone";
  /** Place among the rows that are sent. */
  at: number;
  label: string;
  value: string;
  error: string | undefined;
}

function CellInput({ form, field, at, label, value, error }: CellInputProps) {
  const id = `f-${field}-${at}`;
  return (
    <span class="field cell-field">
      <input
        class="input"
        id={id}
        form={form}
        name={field}
        type={field === "phone" ? "tel" : "text"}
        value={value}
        maxlength={CONTACT_MAX[field]}
        autocomplete="off"
        aria-label={label}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
      />
      {error && <span class="error" id={`${id}-error`}>{error}</span>}
    </span>
  );
}

function Remark({ row }: { row: ImportRow }) {
  const t = useT();
  return <span class="note">{issuesOf(row.issue).map((issue) => codedText(t, issue)).join(" · ")}</span>;
}

function Outcome({ row }: { row: ImportRow }) {
  const t = useT();
  if (row.outcome === "created") return <Pill tone="ok">{t("import.created")}</Pill>;
  if (row.outcome === "failed") return <Pill tone="bad">{t("tables.failed")}</Pill>;
  if (row.outcome === "skipped") return <Pill tone="mute">{t("import.skipped")}</Pill>;
  return row.decision === "skip"
    ? <Pill tone="mute">{t("import.to_skip")}</Pill>
    : <Pill tone="info">{t("import.to_import")}</Pill>;
}
