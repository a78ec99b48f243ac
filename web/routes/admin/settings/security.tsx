import { page } from "fresh";
import { readInput } from "@/web/app/input.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { type ListFrame, listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import type { Tone } from "@/web/components/tone.ts";
import { SECURITY_KINDS, type SecurityKind } from "@/web/domain/access/mod.ts";
import { formatCount, formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { securityQuery } from "@/web/route_table/security.ts";
import {
  countSecurityEvents,
  listSecurityEvents,
  type SecurityLogRow,
} from "@/web/store/access/security_log_page.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { pageOf, readFrame } from "@/web/app/list/frame.ts";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";

const PATH = "/admin/settings/security";

export default define.page<typeof handler>(function SecurityLogPage({ data, state }) {
  const { frame, query, zone } = data;
  const { t } = state;
  return (
    <SettingsFrame
      section="security"
      state={state}
      actions={
        <LinkButton icon="export" href={listHref({ ...frame, path: `${PATH}.csv` }, { per: undefined })}>
          CSV
        </LinkButton>
      }
    >
      <p class="note">{t("security.note")}</p>
      <ListTable
        frame={frame}
        caption={t("security.title")}
        columns={columnsFor(t, frame, zone)}
        rows={data.rows}
        next={data.next}
        previous={data.previous}
        total={data.total}
        sort="-last"
        chips={chipsOf(t, frame, query.kind)}
        active={activeFilters(frame, { q: t("tables.by_text", { text: query.q ?? "" }) }, ["kind"])}
        search={t("security.search")}
        noneMatch={query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q })}
        empty={<EmptyState icon="list" title={t("security.none")}>{t("security.none_hint")}</EmptyState>}
      />
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "security_log:read",
    input: securityQuery,
    summary: "The security log: sign-ins, refusals, ended sessions",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    state.title = state.t("security.title");
    const query = readInput(state, securityQuery);
    const data = await readPage(state, async (trx) => ({
      frame: await readFrame(trx, state, { name: "security", path: PATH, query }),
      ...await listSecurityEvents(trx, query, pageOf(query)),
      total: await countSecurityEvents(trx, query),
    }));
    return page({ ...data, query, zone: momentOf(state).zone });
  },
});

const TONES: Record<SecurityKind, Tone> = {
  sign_in_ok: "ok",
  sign_in_failed: "warn",
  sign_in_locked: "bad",
  signed_out: "mute",
  session_ended: "mute",
  refused: "warn",
};

function chipsOf(t: Translate, frame: ListFrame, kind: SecurityKind | undefined) {
  const chip = (label: string, value: SecurityKind | undefined) => ({
    label,
    href: listHref(frame, { kind: value }),
    isCurrent: kind === value,
  });
  return [
    chip(t("tables.all_rows"), undefined),
    ...SECURITY_KINDS.map((each) => chip(t(`security.kind_${each}`), each)),
  ];
}

function columnsFor(t: Translate, frame: ListFrame, zone: string): Column<SecurityLogRow>[] {
  const narrowed = (text: string) =>
    text === "" ? t("security.several") : <a href={listHref(frame, { q: text })}>{text}</a>;
  return [
    {
      head: t("security.what"),
      cell: (row) => <Pill tone={TONES[row.kind]}>{t(`security.kind_${row.kind}`)}</Pill>,
      fit: true,
    },
    { id: "when", head: t("security.when"), cell: (row) => formatInstant(row.last_at, zone, t), fit: true },
    {
      id: "why",
      head: t("security.why"),
      cell: (row) => (
        <>
          {t(`security.reason_${row.reason}`)} {row.place !== "" && <CodeText>{row.place}</CodeText>}
        </>
      ),
      phone: "full",
    },
    {
      id: "account",
      head: t("security.account"),
      cell: (row) => (
        <>
          <span class="clip" title={row.account}>
            {row.account === "" ? t("security.unknown") : narrowed(row.account)}
          </span>
          <br />
          <span class="clip" title={row.ip}>{narrowed(row.ip)}</span>
        </>
      ),
      phone: "full",
    },
    {
      id: "times",
      head: t("security.times"),
      kind: "number",
      cell: (row) =>
        row.times === 1
          ? "1"
          : (
            <span title={t("security.since", { at: formatInstant(row.first_at, zone, t) })}>
              {formatCount(row.times)}
            </span>
          ),
    },
    {
      id: "request",
      head: t("security.request"),
      cell: (row) => <CodeText>{row.request_id}</CodeText>,
      fit: true,
      optional: true,
    },
  ];
}
