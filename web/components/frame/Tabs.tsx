import { formatCount } from "@/web/format.ts";

export interface Tab {
  label: string;
  href: string;
  isCurrent?: boolean | undefined;
  count?: number | undefined;
}

/** Parts of one page, each with its own address. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a class="tab" href={tab.href} aria-current={tab.isCurrent ? "page" : undefined}>
          {tab.label}
          {tab.count !== undefined && <span class="count">{formatCount(tab.count)}</span>}
        </a>
      ))}
    </nav>
  );
}
