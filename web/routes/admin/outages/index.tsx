import { businessInstant, may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { OUTAGE_NOTICE_DAYS } from "@/web/domain/billing/limits.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Menu, MenuLink } from "@/web/components/frame/Menu.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { outagesQuery } from "@/web/route_table/outages.ts";
import { findOutageReview } from "@/web/store/billing/outage_credits.ts";
import {
  countOutages,
  listOutages,
  listSilentRouters,
  type OutageListRow,
} from "@/web/store/billing/outages.ts";
import { noticeWords, placeWords } from "./(_parts)/outage_words.ts";
import { shortInstant } from "@/web/app/words/page_words.ts";

const PATH = "/admin/outages";

export const list = define.list({
  name: "outages",
  path: () => PATH,
  query: outagesQuery,
  filter: ({ query }) => ({ withTakenBack: query.show === "all" }),
  count: (trx, filter) => countOutages(trx, filter),
  more: async (trx, { moment }) => ({
    review: await findOutageReview(trx),
    silent: await listSilentRouters(trx, moment.now),
  }),
  read: (trx, filter, page) => listOutages(trx, filter, page),
  permission: "router:read",
  summary: "Outages, what waits to be credited, and routers that do not answer",
  live: ["money"],
  title: ({ t }) => t("outages.list"),
  actions: ({ t, state }) => (
    <>
      {may(state, "settings:write") && <LinkButton href={`${PATH}/rules`}>{t("outages.rules")}</LinkButton>}
      <LinkButton href={`${PATH}/report`}>{t("outages.report")}</LinkButton>
      {may(state, "bill:read") && <LinkButton href={`${PATH}/credits`}>{t("outages.credits")}</LinkButton>}
      {may(state, "outage:write") && (
        <LinkButton kind="primary" icon="plus" href={`${PATH}/new`}>{t("outages.record")}</LinkButton>
      )}
    </>
  ),
  above: ({ t, query, state, moment, more: { review, silent } }) => (
    <>
      <Flash
        done={query.done}
        messages={{
          recorded: t("outages.done_recorded"),
          announced: t("outages.done_announced"),
          late: t("outages.done_late", { days: query.days ?? 0, due: OUTAGE_NOTICE_DAYS }),
          corrected: t("outages.done_corrected"),
          ended: t("outages.done_ended"),
          taken_back: t("outages.done_taken_back"),
          rules: t("outages.done_rules"),
        }}
      />
      {review !== null && review.connections > 0 && may(state, "bill:read") && (
        <Banner
          tone="warn"
          title={t("outages.waits", {
            n: review.connections,
            amount: formatPeso(centavos(review.amount_centavos)),
          })}
        >
          <a href={`${PATH}/credits`}>{t("outages.waits_link")}</a>
        </Banner>
      )}
      {may(state, "outage:write") && silent.map((router) => (
        <Banner
          key={router.id}
          tone="info"
          title={t("outages.silent", { router: router.name, site: router.site_name, n: router.connections })}
        >
          {t("outages.silent_since", { at: formatInstant(router.since, moment.zone, t) })}{" "}
          <a href={`${PATH}/new?router=${router.id}&since=${encodeURIComponent(router.since.toString())}`}>
            {t("outages.silent_link")}
          </a>
        </Banner>
      ))}
    </>
  ),
  total: ({ counts }) => counts,
  sort: "from",
  columns: ({ t, moment, state }) => [
    {
      id: "from",
      head: t("outages.from_on"),
      cell: (row) => shortInstant(row.from_at, moment, t.locale),
      csv: (row) => row.from_at.toString(),
      fit: true,
    },
    {
      id: "to",
      head: t("outages.to_on"),
      cell: (row) => row.to_at === null ? t("outages.lasts") : shortInstant(row.to_at, moment, t.locale),
      csv: (row) => row.to_at?.toString() ?? "",
      fit: true,
    },
    {
      id: "cause",
      head: t("outages.cause"),
      cell: (row) => <span class="clip">{row.cause}</span>,
      csv: (row) => row.cause,
    },
    {
      id: "kind",
      head: t("outages.kind"),
      cell: (row) => t(`outages.kind_${row.kind}`),
      csv: (row) => row.kind,
      minor: true,
    },
    { id: "scope", head: t("outages.scope"), cell: (row) => placeWords(t, row), csv: (row) => row.scope },
    {
      id: "connections",
      head: t("outages.connections"),
      kind: "number",
      cell: (row) => String(row.connections),
      csv: (row) => String(row.connections),
    },
    {
      id: "state",
      head: t("tables.state"),
      cell: (row) => stateWords(t, row, moment),
      csv: (row) =>
        row.taken_back_at !== null
          ? "taken back"
          : row.is_credited
          ? "credited"
          : isToCome(row, moment)
          ? "planned"
          : "",
    },
    {
      id: "do",
      head: t("outages.change"),
      cell: (row) =>
        row.taken_back_at === null && may(state, "outage:write") && (
          <Menu label={t("outages.change")}>
            {isGoingOn(row, moment) && (
              <MenuLink href={`${PATH}/end?outage=${row.id}`}>{t("outages.end")}</MenuLink>
            )}
            {!row.is_credited && (
              <MenuLink href={`${PATH}/edit?outage=${row.id}`}>{t("outages.edit")}</MenuLink>
            )}
            <MenuLink href={`${PATH}/take-back?outage=${row.id}`} dialog>{t("outages.take_back")}</MenuLink>
          </Menu>
        ),
      fit: true,
    },
  ],
  table: ({ t, frame, query }) => ({
    rowHref: (row) => `${PATH}/report?outage=${row.id}`,
    chips: [
      {
        label: t("outages.live_ones"),
        href: listHref(frame, { show: undefined }),
        isCurrent: query.show === undefined,
      },
      {
        label: t("outages.all_ones"),
        href: listHref(frame, { show: "all" }),
        isCurrent: query.show === "all",
      },
    ],
    empty: <EmptyState icon="router" title={t("outages.none")}>{t("outages.none_hint")}</EmptyState>,
  }),
});

export default list.page;
export const { handler, route } = list;

function stateWords(t: Translate, row: OutageListRow, moment: PageMoment): string {
  if (row.taken_back_at !== null) return t("outages.was_taken_back");
  if (row.is_credited) return t("outages.was_credited");
  if (isToCome(row, moment)) return [t("outages.to_come"), noticeWords(t, row)].filter(Boolean).join(": ");
  return isGoingOn(row, moment) ? t("outages.lasts") : "";
}

function isToCome(row: OutageListRow, moment: PageMoment): boolean {
  return Temporal.Instant.compare(row.from_at, businessInstant(moment)) > 0;
}

/** Nobody has ended it, or it is planned to end later. */
function isGoingOn(row: OutageListRow, moment: PageMoment): boolean {
  const now = businessInstant(moment);
  return !isToCome(row, moment) && (row.to_at === null || Temporal.Instant.compare(row.to_at, now) > 0);
}
