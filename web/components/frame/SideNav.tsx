import { classes } from "@/web/components/classes.ts";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { Mark } from "@/web/components/facts/Mark.tsx";
import type { NavCount, NavId, NavItem } from "./nav.ts";
import { formatCount } from "@/web/format.ts";

interface SideNavProps {
  tenantName: string;
  items: readonly NavItem[];
  current: NavId | undefined;
  counts: Partial<Record<NavId, NavCount>>;
}

/** The menu at the left on wide screens. */
export function SideNav({ tenantName, items, current, counts }: SideNavProps) {
  const t = useT();
  return (
    <div class="side">
      <nav class="side-view" aria-label={t("shell.main_menu")}>
        <a class="tenant" href="/admin">
          <Mark />
          <span class="tenant-name">{tenantName}</span>
        </a>
        <div>
          {([undefined, "network", "manage"] as const).map((group) => {
            const entries = items.filter((item) => item.group === group);
            if (entries.length === 0) return null;
            return (
              <div class="nav-group">
                {group && <p class="nav-head">{t(`shell.group_${group}`)}</p>}
                <ul>
                  {entries.map((item) => (
                    <li>
                      <a
                        class="nav-link"
                        href={item.href}
                        aria-current={item.id === current ? "page" : undefined}
                      >
                        <Icon name={item.icon} />
                        {t(`shell.nav_${item.id}`)}
                        <NavBadge count={counts[item.id]} />
                      </a>
                    </li>
                  ))}
                </ul>
              </div>
            );
          })}
        </div>
        <p class="made-with">Linya</p>
      </nav>
    </div>
  );
}

function NavBadge({ count }: { count: NavCount | undefined }) {
  if (count === undefined || count.count === 0) return null;
  return <span class={classes("count", count.tone && `count-${count.tone}`)}>{formatCount(count.count)}
  </span>;
}
