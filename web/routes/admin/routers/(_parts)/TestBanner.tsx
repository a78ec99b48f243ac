import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { CommandPill } from "@/web/components/facts/Pill.tsx";
import { adviceFor } from "../../(_network)/router_state.tsx";
import { Said } from "./Said.tsx";
import type { RouterPageView, TestView } from "./load_router.ts";

/** A test of the router in place: on its way, what it found, or what to do. */
export function TestBanner({ view, test }: { view: RouterPageView; test: TestView }) {
  const t = useT();
  const { router } = view;
  const { command, found } = test;
  if (test.isWaiting) {
    const isAway = view.agent !== "online";
    return (
      <Banner
        tone="info"
        live
        title={isAway ? t("network.waiting_agent") : t("network.testing", { router: router.name })}
        actions={<CommandPill state={command.status === "sent" ? "sent" : "queued"} />}
      >
        {isAway ? t("network.waiting_agent_what") : t("network.testing_what")}
      </Banner>
    );
  }
  if (found === null || router.status === "wrong_router") return <Refused view={view} test={test} />;
  if (!found.isReadable) {
    return (
      <Banner tone="warn" live title={t("network.unreadable", { name: found.identity })}>
        {t("network.unreadable_what")}
      </Banner>
    );
  }
  return (
    <Banner tone="ok" live title={t("network.online_as", { name: found.identity, version: found.version })}>
      {t("network.readable", { n: found.secrets })}
    </Banner>
  );
}

function Refused({ view, test }: { view: RouterPageView; test: TestView }) {
  const t = useT();
  const { router } = view;
  const { command } = test;
  const advice = router.status === "online" || router.status === "unknown"
    ? adviceFor(t, "error")
    : adviceFor(t, router.status);
  const said = router.status === "wrong_router" ? router.status_message : command.error_message;
  const isExpired = command.status === "expired" || command.status === "queued" || command.status === "sent";
  return (
    <Banner
      tone="bad"
      live
      title={isExpired ? t("network.not_answered") : advice.title}
      actions={
        <LinkButton small href={`/admin/routers/${router.id}/edit`}>{t("network.edit_address")}</LinkButton>
      }
    >
      {isExpired ? said === null ? t("network.not_in_time") : <StoredText text={said} /> : advice.what}
      {!isExpired && <Said text={said} />}
    </Banner>
  );
}
