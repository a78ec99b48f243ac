import { Tabs } from "@/web/components/frame/Tabs.tsx";
import { useT } from "@/web/components/i18n.ts";

/** The reports, in their order; each has its words in `reports.<name>` and its address. */
export const REPORTS = [
  { name: "aging", href: "/admin/reports/aging", icon: "clock" },
  { name: "collections", href: "/admin/reports/collections", icon: "cash" },
  { name: "billed", href: "/admin/reports/billed", icon: "chart" },
  { name: "vat", href: "/admin/reports/vat", icon: "bill" },
  { name: "certificates", href: "/admin/reports/certificates", icon: "bill" },
  { name: "accounts", href: "/admin/reports/accounts", icon: "list" },
] as const;

/** From one report to the others. */
export function ReportTabs({ current }: { current: (typeof REPORTS)[number]["name"] }) {
  const t = useT();
  return (
    <Tabs
      label={t("reports.title")}
      tabs={REPORTS.map(({ name, href }) => ({
        label: t(`reports.${name}`),
        href,
        isCurrent: name === current,
      }))}
    />
  );
}
