import { Banner } from "@/web/components/facts/Banner.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Checkbox } from "@/web/components/form/SelectField.tsx";
import type { Duplicate } from "@/web/services/subscribers/find_duplicates.ts";
import type { NewConnectionView } from "./load_new.ts";

/** People who look like the one that is being added. `canAccept`: with the box that adds them anyway. */
export function DuplicatesPart(
  { duplicates, canAccept, error }: {
    duplicates: readonly Duplicate[];
    canAccept: boolean;
    error?: string | undefined;
  },
) {
  const t = useT();
  if (duplicates.length === 0) return null;
  return (
    <Banner tone="warn" title={t("subscribers.duplicates", { n: duplicates.length })}>
      <ul class="plain">
        {duplicates.map(({ subscriber, reasons }) => (
          <li>
            <a href={`/admin/subscribers/${subscriber.id}`} target="_blank" rel="noopener">
              {subscriber.name}
            </a>{" "}
            <CodeText>{subscriber.account_number}</CodeText>
            {": "}
            {reasons.map((reason) => t(`subscribers.same_${reason}`)).join(", ")}
            {where(subscriber) && <span class="note">{` · ${where(subscriber)}`}</span>}
          </li>
        ))}
      </ul>
      {canAccept && <Checkbox name="accept" label={t("subscribers.add_anyway")} error={error} />}
    </Banner>
  );
}

/** What is to be known of the PPP user before it is taken. */
export function PppWarnings({ view }: { view: NewConnectionView }) {
  const t = useT();
  const { pppUsers, isSeenOnRouter, values } = view;
  const name = values.ppp === "" ? view.suggestion ?? "" : values.ppp;
  return (
    <>
      {pppUsers.map((user) => (
        <Banner tone={user.router_id === values.router ? "bad" : "info"}>
          {t(user.router_id === values.router ? "subscribers.ppp_taken" : "subscribers.ppp_elsewhere", {
            name: user.ppp_name,
            router: user.router_name,
          })} <a href={`/admin/subscribers/${user.subscriber_id}`}>{user.subscriber_name}</a>
        </Banner>
      ))}
      {isSeenOnRouter && pppUsers.length === 0 && (
        <Banner tone="warn">{t("subscribers.ppp_seen", { name })}</Banner>
      )}
    </>
  );
}

function where({ address, barangay, city }: Duplicate["subscriber"]): string {
  return [address, barangay, city].filter((part) => part !== null).join(", ");
}
