import { useT } from "@/web/components/i18n.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import type { NavCount, NavId, NavItem } from "./nav.ts";
import { formatCount } from "@/web/format.ts";

interface BottomBarProps {
  items: readonly NavItem[];
  current: NavId | undefined;
  counts: Partial<Record<NavId, NavCount>>;
}

/** The menu on a phone: four pages within thumb reach, the rest under More. */
export function BottomBar({ items, current, counts }: BottomBarProps) {
  const t = useT();
  const bar = items.filter((item) => item.onPhoneBar).slice(0, 4);
  const rest = items.filter((item) => !bar.includes(item));
  const isInRest = rest.some((item) => item.id === current);
  return (
    <nav class="bottom-bar" aria-label={t("shell.small_menu")}>
      {bar.map((item) => (
        <a class="bottom-link" href={item.href} aria-current={item.id === current ? "page" : undefined}>
          <Icon name={item.icon} />
          <span>{t(`shell.nav_${item.id}`)}</span>
        </a>
      ))}
      {rest.length > 0 && (
        <details class="menu bottom-more" name="menu">
          <summary class="bottom-link" aria-current={isInRest ? "true" : undefined}>
            <Icon name="menu" />
            <span>{t("shell.more")}</span>
          </summary>
          <div class="menu-panel">
            {rest.map((item) => (
              <a class="menu-item" href={item.href} aria-current={item.id === current ? "page" : undefined}>
                <Icon name={item.icon} />
                {t(`shell.nav_${item.id}`)}
                {(counts[item.id]?.count ?? 0) > 0 && (
                  <span class="count">{formatCount(counts[item.id]?.count ?? 0)}</span>
                )}
              </a>
            ))}
          </div>
        </details>
      )}
    </nav>
  );
}
