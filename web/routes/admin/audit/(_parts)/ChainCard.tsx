import { formatDate } from "@/shared/calendar/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { formatCount, formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { KnownBreak } from "@/web/store/access/audit_breaks.ts";
import type { AuditCheckRow, AuditHeadRow } from "@/web/store/access/audit_heads.ts";
import { requireSession } from "@/web/app/form/input.ts";

/** After two nights without a look somebody should know. */
const STALE_HOURS = 50;

interface ChainProps {
  check: AuditCheckRow | null;
  /** Breaks that an owner has said something about. */
  known: readonly KnownBreak[];
  zone: string;
  t: Translate;
}

interface BannerProps extends ChainProps {
  now: Temporal.Instant;
  /** They may say why the log is broken. */
  maySay: boolean;
}

/** What is wrong with the log, above everything else. */
export function ChainBanner({ check, known, now, zone, maySay, t }: BannerProps) {
  if (check === null) return null;
  if (check.problem_sequence !== null) {
    const n = check.problem_sequence.toString();
    const said = known.find((each) =>
      each.at === check.problem_sequence && each.problem === check.problem &&
      each.print === check.problem_print
    );
    if (said !== undefined) {
      return (
        <Banner tone="warn" title={t("audit.known_title", { n, name: said.known_by })}>
          {t("audit.known_note", { note: said.note, when: formatInstant(said.known_at, zone, t) })}
        </Banner>
      );
    }
    return (
      <Banner tone="bad" title={t("audit.broken_title", { n })}>
        <p>{t("audit.broken_hint")}</p>
        {maySay && <LinkButton small href="/admin/audit/break">{t("audit.know_verb")}</LinkButton>}
      </Banner>
    );
  }
  const isStale = now.since(check.checked_at).total("hours") > STALE_HOURS;
  return isStale ? <Banner tone="warn" title={t("audit.stale_title")}>{t("audit.stale_hint")}</Banner> : null;
}

interface ChainCardProps extends ChainProps {
  head: AuditHeadRow | null;
  state: AppState;
}

/** Whether the log is whole, and up to where it was signed. Of the whole company: nothing for who sees some sites. */
export function ChainCard({ check, known, head, zone, t, state }: ChainCardProps) {
  if ((requireSession(state).siteIds ?? null) !== null) return null;
  return (
    <Card
      title={t("audit.chain")}
      aside={check !== null && (
        <Pill tone={check.problem === null ? "ok" : "bad"}>
          {check.problem === null ? t("audit.chain_whole") : t("audit.chain_broken")}
        </Pill>
      )}
      foot={head !== null && (
        <LinkButton small icon="export" href="/admin/audit/head.json">{t("audit.chain_file")}</LinkButton>
      )}
    >
      {check === null ? <p>{t("audit.chain_never")}</p> : (
        <FactList
          facts={[
            { label: t("audit.chain_checked"), value: formatInstant(check.checked_at, zone, t) },
            { label: t("audit.chain_entries"), value: formatCount(check.entries) },
            ...known.map(({ at, note, known_by: name, known_at: when }) => ({
              label: t("audit.known_label", { n: at.toString() }),
              value: t("audit.known_value", { note, name, when: formatInstant(when, zone, t) }),
            })),
            ...(head === null ? [] : [
              {
                label: t("audit.chain_signed"),
                value: t("audit.chain_signed_at", {
                  n: head.sequence.toString(),
                  day: formatDate(head.signed_on, t.locale),
                }),
              },
              {
                label: t("audit.chain_hash"),
                value: (
                  <span class="wrap">
                    <CodeText>{head.hash.toHex()}</CodeText>
                  </span>
                ),
              },
            ]),
          ]}
        />
      )}
      {head !== null && <p class="note">{t("audit.chain_hint")}</p>}
    </Card>
  );
}
