import type { Translate } from "@/web/messages/mod.ts";
import { Steps } from "@/web/components/facts/Progress.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatDuration } from "@/web/format.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import type { SecretStage } from "./secret_progress.ts";

const ORDER = ["queued", "sent", "made", "session", "online"] as const;
/** The step that each stage works on. */
const CURRENT: Record<SecretStage, number> = {
  not_sent: 0,
  queued: 0,
  sent: 1,
  failed: 2,
  made: 3,
  online: ORDER.length,
};

/** Queued, sent, on the router, waiting for the first session, online. */
export function SecretSteps({ stage, connection }: { stage: SecretStage; connection: SubscriptionDetail }) {
  const t = useT();
  const at = CURRENT[stage];
  return (
    <Steps
      label={t("subscribers.secret_progress")}
      steps={ORDER.map((step, index) => ({
        label: step === "online" && stage === "online"
          ? onlineWords(t, connection)
          : t(`subscribers.step_${step}`),
        state: stage === "failed" && index === at
          ? "failed" as const
          : index < at
          ? "done" as const
          : index === at
          ? "current" as const
          : "todo" as const,
      }))}
    />
  );
}

function onlineWords(t: Translate, { address, uptime_seconds: uptime }: SubscriptionDetail): string {
  const word = t("subscribers.step_online");
  return [word, address, uptime === null ? null : formatDuration(Number(uptime) * 1000, t)]
    .filter((part) => part !== null).join(" · ");
}
