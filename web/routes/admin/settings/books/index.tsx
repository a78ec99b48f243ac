import { page } from "fresh";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { readInput } from "@/web/app/form/input.ts";
import { may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { BOOK_CHECKS, bookChecksOf } from "@/web/domain/billing/mod.ts";
import { formatCount, formatDuration, formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { doneQuery } from "@/web/route_table/settings.ts";
import { SCHEDULER } from "@/web/services/context.ts";
import {
  type BookCheckRow,
  type BookSubject,
  findBookSubjects,
  findLastBookCheck,
} from "@/web/store/billing/book_checks.ts";
import { SettingsFrame } from "../(_parts)/SettingsFrame.tsx";

const PAGES = {
  bill: "/admin/bills",
  memo: "/admin/memos",
  payment: "/admin/payments",
  refund: "/admin/refunds",
  subscriber: "/admin/subscribers",
} as const;
/** After two nights without a check somebody should know. */
const STALE_HOURS = 50;

export default define.page<typeof handler>(function BooksPage({ data, state }) {
  const { t } = state;
  const { last, subjects, done } = data;
  return (
    <SettingsFrame
      section="books"
      state={state}
      actions={may(state, "bill_run:run") && (
        <ActionForm action="/admin/settings/books/check" csrfToken={state.csrfToken}>
          {t("books.check_now")}
        </ActionForm>
      )}
    >
      <Flash done={done} messages={{ asked: t("books.asked") }} />
      <p class="note">{t("books.note")}</p>
      {last === null
        ? (
          <Card>
            <EmptyState icon="list" title={t("books.none")}>{t("books.none_hint")}</EmptyState>
          </Card>
        )
        : <LastCheck last={last} state={state} />}
      {last !== null && last.broken.length > 0 && <Findings last={last} subjects={subjects} t={t} />}
      <Checks last={last} t={t} />
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "settings:read",
    input: doneQuery,
    summary: "The last check of the books",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("settings.section_books");
    ctx.state.live = ["money"];
    const { done } = readInput(ctx.state, doneQuery);
    const { last, subjects } = await readPage(ctx.state, async (trx) => {
      const last = await findLastBookCheck(trx);
      const names = (last?.broken ?? []).map(({ subject }) => subject);
      return {
        last,
        subjects: names.length === 0 ? new Map<string, BookSubject>() : await findBookSubjects(trx, names),
      };
    });
    return page({ last, subjects, done });
  },
});

function LastCheck({ last, state }: { last: BookCheckRow; state: AppState }) {
  const { t } = state;
  const { zone, now } = momentOf(state);
  const isStale = now.since(last.checked_at).total("hours") > STALE_HOURS;
  return (
    <>
      {last.broken_count > 0 && (
        <Banner tone="bad" title={t("books.broken", { n: last.broken_count })}>
          {t("books.broken_hint")}
        </Banner>
      )}
      {isStale && <Banner tone="warn" title={t("books.stale")}>{t("books.stale_hint")}</Banner>}
      <Card
        title={t("books.last")}
        aside={
          <Pill tone={last.broken_count === 0 ? "ok" : "bad"}>
            {last.broken_count === 0
              ? t("books.all_hold")
              : t("books.count_broken", { n: last.broken_count })}
          </Pill>
        }
      >
        <FactList
          facts={[
            { label: t("books.when"), value: formatInstant(last.checked_at, zone, t) },
            { label: t("books.took"), value: tookOf(last.took_ms, t) },
            { label: t("books.rows"), value: formatCount(last.rows_seen) },
            {
              label: t("books.by"),
              value: last.asked_by === SCHEDULER.label ? t("books.by_night") : last.asked_by,
            },
          ]}
        />
      </Card>
    </>
  );
}

function tookOf(milliseconds: number, t: Translate): string {
  return milliseconds < 1000 ? t("books.below_a_second") : formatDuration(milliseconds, t);
}

function Checks({ last, t }: { last: BookCheckRow | null; t: Translate }) {
  const broken = new Set((last?.broken ?? []).flatMap(({ name }) => bookChecksOf(name) ?? []));
  return (
    <TitledTable title={t("books.checks")}>
      <DataTable
        caption={t("books.checks")}
        rows={BOOK_CHECKS}
        empty={null}
        columns={[
          { head: t("books.check"), cell: (check) => t(`books.check_${check}`) },
          { head: t("books.means"), cell: (check) => t(`books.means_${check}`), phone: "line" },
          {
            head: t("books.state"),
            fit: true,
            phone: "corner",
            cell: (check) => {
              if (last === null) return <Pill tone="mute">{t("books.not_yet")}</Pill>;
              return broken.has(check)
                ? <Pill tone="bad">{t("books.holds_not")}</Pill>
                : <Pill tone="ok">{t("books.holds")}</Pill>;
            },
          },
        ]}
      />
    </TitledTable>
  );
}

function Findings(
  { last, subjects, t }: { last: BookCheckRow; subjects: ReadonlyMap<string, BookSubject>; t: Translate },
) {
  const rest = last.broken_count - last.broken.length;
  return (
    <TitledTable title={t("books.findings")}>
      <DataTable
        caption={t("books.findings")}
        rows={last.broken}
        empty={null}
        columns={[
          {
            head: t("books.about"),
            cell: ({ subject }) => {
              const known = subjects.get(subject);
              if (known === undefined) return <span lang="en">{subject}</span>;
              return <a href={`${PAGES[known.kind]}/${known.id}`}>{known.label}</a>;
            },
          },
          {
            head: t("books.check"),
            cell: ({ name }) =>
              bookChecksOf(name)?.map((check) => t(`books.check_${check}`)).join("; ") ?? name,
            phone: "line",
          },
          { head: t("books.detail"), cell: ({ detail }) => <StoredText text={detail} />, phone: "line" },
        ]}
      />
      {rest > 0 && <p class="note">{t("books.more", { n: rest })}</p>}
    </TitledTable>
  );
}
