import { centavos, formatCentavosPlain, formatPeso } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { DisputePill } from "@/web/app/words/DisputePill.tsx";
import { found } from "@/web/app/frame/page_context.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { disputeState } from "@/web/domain/billing/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { disputesQuery } from "@/web/route_table/bills.ts";
import {
  countDisputes,
  type DisputeFilter,
  type DisputeListRow,
  listDisputes,
} from "@/web/store/billing/disputes.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";

const PATH = "/admin/disputes";
const CHIPS = ["open", "late", "over"] as const;

export const list = define.list({
  name: "disputes",
  path: () => PATH,
  query: disputesQuery,
  filter: ({ query: { state, subscriber }, moment: { today } }): DisputeFilter => ({
    state: state && { is: state, today },
    subscriberId: subscriber,
  }),
  count: (trx, { subscriberId }, { moment }) => countDisputes(trx, { subscriberId }, moment.today),
  more: async (trx, { query }) => ({
    subscriber: query.subscriber === undefined ? null : found(await findSubscriber(trx, query.subscriber)),
  }),
  read: (trx, filter, page): ReturnType<typeof listDisputes> => listDisputes(trx, filter, page),
  permission: "bill:read",
  summary: "Disputes of bills, the one to be decided first at the top",
  live: ["money"],
  title: ({ t, more: { subscriber } }) =>
    subscriber === null ? t("bills.disputes") : t("bills.dispute_of", { name: subscriber.name }),
  lead: ({ t, counts: { openCentavos } }) =>
    openCentavos === 0n
      ? undefined
      : t("bills.dispute_open_sum", { amount: formatPeso(centavos(openCentavos)) }),
  back: ({ t, more: { subscriber } }) =>
    subscriber === null
      ? { href: "/admin/bills", label: t("tables.list_bills") }
      : { href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name },
  total: ({ query: { state }, counts }) => state === undefined ? counts.open + counts.over : counts[state],
  sort: "by",
  columns: ({ t, moment }) => columnsFor(t, moment.today),
  fileOrder: ["Bill", "Account", "Subscriber"],
  table: ({ t, frame, query, counts, more: { subscriber } }) => ({
    rowHref: (dispute) => `/admin/bills/${dispute.bill_id}`,
    chips: [
      {
        label: t("tables.all_rows"),
        href: listHref(frame, { state: undefined }),
        count: counts.open + counts.over,
        isCurrent: query.state === undefined,
      },
      ...CHIPS.map((state) => ({
        label: t(`bills.dispute_chip_${state}`),
        href: listHref(frame, { state }),
        count: counts[state],
        isCurrent: query.state === state,
      })),
    ],
    active: activeFilters(frame, {
      subscriber: t("tables.by_subscriber", { name: subscriber?.name ?? "?" }),
    }, ["state"]),
    empty: (
      <EmptyState icon="bill" title={t("bills.dispute_none")}>{t("bills.dispute_none_hint")}</EmptyState>
    ),
  }),
});

export default list.page;
export const { handler, route } = list;

function columnsFor(t: Translate, today: Temporal.PlainDate): ListColumn<DisputeListRow>[] {
  const stateOf = (row: DisputeListRow) =>
    disputeState(
      { decision: row.decision, decideByOn: row.decide_by_on, isBillVoid: row.bill_status === "void" },
      today,
    );
  return [
    {
      head: t("bills.dispute_bill"),
      csvHead: "Bill",
      cell: (row) => <CodeText>{row.bill_number}</CodeText>,
      csv: (row) => row.bill_number,
      fit: true,
    },
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (row) => <span class="clip">{row.subscriber_name}</span>,
      csv: (row) => row.subscriber_name,
      phone: "line",
    },
    { head: t("tables.account"), csv: (row) => row.account_number },
    {
      id: "status",
      head: t("tables.state"),
      cell: (row) => <DisputePill state={stateOf(row)} />,
      csv: (row) => stateOf(row),
      phone: "corner",
    },
    {
      id: "reason",
      head: t("tables.reason"),
      cell: (row) => <span class="clip">{row.reason}</span>,
      csv: (row) => row.reason,
      minor: true,
    },
    {
      id: "opened",
      head: t("bills.dispute_opened"),
      cell: (row) => shortDay(row.opened_on, today, t.locale),
      csv: (row) => row.opened_on.toString(),
      fit: true,
      minor: true,
      sortBy: "-opened",
      phone: "hide",
    },
    { head: t("bills.dispute_opened"), csvHead: "Opened by", csv: (row) => row.opened_by },
    {
      id: "by",
      head: t("bills.dispute_by"),
      cell: (row) => shortDay(row.decide_by_on, today, t.locale),
      csv: (row) => row.decide_by_on.toString(),
      fit: true,
      sortBy: "by",
    },
    {
      id: "amount",
      head: t("bills.disputed"),
      kind: "money",
      cell: (row) => <Money amount={centavos(row.amount_centavos)} />,
      csv: (row) => formatCentavosPlain(centavos(row.amount_centavos)),
      sortBy: "-amount",
    },
    {
      id: "to_pay",
      head: t("tables.to_pay"),
      kind: "money",
      cell: (row) => <Money amount={centavos(row.balance_centavos)} />,
      csv: (row) => formatCentavosPlain(centavos(row.balance_centavos)),
    },
    { head: t("bills.dispute_decided"), csv: (row) => row.decided_on?.toString() ?? "" },
    { head: t("bills.dispute_decided"), csvHead: "Decided by", csv: (row) => row.decided_by ?? "" },
    { head: t("bills.decide_note"), csvHead: "Note", csv: (row) => row.note ?? "" },
  ];
}
