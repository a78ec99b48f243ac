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
import type { AuditCheckRow, AuditHeadRow } from "@/web/store/access/audit_heads.ts";
import { requireSession } from "@/web/app/form/input.ts";

/** After two nights without a look somebody should know. */
const STALE_HOURS = 50;

interface ChainProps {
  check: AuditCheckRow | null;
  t: Translate;
}

/** What is wrong with the log, above everything else. */
export function ChainBanner({ check, now, t }: ChainProps & { now: Temporal.Instant }) {
  if (check === null) return null;
  if (check.problem_sequence !== null) {
    return (
      <Banner tone="bad" title={t("audit.broken_title", { n: check.problem_sequence.toString() })}>
        {t("audit.broken_hint")}
      </Banner>
    );
  }
  const isStale = now.since(check.checked_at).total("hours") > STALE_HOURS;
  return isStale ? <Banner tone="warn" title={t("audit.stale_title")}>{t("audit.stale_hint")}</Banner> : null;
}

interface ChainCardProps extends ChainProps {
  head: AuditHeadRow | null;
  zone: string;
  state: AppState;
}

/** Whether the log is whole, and up to where it was signed. Of the whole company: nothing for who sees some sites. */
export function ChainCard({ check, head, zone, t, state }: ChainCardProps) {
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
