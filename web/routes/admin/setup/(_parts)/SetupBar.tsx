import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { SetupStep } from "@/web/domain/settings/mod.ts";

/** Pages on which steps of the set-up are done. */
const PAGES = /^\/admin\/(sites|routers|agents|import|settings)(\/|$)/;

/** The way back to the set-up, on the pages that it leads to. */
export function SetupBar({ step, path }: { step: SetupStep | null; path: string }) {
  const t = useT();
  if (step === null || !PAGES.test(path)) return null;
  return (
    <Banner
      tone="info"
      actions={<LinkButton small href="/admin/setup">{t("setup.back_to_setup")}</LinkButton>}
    >
      {t("setup.bar", { step: t(`setup.step_${step}`) })}
    </Banner>
  );
}
