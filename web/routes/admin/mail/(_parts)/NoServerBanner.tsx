import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";

/** Says once on a page about mails that there is no server for them yet, and where it is set. */
export function NoServerBanner({ state }: { state: AppState }) {
  const { t } = state;
  return (
    <Banner
      tone="info"
      title={t("mail_server.none_title")}
      actions={may(state, "settings:write") && <MailServerLink state={state} />}
    >
      {t("mail_server.none_elsewhere")}
    </Banner>
  );
}

export function MailServerLink({ state }: { state: AppState }) {
  return <LinkButton href="/admin/settings/mail">{state.t("mail_server.none_link")}</LinkButton>;
}
