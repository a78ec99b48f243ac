import type { z } from "zod";
import { activeFilters } from "@/web/app/list/active.ts";
import { SPAN_NAMES, SpanFields, spanWords } from "@/web/app/list/span.tsx";
import { found, type PageMoment } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { actionText, actorChoice, subjectKindText } from "@/web/app/words/audit_words.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { formatCount } from "@/web/format.ts";
import { codesSaying } from "@/web/messages/find_codes.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { auditQuery } from "@/web/route_table/audit.ts";
import {
  type AuditFilter,
  countAuditEntries,
  COUNTED_ENTRIES,
  listAuditLog,
  listAuditValues,
  SEARCHED_ENTRIES,
} from "@/web/store/access/audit_page.ts";
import { findLastAuditCheck, findLastAuditHead } from "@/web/store/access/audit_heads.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { ChainBanner, ChainCard } from "./(_parts)/ChainCard.tsx";
import { columnsFor } from "./(_parts)/columns.tsx";

const PATH = "/admin/audit";

type Query = z.infer<typeof auditQuery>;

export const list = define.list({
  name: "audit",
  path: () => PATH,
  query: auditQuery,
  filter: ({ query, moment, t }) => filterOf(query, moment, t),
  count: async (trx, filter) => ({
    total: await countAuditEntries(trx, filter),
    actors: await listAuditValues(trx, "actor"),
    kinds: await listAuditValues(trx, "subject_kind"),
    actions: await listAuditValues(trx, "action"),
  }),
  more: async (trx, { query }) => ({
    subscriber: query.subscriber === undefined
      ? undefined
      : found(await findSubscriber(trx, query.subscriber)).name,
    check: await findLastAuditCheck(trx),
    head: await findLastAuditHead(trx),
  }),
  read: (trx, filter, page) => listAuditLog(trx, filter, page),
  permission: "audit:read",
  summary: "The audit log: who did what, and from where",
  title: ({ t }) => t("audit.title"),
  lead: ({ t }) => t("audit.lead"),
  above: ({ t, moment, more }) => <ChainBanner check={more.check} now={moment.now} t={t} />,
  below: ({ t, state, moment, more }) => <ChainCard {...more} zone={moment.zone} t={t} state={state} />,
  total: ({ counts }) => Math.min(counts.total, COUNTED_ENTRIES),
  sort: "-time",
  columns: ({ t, state, moment }) => columnsFor(t, state, moment.zone),
  fileName: ({ moment }) => `audit-${moment.today}`,
  table: ({ t, frame, query, counts, more }) => ({
    isMore: counts.total > COUNTED_ENTRIES,
    rowHref: (line) => `${PATH}/${line.sequence}`,
    active: activeFilters(frame, {
      q: t("tables.by_text", { text: query.q ?? "" }),
      who: query.who && actorChoice(t, query.who),
      kind: query.kind && subjectKindText(t, query.kind),
      action: query.action && actionText(t, query.action),
      subscriber: t("tables.by_subscriber", { name: more.subscriber ?? "?" }),
      ...spanWords(t, query),
    }, []),
    search: t("audit.search"),
    selects: ["who", "kind", "action", ...SPAN_NAMES],
    folds: true,
    children: (
      <>
        <Choice
          name="who"
          label={t("audit.all_people")}
          chosen={query.who}
          of={counts.actors}
          say={actorChoice}
          t={t}
        />
        <Choice
          name="kind"
          label={t("audit.all_kinds")}
          chosen={query.kind}
          of={counts.kinds}
          say={subjectKindText}
          t={t}
        />
        <Choice
          name="action"
          label={t("audit.all_actions")}
          chosen={query.action}
          of={counts.actions}
          say={actionText}
          t={t}
        />
        <SpanFields span={query} />
      </>
    ),
    noneMatch: query.q === undefined
      ? undefined
      : t("audit.none_match", { text: query.q, n: formatCount(SEARCHED_ENTRIES) }),
    empty: <EmptyState icon="list" title={t("audit.none")}>{t("audit.none_hint")}</EmptyState>,
  }),
});

export default list.page;
export const { handler, route } = list;

/** The filter of an address; its days are those of the company. */
function filterOf(query: Query, { zone }: PageMoment, t: Translate): AuditFilter {
  const text = query.q?.trim().toLowerCase() ?? "";
  const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(zone).toInstant();
  return {
    actor: query.who,
    kind: query.kind,
    action: query.action,
    subscriberId: query.subscriber,
    since: query.from && startOf(query.from),
    until: query.to && startOf(query.to.add({ days: 1 })),
    search: text === "" ? undefined : { text, codes: codesSaying(t.locale, text) },
  };
}

interface ChoiceProps {
  name: string;
  label: string;
  chosen: string | undefined;
  of: readonly string[];
  say: (t: Translate, value: string) => string;
  t: Translate;
}

/** What the log holds, in the order of the words. */
function Choice({ name, label, chosen, of, say, t }: ChoiceProps) {
  const options = of.map((value) => ({ value, words: say(t, value) }))
    .sort((a, b) => a.words.localeCompare(b.words, t.locale));
  return (
    <select class="input input-short" name={name} aria-label={label}>
      <option value="">{label}</option>
      {options.map(({ value, words }) => (
        <option key={value} value={value} selected={value === chosen}>{words}</option>
      ))}
    </select>
  );
}
