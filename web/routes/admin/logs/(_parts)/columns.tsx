import { codedOf } from "@/shared/codes/mod.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { StoredDetails, StoredText } from "@/web/components/facts/StoredText.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import { formatCount, formatInstant } from "@/web/format.ts";
import { asideOf, codedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS, type Translate } from "@/web/messages/mod.ts";
import type { SystemLogLine } from "@/web/store/access/system_log_page.ts";

const TONES: Record<SystemLogLine["level"], Tone> = { error: "bad", warn: "warn", info: "mute" };

/** The columns of the system log, on the page and in the file. */
export function columnsFor(t: Translate, zone: string): ListColumn<SystemLogLine>[] {
  return [
    {
      head: t("log.time"),
      cell: (line) => formatInstant(line.at, zone, t),
      csv: (line) => line.at.toString({ smallestUnit: "second" }),
      fit: true,
      sortBy: "-time",
    },
    {
      id: "level",
      head: t("log.level"),
      cell: (line) => <Pill tone={TONES[line.level]}>{t(`log.level_${line.level}`)}</Pill>,
      csv: (line) => t(`log.level_${line.level}`),
      fit: true,
      phone: "corner",
    },
    {
      id: "source",
      head: t("log.source"),
      cell: (line) => t(`log.source_${line.source}`),
      csv: (line) => t(`log.source_${line.source}`),
      fit: true,
      minor: true,
    },
    {
      id: "what",
      head: t("log.what"),
      cell: (line) => (
        <>
          {line.sign_in === null
            ? <StoredText text={line.message ?? ""} isSentence />
            : signInWords(t, line.sign_in)}
          {line.times > 1 && (
            <span class="note">
              {` ${
                t(line.sign_in === null ? "log.times" : "log.times_in_all", { n: formatCount(line.times) })
              }`}
            </span>
          )}
          {line.sign_in === null && <StoredDetails text={detailsOf(line)} />}
        </>
      ),
      csv: (line) =>
        line.sign_in === null
          ? codedText(ENGLISH_WORDS, codedOf(line.message ?? ""))
          : signInWords(ENGLISH_WORDS, line.sign_in),
      phone: "full",
    },
    {
      id: "about",
      head: t("log.about"),
      cell: (line) => <Subject line={line} t={t} />,
      csv: (line) =>
        [line.subscriber_name, line.bill_number, line.router_name, line.site_name]
          .filter((name) => name !== null).join(", "),
      phone: "full",
    },
    { head: "Details", csv: (line) => asideOf(codedOf(line.message ?? "")) ?? "" },
    { head: "Times", csv: (line) => String(line.times) },
    {
      id: "reference",
      head: t("log.reference"),
      cell: (line) =>
        line.reference !== null && (
          <a href={address("/admin/logs", { q: line.reference })} title={line.reference}>
            <CodeText>{line.reference.slice(0, 8)}</CodeText>
          </a>
        ),
      csv: (line) => line.reference ?? "",
      fit: true,
      minor: true,
    },
  ];
}

/** What an earlier version wrote is shown whole already. */
function detailsOf({ message }: SystemLogLine): string | null {
  return message?.startsWith('{"code":') ? message : null;
}

/** `Sign-in failed: wrong password, maria@example.ph from 203.0.113.9` */
function signInWords(t: Translate, { kind, reason, account, ip }: NonNullable<SystemLogLine["sign_in"]>) {
  return t("log.sign_in", {
    what: t(`security.kind_${kind}`),
    why: t(`security.reason_${reason}`),
    who: account === "" ? t("security.unknown") : account,
    ip: ip === "" ? t("security.several") : ip,
  });
}

/** Whom and what a line is about, each a link to it. */
function Subject({ line, t }: { line: SystemLogLine; t: Translate }) {
  const links = [
    [line.subscriber_id, line.subscriber_name, "/admin/subscribers/"],
    [line.bill_id, line.bill_number, "/admin/bills/"],
    [line.mail_id, t("deliveries.message"), "/admin/mail/"],
    [line.run_id, t("log.run"), "/admin/runs/"],
    [line.router_id, line.router_name, "/admin/routers/"],
    [line.router_id === null ? line.site_id : null, line.site_name, "/admin/sites/"],
  ] as const;
  const known = links.filter(([id, name]) => id !== null && name !== null);
  return (
    <>
      {known.map(([id, name, path], at) => (
        <>
          {at > 0 && ", "}
          <a href={`${path}${id}`}>{name}</a>
        </>
      ))}
    </>
  );
}
