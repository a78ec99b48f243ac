import { page } from "fresh";
import { readParams } from "@/web/app/form/input.ts";
import { address, found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { actionText, whoText } from "@/web/app/words/audit_words.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { type Fact, FactList } from "@/web/components/facts/FactList.tsx";
import { StoredDetails, StoredText } from "@/web/components/facts/StoredText.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { formatInstant } from "@/web/format.ts";
import { auditEntryParams } from "@/web/route_table/audit.ts";
import { type AuditLine, findAuditLine } from "@/web/store/access/audit_page.ts";
import { changesOf } from "./(_parts)/changes.ts";
import { SubjectLinks } from "./(_parts)/columns.tsx";

const PATH = "/admin/audit";

export default define.page<typeof handler>(function AuditEntryPage({ data: { line }, state }) {
  const { t } = state;
  return (
    <>
      <PageHeader
        title={t("audit.entry", { n: line.sequence.toString() })}
        back={{ href: PATH, label: t("audit.title") }}
        lead={<StoredText text={line.summary} isSentence />}
      />
      <Card>
        <FactList facts={factsOf(state, line)} wide />
        {line.summary.startsWith('{"code":') && <StoredDetails text={line.summary} />}
      </Card>
      <TitledTable title={t("audit.changes")}>
        <DataTable
          caption={t("audit.changes")}
          rows={changesOf(line.details)}
          empty={<EmptyState icon="list" title={t("audit.no_changes")} />}
          columns={[
            {
              head: t("audit.field"),
              cell: ({ name }) => <span lang="en">{name === "" ? "—" : name.replaceAll("_", " ")}</span>,
            },
            { head: t("audit.before"), cell: ({ before }) => <span class="wrap">{before || "—"}</span> },
            { head: t("audit.after"), cell: ({ after }) => <span class="wrap">{after || "—"}</span> },
          ]}
        />
      </TitledTable>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "audit:read",
    params: auditEntryParams,
    summary: "One entry of the audit log: before and after, and where it came from",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { entry } = readParams(ctx.state, auditEntryParams);
    const line = found(await readPage(ctx.state, (trx) => findAuditLine(trx, entry)));
    ctx.state.title = ctx.state.t("audit.entry", { n: line.sequence.toString() });
    return page({ line });
  },
});

function factsOf(state: AppState, line: AuditLine): Fact[] {
  const { t } = state;
  const { ip, request_id: request } = line;
  return [
    { label: t("audit.who"), value: whoText(t, line) },
    { label: t("audit.time"), value: formatInstant(line.at, momentOf(state).zone, t) },
    { label: t("audit.day"), value: <DateText date={line.business_on} /> },
    { label: t("audit.action"), value: actionText(t, line.action) },
    { label: t("audit.object"), value: <SubjectLinks line={line} state={state} /> },
    {
      label: t("audit.address"),
      value: ip === null ? t("audit.no_address") : <a href={address(PATH, { q: ip })}>{ip}</a>,
    },
    ...(request === null ? [] : [{
      label: t("audit.request"),
      value: (
        <a class="wrap" href={address(PATH, { q: request })} title={t("audit.request_hint")}>
          <CodeText>{request}</CodeText>
        </a>
      ),
    }]),
    ...(line.run_id === null ? [] : [{
      label: t("audit.run"),
      value: <a href={`/admin/runs/${line.run_id}`}>{line.run_on?.toString() ?? line.run_id}</a>,
    }]),
    {
      label: t("audit.hash"),
      value: (
        <span class="wrap">
          <CodeText>{line.hash.toHex()}</CodeText>
        </span>
      ),
    },
  ];
}
