import { parseCoded } from "@/shared/codes/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { isUnreachable, NOTICE_LACKS, type NoticeLack } from "@/web/domain/cuts/mod.ts";
import type { TonightPageData } from "./TonightPage.tsx";
import { peopleWords } from "./words.ts";

/** Whom the want of a notice keeps on, and what is to be done: most are told today and may be cut tomorrow. */
export function NoticeBanner(
  { data: { tonight: { preview } }, state }: { data: TonightPageData; state: AppState },
) {
  const { t } = state;
  const lacks = preview.rows.filter((row) => row.decision === "no_notice").map((row) => lackOf(row.reason));
  if (lacks.length === 0) return null;
  const unreachable = lacks.filter((lack) => lack !== null && isUnreachable(lack)).length;
  const waiting = lacks.length - unreachable;
  return (
    <Banner
      tone="warn"
      title={t("tonight.no_notice", { people: peopleWords(t, lacks.length) })}
      actions={may(state, "settings:read") && (
        <LinkButton href="/admin/settings/reminders">{t("tonight.no_notice_link")}</LinkButton>
      )}
    >
      {[
        ...(waiting > 0 ? [t("tonight.no_notice_waiting", { people: peopleWords(t, waiting) })] : []),
        ...(unreachable > 0
          ? [t("tonight.no_notice_unreachable", { people: peopleWords(t, unreachable) })]
          : []),
      ].join(" ")}
    </Banner>
  );
}

/** Why the notice of a row was not sent, as its reason says it. */
function lackOf(reason: string): NoticeLack | null {
  const why = parseCoded(reason)?.values.why;
  return NOTICE_LACKS.find((lack) => lack === why) ?? null;
}
