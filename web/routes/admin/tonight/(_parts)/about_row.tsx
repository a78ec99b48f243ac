import { storedText } from "@/web/messages/coded_text.ts";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import type { FormParts } from "@/web/app/form/define_form.tsx";
import type { Asked, FormView } from "@/web/app/form/form_types.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { backTo, readRow, type RowNow } from "./row_action.ts";
import { dayWords } from "./words.ts";

type View = Pick<FormView<RowNow, string>, "loaded" | "t">;

/** What the forms about one row of Tonight share: the form beside what is known of the row. */
export const aboutRow = {
  params: idParams,
  load: (trx: TenantTransaction, { params, moment }: Asked<{ id: string }, unknown>): Promise<RowNow> =>
    readRow(trx, moment, params.id),
  permission: "hold:write",
  back: ({ t }: View) => ({ href: "/admin/tonight", label: t("tonight.title") }),
  lead: ({ loaded: { row } }: View) => (
    <>
      {`${row.name}, `}
      <CodeText>{row.accountNumber}</CodeText>
    </>
  ),
  page: ({ t, loaded }: View, parts: FormParts) => (
    <>
      {parts.header}
      <Columns
        main={
          <Card>
            <form class="form" {...parts.attributes}>
              {parts.start}
              {parts.summary}
              {parts.fields}
              {parts.buttons}
            </form>
          </Card>
        }
        side={
          <Card title={t("tonight.as_it_stands")}>
            <FactList facts={factsOf(t, loaded)} />
          </Card>
        }
      />
    </>
  ),
} as const;

/** Tonight again after a form about a row. */
export function tonightAfter(done: string): string {
  return backTo({ view: "cut", siteId: undefined }, done);
}

function factsOf(t: Translate, { row, note }: RowNow) {
  return [
    { label: t("tables.owes"), value: formatPeso(centavos(row.balanceCentavos)) },
    { label: t("tables.why"), value: <StoredText text={row.reason} /> },
    {
      label: t("tables.cut_on"),
      value: row.cutOn === null ? t("tonight.never") : dayWords(row.cutOn, t.locale),
    },
    ...(note === undefined
      ? []
      : [{ label: t("tonight.decided"), value: `${storedText(t, note.reason)} (${note.by})` }]),
    { label: t("tables.plan"), value: row.planName },
    { label: t("tables.user"), value: <CodeText>{row.pppName}</CodeText> },
    { label: t("tables.router"), value: `${row.routerName}, ${row.siteName}` },
  ];
}
