import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";

/** Offers to send what was skipped while no mail server was set. */
export function UnsentBanner({ state, count }: { state: AppState; count: number }) {
  const { t } = state;
  if (count === 0 || !may(state, "mail:send")) return null;
  return (
    <Banner
      tone="info"
      title={t("deliveries.unsent_banner", { n: count })}
      actions={<LinkButton href="/admin/mail/unsent">{t("deliveries.unsent_link")}</LinkButton>}
    >
      {t("deliveries.unsent_hint")}
    </Banner>
  );
}
