import type { z } from "zod";
import { activeFilters } from "@/web/app/list/active.ts";
import { SPAN_NAMES, SpanFields, spanWords } from "@/web/app/list/span.tsx";
import { found, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { STAFF_OCCASIONS } from "@/web/domain/mail/staff.ts";
import { MAIL_STATES, type MailState, OCCASIONS } from "@/web/domain/mail/types.ts";
import { mailQuery } from "@/web/route_table/deliveries.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { COUNTED_MAILS, countMailsByState, listMails, type MailFilter } from "@/web/store/mail/mail_page.ts";
import { countUnsent } from "@/web/store/mail/unsent.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { columnsFor } from "./(_parts)/columns.tsx";
import { MailServerLink, NoServerBanner } from "./(_parts)/NoServerBanner.tsx";
import { UnsentBanner } from "./(_parts)/UnsentBanner.tsx";
import { reasonWords } from "./(_parts)/mail_words.tsx";

const PATH = "/admin/mail";

type Query = z.infer<typeof mailQuery>;
type Counts = Awaited<ReturnType<typeof countMailsByState>>;

export const list = define.list({
  name: "mail",
  path: () => PATH,
  query: mailQuery,
  filter: ({ query }): MailFilter => filterOf(query),
  count: () => Promise.resolve(null),
  read: (trx, filter, page) => listMails(trx, filter, page),
  // Not among the counts, which are kept until the audit log grows: messages are sent without it.
  more: async (trx, { query, moment: { now, today } }) => ({
    counts: await countMailsByState(trx, filterOf(query)),
    hasServer: await findMailServer(trx) !== null,
    // Where somebody looks for what was skipped, and not in the way of everybody else.
    unsent: query.state === "skipped" ? await countUnsent(trx, { now, today }) : 0,
    subscriber: query.subscriber === undefined
      ? undefined
      : found(await findSubscriber(trx, query.subscriber)).name,
    bill: query.bill === undefined ? undefined : found(await findBill(trx, query.bill)).number ?? undefined,
  }),
  permission: "mail:read",
  summary: "Mail to subscribers and staff: what was sent, waits, failed or was skipped",
  live: ["mail"],
  title: ({ t }) => t("deliveries.title"),
  lead: ({ t }) => t("deliveries.sent_means"),
  back: ({ query, more }) =>
    query.bill !== undefined
      ? { href: `/admin/bills/${query.bill}`, label: more.bill ?? "" }
      : query.subscriber !== undefined
      ? { href: `/admin/subscribers/${query.subscriber}`, label: more.subscriber ?? "" }
      : undefined,
  actions: ({ t }) => <LinkButton href={`${PATH}/refused`}>{t("deliveries.refused_link")}</LinkButton>,
  above: ({ t, state, more, query }) => (
    <>
      <Flash done={query.done} messages={{ unsent: t("deliveries.unsent_done") }} />
      {more.hasServer
        ? <UnsentBanner state={state} count={more.unsent} />
        : countedOf(more.counts).count > 0 && <NoServerBanner state={state} />}
    </>
  ),
  total: ({ more, query }) => countedOf(more.counts, query.state).count,
  sort: "-time",
  columns: ({ t, moment }) => columnsFor(t, moment.zone),
  fileName: ({ moment }) => `mail-${moment.today}`,
  table: ({ t, state, frame, query, more }) => ({
    isMore: countedOf(more.counts, query.state).isMore,
    rowHref: (mail) => `${PATH}/${mail.id}`,
    rowId: (mail) => mail.id,
    chips: [
      {
        label: t("tables.all_rows"),
        href: listHref(frame, { state: undefined }),
        ...countedOf(more.counts),
        isCurrent: query.state === undefined,
      },
      ...MAIL_STATES.map((each) => ({
        label: t(`deliveries.state_${each}`),
        href: listHref(frame, { state: each }),
        ...countedOf(more.counts, each),
        isCurrent: query.state === each,
      })),
    ],
    active: activeFilters(frame, {
      q: t("tables.by_text", { text: query.q ?? "" }),
      occasion: query.occasion && t(`deliveries.occasion_${query.occasion}`),
      reason: query.reason && (reasonWords(t, query.reason) ?? query.reason),
      subscriber: t("tables.by_subscriber", { name: more.subscriber ?? "?" }),
      bill: t("deliveries.by_bill", { number: more.bill ?? "?" }),
      ...spanWords(t, query),
    }, ["state"]),
    search: t("deliveries.search"),
    selects: ["occasion", ...SPAN_NAMES],
    folds: true,
    children: (
      <>
        <select class="input input-short" name="occasion" aria-label={t("deliveries.occasion")}>
          <option value="">{t("deliveries.all_occasions")}</option>
          {[...OCCASIONS, ...STAFF_OCCASIONS].map((occasion) => (
            <option value={occasion} selected={query.occasion === occasion}>
              {t(`deliveries.occasion_${occasion}`)}
            </option>
          ))}
        </select>
        <SpanFields span={query} />
      </>
    ),
    noneMatch: query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q }),
    empty: more.hasServer
      ? <EmptyState icon="mail" title={t("deliveries.none")}>{t("deliveries.none_hint_others")}</EmptyState>
      : (
        <EmptyState
          icon="mail"
          title={t("deliveries.none_server")}
          actions={may(state, "settings:write") && <MailServerLink state={state} />}
        >
          {t("deliveries.none_hint")}
        </EmptyState>
      ),
  }),
});

export default list.page;
export const { handler, route } = list;

function filterOf(query: Query): MailFilter {
  return {
    state: query.state,
    occasion: query.occasion,
    reason: query.reason,
    subscriberId: query.subscriber,
    billId: query.bill,
    paymentId: query.payment,
    from: query.from,
    to: query.to,
    q: query.q,
  };
}

/** How many messages there are, of one state or of all, and whether there are more than were counted. */
function countedOf(counts: Counts, state?: MailState): { count: number; isMore: boolean } {
  const chosen = counts.filter((row) => state === undefined || row.state === state);
  return {
    count: chosen.reduce((total, row) => total + Math.min(row.count, COUNTED_MAILS), 0),
    isMore: chosen.some((row) => row.count > COUNTED_MAILS),
  };
}
