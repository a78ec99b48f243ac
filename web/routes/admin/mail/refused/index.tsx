import type { z } from "zod";
import { activeFilters } from "@/web/app/list/active.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { refusedQuery } from "@/web/route_table/deliveries.ts";
import {
  countRefusedAddresses,
  listRefusedAddresses,
  type RefusedAddress,
  type RefusedFilter,
} from "@/web/store/mail/refusals.ts";

const PATH = "/admin/mail/refused";

export const list = define.list({
  name: "mail_refused",
  path: () => PATH,
  query: refusedQuery,
  filter: ({ query }: { query: z.infer<typeof refusedQuery> }): RefusedFilter => ({ kind: query.kind }),
  count: () => Promise.resolve(null),
  read: (trx, filter, page) => listRefusedAddresses(trx, filter, page),
  more: (trx) => countRefusedAddresses(trx),
  permission: "mail:read",
  summary: "E-mail addresses that were refused, with whom to ask for a new one",
  live: ["mail"],
  title: ({ t }) => t("deliveries.refused_title"),
  lead: ({ t }) => t("deliveries.refused_lead"),
  back: ({ t }) => ({ href: "/admin/mail", label: t("deliveries.title") }),
  actions: ({ t, state }) =>
    may(state, "mail:send") && (
      <LinkButton icon="mail" href={`${PATH}/returned`}>{t("deliveries.returned_title")}</LinkButton>
    ),
  above: ({ t, query }) => (
    <Flash done={query.done} messages={{ again: t("deliveries.done_addresses", { n: query.n ?? 0 }) }} />
  ),
  total: ({ more, query }) => query.kind === undefined ? more.hard + more.soft : more[query.kind],
  sort: "-time",
  columns: ({ t, moment, state }) => columnsFor(t, moment.zone, state),
  fileName: ({ moment }) => `refused-addresses-${moment.today}`,
  table: ({ t, state, frame, query, more }) => ({
    rowId: (row) => row.address_lower,
    chips: [
      {
        label: t("tables.all_rows"),
        href: listHref(frame, { kind: undefined }),
        count: more.hard + more.soft,
        isCurrent: query.kind === undefined,
      },
      ...(["hard", "soft"] as const).map((kind) => ({
        label: t(`deliveries.kind_${kind}`),
        href: listHref(frame, { kind }),
        count: more[kind],
        isCurrent: query.kind === kind,
      })),
    ],
    active: activeFilters(frame, {}, ["kind"]),
    empty: (
      <EmptyState icon="mail" title={t("deliveries.refused_none")}>
        {t("deliveries.refused_none_hint")}
      </EmptyState>
    ),
    ...(may(state, "mail:send")
      ? {
        select: {
          value: (row: RefusedAddress) => row.address_lower,
          label: (row: RefusedAddress) => t("tables.select_row", { name: row.address_lower }),
        },
        bulk: [{ label: t("deliveries.try_many"), action: `${PATH}/again` }],
      }
      : {}),
  }),
});

export default list.page;
export const { handler, route } = list;

function columnsFor(t: Translate, zone: string, state: AppState): ListColumn<RefusedAddress>[] {
  return [
    {
      head: t("deliveries.subscriber"),
      cell: (row) =>
        row.subscriber_id === null
          ? <span class="note">{t("deliveries.nobody")}</span>
          : <a href={`/admin/subscribers/${row.subscriber_id}`}>{row.subscriber_name}</a>,
      csv: (row) => row.subscriber_name ?? "",
    },
    { head: t("tables.account"), csv: (row) => row.account_number ?? "" },
    {
      id: "phone",
      head: t("deliveries.phone"),
      cell: (row) => row.phone && <a href={`tel:${row.phone}`}>{row.phone}</a>,
      csv: (row) => row.phone ?? "",
      fit: true,
    },
    {
      id: "address",
      head: t("deliveries.address"),
      cell: (row) => <span class="clip clip-short" title={row.address_lower}>{row.address_lower}</span>,
      csv: (row) => row.address_lower,
    },
    {
      id: "kind",
      head: t("deliveries.reason"),
      cell: (row) => (
        <Pill tone={row.kind === "hard" ? "bad" : "warn"}>{t(`deliveries.kind_${row.kind}`)}</Pill>
      ),
      csv: (row) => t(`deliveries.kind_${row.kind}`),
    },
    {
      id: "words",
      head: t("deliveries.words"),
      cell: (row) => (
        <>
          <span class="note wrap" lang="en">{row.words}</span>{" "}
          {row.message_id !== null && <a href={`/admin/mail/${row.message_id}`}>{t("deliveries.message")}</a>}
        </>
      ),
      csv: (row) => row.words,
      phone: "full",
    },
    { head: "Status", csv: (row) => row.status ?? "" },
    {
      id: "time",
      head: t("deliveries.since"),
      cell: (row) => formatInstant(row.refused_at, zone, t),
      csv: (row) => row.refused_at.toString({ smallestUnit: "second" }),
      fit: true,
      sortBy: "-time",
    },
    ...(may(state, "mail:send")
      ? [{
        head: t("tables.actions"),
        kind: "actions" as const,
        cell: (row: RefusedAddress) => (
          <ActionForm
            small
            action={`${PATH}/again`}
            csrfToken={state.csrfToken}
            values={{ id: row.address_lower }}
          >
            {t("deliveries.try_one")}
          </ActionForm>
        ),
      }]
      : []),
  ];
}
