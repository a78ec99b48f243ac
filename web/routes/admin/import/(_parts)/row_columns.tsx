import { formatDateShort } from "@/shared/calendar/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import type { AppState } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { codedText, storedText } from "@/web/messages/coded_text.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Column } from "@/web/components/list/table_columns.ts";
import { accountLabel, isBlocked, issuesOf } from "@/web/domain/imports/mod.ts";
import type { ImportBatchRow } from "@/web/store/imports/import_batches.ts";
import type { ImportRow } from "@/web/store/imports/import_rows.ts";
import type { RouterRow } from "@/web/store/network/routers.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";

/** What the page of the secrets shows besides them. */
export interface RowsPlace {
  batch: ImportBatchRow;
  router: RouterRow;
  /** Whether names, phones and decisions can still be changed, by this person. */
  isEditable: boolean;
}

interface RowsView {
  t: Translate;
  state: AppState;
  rows: readonly ImportRow[];
  more: RowsPlace;
  problems: Readonly<Record<string, string>>;
}

type RowColumn = ListColumn<ImportRow>;

/** Headings of the file in the order that it always had. */
export const FILE_ORDER = [
  "PPP secret",
  "Profile",
  "Disabled",
  "Name",
  "Phone",
  "Comment",
  "Expires",
  "Duration",
  "Result",
  "Remark",
];

/**
 * Columns of the secrets: to edit during the review, to read before and after. Those with fields cannot be hidden: the
 * form is sent with all of them.
 */
export function rowColumns(view: RowsView, form: string): RowColumn[] {
  const { t, more: { isEditable } } = view;
  const cells = isEditable ? editCells(view, form) : READ_CELLS;
  const name: RowColumn = {
    head: t("tables.name"),
    ...cells.name,
    csv: (row) => row.name ?? "",
    sortBy: "name",
  };
  return [
    {
      head: t("network.secret"),
      cell: (row) => <CodeText>{row.ppp_name}</CodeText>,
      csv: (row) => accountLabel(row.account_key),
      fit: true,
      sortBy: "user",
    },
    ...(isEditable ? [{ head: t("import.title"), ...cells.take }] : []),
    name,
    { head: t("tables.phone"), ...cells.phone, csv: (row) => row.phone ?? "" },
    {
      id: "profile",
      head: t("import.profile"),
      cell: (row) => row.profile,
      csv: (row) => row.profile ?? "",
      fit: true,
      minor: true,
      sortBy: "profile",
    },
    {
      id: "service",
      head: t("import.service"),
      cell: (row) => row.service && <span class="mono">{row.service}</span>,
      fit: true,
      minor: true,
    },
    {
      id: "until",
      head: t("import.valid_until"),
      cell: (row) => row.prepaid_until_on && formatDateShort(row.prepaid_until_on, t.locale),
      csv: (row) => row.prepaid_until_on?.toString() ?? "",
      fit: true,
      minor: true,
    },
    {
      id: "buys",
      head: t("import.duration"),
      cell: (row) => row.prepaid_unit && t(`prepaid.unit_${row.prepaid_unit}`, { n: row.prepaid_count ?? 0 }),
      csv: (row) => row.prepaid_unit === null ? "" : `${row.prepaid_count} ${row.prepaid_unit}`,
      fit: true,
      minor: true,
    },
    {
      head: t("import.result"),
      ...(!isEditable && { cell: (row: ImportRow) => <Outcome row={row} /> }),
      csv: (row) => outcomeOf(t, row),
      phone: "corner",
    },
    {
      id: "remark",
      head: t("import.remark"),
      ...cells.remark,
      csv: (row) => storedText(t, row.outcome_message ?? row.issue ?? ""),
      phone: "full",
    },
    { head: "Disabled", csv: (row) => row.is_disabled ? "Yes" : "No" },
    { head: "Comment", csv: (row) => row.comment ?? "" },
  ];
}

type Cells = Record<"take" | "name" | "phone" | "remark", Omit<Column<ImportRow>, "head">>;

const READ_CELLS: Cells = {
  take: { cell: () => null },
  name: { cell: nameOf },
  phone: { cell: (row) => row.phone, fit: true },
  remark: { cell: (row) => <StoredText text={row.outcome_message ?? row.issue ?? ""} /> },
};

/** Cells with the fields of the form; they hold what was typed where it was refused. */
function editCells({ t, state, rows, problems }: RowsView, form: string): Cells {
  const editable = editableRows(rows).map((row) => row.account_key);
  const places = new Map(editable.map((key, at) => [key, at]));
  const typed = { name: listOf(state, "name"), phone: listOf(state, "phone"), take: listOf(state, "take") };
  const wasSent = listOf(state, "ppp").length === editable.length && Object.keys(problems).length > 0;
  const input = (row: ImportRow, field: "name" | "phone") => {
    const at = places.get(row.account_key);
    if (at === undefined) return field === "name" ? nameOf(row) : row.phone;
    return (
      <CellInput
        form={form}
        field={field}
        at={at}
        label={t(field === "name" ? "import.name_of" : "import.phone_of", { name: row.account_key })}
        value={(wasSent ? typed[field][at] : row[field]) ?? ""}
        error={problems[`${field}.${at}`]}
      />
    );
  };
  return {
    take: {
      phone: "corner",
      cell: (row) =>
        isBlocked(row.issue) ? <Pill tone="mute">{t("import.skipped")}</Pill> : (
          <TakeBox
            form={form}
            row={row}
            isTaken={wasSent ? typed.take.includes(row.account_key) : row.decision === "import"}
          />
        ),
    },
    name: { cell: (row) => input(row, "name"), phone: "full" },
    phone: { cell: (row) => input(row, "phone"), phone: "full" },
    remark: { cell: (row) => row.issue && <Remark row={row} /> },
  };
}

function listOf(state: AppState, name: string): string[] {
  const value = state.inputValues[name];
  return value === undefined ? [] : [value].flat();
}

/** The person's name; a secret without one goes by its PPP name, said in the remark. */
function nameOf(row: ImportRow): string {
  return row.name ?? row.ppp_name;
}

function TakeBox({ form, row, isTaken }: { form: string; row: ImportRow; isTaken: boolean }) {
  const t = useT();
  return (
    <span class="tick">
      <input type="hidden" form={form} name="ppp" value={row.account_key} />
      <input
        type="checkbox"
        form={form}
        name="take"
        value={row.account_key}
        checked={isTaken}
        aria-label={t("import.take", { name: row.account_key })}
      />
    </span>
  );
}

/** What each name and phone that can be changed is called. */
export function cellLabels(t: Translate, rows: readonly ImportRow[]): Record<string, string> {
  return Object.fromEntries(
    editableRows(rows).flatMap(({ account_key: name }, at) => [
      [`name.${at}`, t("import.name_of", { name })],
      [`phone.${at}`, t("import.phone_of", { name })],
    ]),
  );
}

function editableRows(rows: readonly ImportRow[]): ImportRow[] {
  return rows.filter((row) => !isBlocked(row.issue));
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
  return <Pill tone={OUTCOME_TONES[row.outcome ?? row.decision]}>{outcomeOf(useT(), row)}</Pill>;
}

const OUTCOME_TONES = {
  created: "ok",
  failed: "bad",
  skipped: "mute",
  skip: "mute",
  import: "info",
} as const;

function outcomeOf(t: Translate, { outcome, decision }: ImportRow): string {
  if (outcome === "failed") return t("tables.failed");
  if (outcome !== null) return t(`import.${outcome}`);
  return t(decision === "skip" ? "import.to_skip" : "import.to_import");
}
