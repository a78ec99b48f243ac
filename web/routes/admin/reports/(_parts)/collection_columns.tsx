import { type DateLocale, formatDate, formatMonth } from "@/shared/calendar/mod.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { formatCount } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { CollectedBy } from "@/web/domain/payments/mod.ts";
import type { CollectedMethod, CollectedRow } from "@/web/store/payments/collections.ts";

/** The columns of collections, on the page and in the file. */
export function collectionColumns(
  t: Translate,
  { by, withReversed, methods }: {
    by: CollectedBy;
    withReversed: boolean;
    methods: readonly CollectedMethod[];
  },
): ListColumn<CollectedRow>[] {
  return [
    {
      head: t(`reports.per_${by}`),
      cell: (row) => keyWords(t, by, row.key),
      csv: (row) => row.key,
      fit: true,
    },
    {
      head: t("reports.payments"),
      kind: "number",
      cell: (row) => formatCount(row.count),
      csv: (row) => String(row.count),
    },
    ...(by === "method"
      ? []
      : methods.map((method) =>
        money(t(`words.method_${method}`), (row) => row.byMethod[method] ?? 0n, { id: method })
      )),
    money(t("reports.received"), (row) => row.receivedCentavos, withReversed ? {} : { phone: "corner" }),
    ...(withReversed
      ? [
        money(t("reports.reversed"), (row) => row.reversedCentavos),
        {
          ...money(t("reports.net"), (row) => row.receivedCentavos - row.reversedCentavos, {
            phone: "corner",
          }),
          cell: (row: CollectedRow) => signed(row.receivedCentavos - row.reversedCentavos),
        },
      ]
      : []),
  ];
}

type AmountOf = (row: CollectedRow) => bigint;

function money(
  head: string,
  amountOf: AmountOf,
  more?: Pick<ListColumn<CollectedRow>, "id" | "phone">,
): ListColumn<CollectedRow> {
  return {
    head,
    kind: "money",
    cell: (row) => amountOf(row) !== 0n && <Money amount={centavos(amountOf(row))} />,
    csv: (row) => formatCentavosPlain(centavos(amountOf(row))),
    ...more,
  };
}

/** `Nov 2026` */
export function monthWords(month: Temporal.PlainDate, locale: DateLocale): string {
  return `${formatMonth(month, locale)} ${month.year}`;
}

function keyWords(t: Translate, by: CollectedBy, key: string): string {
  switch (by) {
    case "day":
      return formatDate(Temporal.PlainDate.from(key), t.locale);
    case "month":
      return monthWords(Temporal.PlainDate.from(key), t.locale);
    case "method":
      return t(`words.method_${key as CollectedMethod}`);
    case "staff":
      return key;
  }
}

/** More taken back than received in the same time is below zero, and no credit of anybody. */
function signed(amount: bigint) {
  return amount < 0n
    ? (
      <>
        − <Money amount={centavos(-amount)} />
      </>
    )
    : <Money amount={centavos(amount)} />;
}
