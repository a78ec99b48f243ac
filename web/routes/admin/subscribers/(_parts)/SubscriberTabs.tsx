import { Tabs } from "@/web/components/frame/Tabs.tsx";
import { useT } from "@/web/components/i18n.ts";

const PAGES = ["overview", "ledger", "statement"] as const;

/** The pages of one subscriber, for who may see money. */
export function SubscriberTabs(
  { subscriber, current }: {
    subscriber: { id: string; name: string };
    current: (typeof PAGES)[number];
  },
) {
  const t = useT();
  const path = `/admin/subscribers/${subscriber.id}`;
  return (
    <Tabs
      label={t("account.pages_of", { name: subscriber.name })}
      tabs={PAGES.map((name) => ({
        label: t(`account.${name}`),
        href: name === "overview" ? path : `${path}/${name}`,
        isCurrent: name === current,
      }))}
    />
  );
}
