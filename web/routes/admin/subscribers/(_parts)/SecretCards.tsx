import type { ComponentChildren } from "preact";
import { StoredReason } from "@/web/components/facts/StoredText.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import ShownOnce from "@/web/islands/ShownOnce.tsx";
import type { CommandRow } from "@/web/store/network/commands.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { subscriberPath } from "./about_connection.ts";
import { secretStage } from "./secret_progress.ts";
import { SecretSteps } from "./SecretSteps.tsx";

/** A connection and the last command about its secret. */
export interface SecretView {
  connection: SubscriptionDetail;
  command: CommandRow | null;
  /** Only in the answer right after it was made. */
  password: string | null;
}

/** The password, while this answer is the only place where it is. */
export function PasswordCard(
  { connection, password, buys }: {
    connection: SubscriptionDetail;
    password: string;
    /** What is bought first, carried on in the address. */
    buys: string;
  },
) {
  const t = useT();
  return (
    <Card title={t("subscribers.password_title")}>
      <p class="note">{t("subscribers.password_once")}</p>
      <dl class="dial-up">
        <div>
          <dt>{t("subscribers.ppp_user")}</dt>
          <dd class="mono">{connection.ppp_name}</dd>
        </div>
        <div>
          <dt>{t("subscribers.ppp_password")}</dt>
          <dd class="mono" id="ppp-password">{password}</dd>
        </div>
      </dl>
      <div class="cluster">
        <ShownOnce
          target="ppp-password"
          words={{ copy: t("subscribers.password_copy"), copied: t("subscribers.password_copied") }}
        />
        <LinkButton href={`${subscriberPath({ connection })}/secret?connection=${connection.id}${buys}`}>
          {t("subscribers.password_noted")}
        </LinkButton>
      </div>
    </Card>
  );
}

interface ProgressCardProps {
  secret: SecretView;
  /** What can be done about it. */
  foot: ComponentChildren;
  children: ComponentChildren;
}

/** How far the secret has come. */
export function ProgressCard({ secret, foot, children }: ProgressCardProps) {
  const t = useT();
  return (
    <Card title={t("subscribers.secret_progress")} foot={foot}>
      <SecretSteps stage={secretStage(secret)} connection={secret.connection} />
      <StageWords {...secret} />
      {children}
    </Card>
  );
}

function StageWords({ connection, command }: SecretView) {
  const t = useT();
  const { router_name: router } = connection;
  switch (secretStage({ connection, command })) {
    case "not_sent":
      return <p>{t("subscribers.stage_not_sent")}</p>;
    case "queued":
      return <p>{t("subscribers.stage_queued", { site: connection.site_name })}</p>;
    case "sent":
      return (
        <p>
          {t(
            connection.router_status === "online"
              ? "subscribers.stage_sent"
              : "subscribers.stage_waits_router",
            { router },
          )}
        </p>
      );
    case "failed":
      return (
        <StoredReason
          text={command?.error_message ?? null}
          otherwise={t("subscribers.stage_not_written", { router })}
        >
          {t("subscribers.stage_failed")}
        </StoredReason>
      );
    case "made":
      return (
        <p>
          {t(
            connection.status !== "pending" || connection.activation !== "by_hand"
              ? "subscribers.stage_made"
              : connection.billing_mode === "prepaid"
              ? "prepaid.stage_made_off"
              : "subscribers.stage_made_off",
          )}
        </p>
      );
    case "online":
      return <p>{t("subscribers.stage_online")}</p>;
  }
}

/** What is typed into the customer's router. */
export function DialUpCard({ connection, password }: SecretView) {
  const t = useT();
  return (
    <Card title={t("subscribers.secret_dialup")}>
      <FactList
        facts={[
          { label: t("subscribers.ppp_user"), value: <CodeText>{connection.ppp_name}</CodeText> },
          {
            label: t("subscribers.ppp_password"),
            value: t(password === null ? "subscribers.password_gone" : "subscribers.password_left"),
          },
          { label: t("subscribers.service"), value: "PPPoE" },
          {
            label: t("subscribers.profile"),
            value: connection.ppp_profile ?? t("subscribers.profile_default"),
          },
        ]}
      />
    </Card>
  );
}
