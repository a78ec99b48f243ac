import type { z } from "zod";
import { activeFilters } from "@/web/app/list/active.ts";
import { framedQuery } from "@/web/app/list/frame.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import { SECURITY_KINDS, type SecurityKind } from "@/web/domain/access/mod.ts";
import { formatCount, formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { securityQuery } from "@/web/route_table/security.ts";
import {
  countSecurityEvents,
  listSecurityEvents,
  type SecurityLogRow,
} from "@/web/store/access/security_log_page.ts";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";

const PATH = "/admin/settings/security";

export const list = define.list({
  name: "security",
  path: () => PATH,
  query: securityQuery,
  filter: ({ query }): Pick<z.infer<typeof securityQuery>, "kind" | "q"> => query,
  count: () => Promise.resolve(null),
  read: (trx, filter, page) => listSecurityEvents(trx, filter, page),
  // Not among the counts, which are kept until the audit log grows: this log grows without it.
  more: async (trx, { query }) => ({ total: await countSecurityEvents(trx, query) }),
  permission: "security_log:read",
  summary: "The security log: sign-ins, refusals, ended sessions",
  title: ({ t }) => t("security.title"),
  total: ({ more }) => more.total,
  sort: "-last",
  columns: ({ t, query, moment }) =>
    columnsFor(t, moment.zone, (q) => address(PATH, { ...framedQuery(query), q })),
  fileOrder: ["Last", "First", "What", "Why", "Route", "Account", "Address", "Times", "Request"],
  fileName: ({ moment }) => `security-log-${moment.today}`,
  table: ({ t, frame, query: { kind, q } }) => ({
    chips: chipsOf(t, frame, kind),
    active: activeFilters(frame, { q: t("tables.by_text", { text: q ?? "" }) }, ["kind"]),
    search: t("security.search"),
    noneMatch: q === undefined ? undefined : t("tables.none_match_text", { text: q }),
    empty: <EmptyState icon="list" title={t("security.none")}>{t("security.none_hint")}</EmptyState>,
  }),
  page: ({ t, state }, { fileButton, table }) => (
    <SettingsFrame section="security" state={state} actions={fileButton}>
      <p class="note">{t("security.note")}</p>
      {table}
    </SettingsFrame>
  ),
});

export default list.page;
export const { handler, route } = list;

const TONES: Record<SecurityKind, Tone> = {
  sign_in_ok: "ok",
  sign_in_failed: "warn",
  sign_in_locked: "bad",
  signed_out: "mute",
  session_ended: "mute",
  refused: "warn",
  link_mailed: "info",
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

function columnsFor(
  t: Translate,
  zone: string,
  narrowedTo: (text: string) => string,
): ListColumn<SecurityLogRow>[] {
  const narrowing = (text: string) =>
    text === "" ? t("security.several") : <a href={narrowedTo(text)}>{text}</a>;
  return [
    {
      head: t("security.what"),
      cell: (row) => <Pill tone={TONES[row.kind]}>{t(`security.kind_${row.kind}`)}</Pill>,
      csvHead: "What",
      csv: (row) => t(`security.kind_${row.kind}`),
      fit: true,
    },
    {
      id: "when",
      head: t("security.when"),
      cell: (row) => formatInstant(row.last_at, zone, t),
      csvHead: "Last",
      csv: (row) => row.last_at.toString({ smallestUnit: "second" }),
      fit: true,
    },
    { head: "First", csv: (row) => row.first_at.toString({ smallestUnit: "second" }) },
    {
      id: "why",
      head: t("security.why"),
      cell: (row) => (
        <>
          {t(`security.reason_${row.reason}`)} {row.place !== "" && <CodeText>{row.place}</CodeText>}
        </>
      ),
      csvHead: "Why",
      csv: (row) => t(`security.reason_${row.reason}`),
      phone: "full",
    },
    { head: "Route", csv: (row) => row.place },
    {
      id: "account",
      head: t("security.account"),
      cell: (row) => (
        <>
          <span class="clip" title={row.account}>
            {row.account === "" ? t("security.unknown") : narrowing(row.account)}
          </span>
          <br />
          <span class="clip" title={row.ip}>{narrowing(row.ip)}</span>
        </>
      ),
      csvHead: "Account",
      csv: (row) => row.account,
      phone: "full",
    },
    { head: "Address", csv: (row) => row.ip },
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
      csvHead: "Times",
      csv: (row) => String(row.times),
    },
    {
      id: "request",
      head: t("security.request"),
      cell: (row) => <CodeText>{row.request_id}</CodeText>,
      csvHead: "Request",
      csv: (row) => row.request_id,
      fit: true,
      optional: true,
    },
  ];
}
