import { codedOf } from "@/shared/codes/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { address } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { actionText, subjectKindText, whoText } from "@/web/app/words/audit_words.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { formatInstant } from "@/web/format.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS, type Translate } from "@/web/messages/mod.ts";
import type { AuditLine } from "@/web/store/access/audit_page.ts";
import { changesOf } from "./changes.ts";
import { subjectHref, subjectText } from "./subject.ts";

const PATH = "/admin/audit";

/** The columns of the audit log, on the page and in the file. */
export function columnsFor(t: Translate, state: AppState, zone: string): ListColumn<AuditLine>[] {
  return [
    {
      head: t("audit.time"),
      cell: (line) => formatInstant(line.at, zone, t),
      csv: (line) => line.at.toString({ smallestUnit: "second" }),
      fit: true,
      sortBy: "-time",
    },
    { head: t("audit.number"), csv: (line) => line.sequence.toString() },
    { head: t("audit.day"), csv: (line) => line.business_on.toString() },
    {
      id: "who",
      head: t("audit.who"),
      cell: (line) => whoText(t, line),
      csv: (line) => whoText(ENGLISH_WORDS, line),
      phone: "line",
    },
    {
      id: "what",
      head: t("audit.what"),
      cell: (line) => <StoredText text={line.summary} isSentence />,
      csv: (line) => codedText(ENGLISH_WORDS, codedOf(line.summary)),
      phone: "full",
    },
    {
      id: "action",
      head: t("audit.action"),
      cell: (line) => actionText(t, line.action),
      csv: (line) => line.action,
      optional: true,
    },
    {
      id: "object",
      head: t("audit.object"),
      cell: (line) => <SubjectLinks line={line} state={state} />,
      csv: (line) => line.subject_name ?? "",
      phone: "full",
    },
    { head: t("audit.kind"), csv: (line) => subjectKindText(ENGLISH_WORDS, line.subject_kind) },
    { head: t("audit.object_id"), csv: (line) => line.subject_id },
    { head: t("audit.subscriber"), csv: (line) => line.subscriber_name ?? "" },
    {
      head: t("audit.changes"),
      csv: (line) =>
        changesOf(line.details).map(({ name, before, after }) =>
          `${name === "" ? "" : `${name}: `}${before === "" ? "" : `${before} -> `}${after}`
        ).join("; "),
    },
    {
      id: "address",
      head: t("audit.address"),
      cell: (line) => line.ip !== null && <a href={address(PATH, { q: line.ip })}>{line.ip}</a>,
      csv: (line) => line.ip ?? "",
      fit: true,
      minor: true,
    },
    {
      id: "request",
      head: t("audit.request"),
      cell: (line) =>
        line.request_id !== null && (
          <a href={address(PATH, { q: line.request_id })} title={t("audit.request_hint")}>
            <CodeText>{line.request_id.slice(0, 8)}</CodeText>
          </a>
        ),
      csv: (line) => line.request_id ?? "",
      fit: true,
      minor: true,
    },
    { head: t("audit.hash"), csv: (line) => line.hash.toHex() },
  ];
}

/** The object, and whose it is: each a link to its page. */
export function SubjectLinks({ line, state }: { line: AuditLine; state: AppState }) {
  const href = subjectHref(state, line);
  const text = subjectText(state.t, line);
  const { subscriber_id: subscriberId, subscriber_name: name } = line;
  return (
    <>
      {href === undefined ? text : <a href={href}>{text}</a>}
      {subscriberId !== null && name !== null && line.subject_kind !== "subscriber" && (
        <>
          {", "}
          <a href={`/admin/subscribers/${subscriberId}`}>{name}</a>
        </>
      )}
    </>
  );
}
