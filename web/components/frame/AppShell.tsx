import type { ComponentChildren } from "preact";
import { BottomBar } from "./BottomBar.tsx";
import { useT } from "@/web/components/i18n.ts";
import { NAV_ITEMS, type NavCount, type NavId, type NavItem } from "./nav.ts";
import { SideNav } from "./SideNav.tsx";
import { type AgentStatus, TopBar } from "./TopBar.tsx";

export interface AppShellProps {
  tenantName: string;
  /** The menu entry of this page; `undefined` for pages outside the menu. */
  current: NavId | undefined;
  staffName: string;
  /** They work for other companies too. @default false */
  canSwitch?: boolean | undefined;
  csrfToken: string;
  agentStatus: AgentStatus;
  businessDate: Temporal.PlainDate;
  /** Entries this person may see, from `visibleNav`. @default all */
  nav?: readonly NavItem[] | undefined;
  counts?: Partial<Record<NavId, NavCount>> | undefined;
  /** What was searched for, shown again in the search box. */
  searchText?: string | undefined;
  /** @default "/admin/sign-out" */
  signOutAction?: string | undefined;
  /** This page's address, to come back to after a change of the language. @default "/admin" */
  here?: string | undefined;
  /** The island that finds, undoes and keeps drafts; null without scripts. */
  frame?: ComponentChildren;
  demoBar?: ComponentChildren;
  /** How the page follows the news: the stamp of `LiveUpdates`. */
  live?: ComponentChildren;
  children: ComponentChildren;
}

/** Frame of every admin page: menu, search, who is signed in. The page starts with a `PageHeader`. */
export function AppShell(props: AppShellProps) {
  const t = useT();
  const { nav = NAV_ITEMS, counts = {}, current, tenantName } = props;
  return (
    <>
      <a class="skip" href="#content">{t("shell.skip")}</a>
      <div class="shell">
        <SideNav tenantName={tenantName} items={nav} current={current} counts={counts} />
        <div>
          <TopBar
            tenantName={tenantName}
            staffName={props.staffName}
            canSwitch={props.canSwitch ?? false}
            csrfToken={props.csrfToken}
            agentStatus={props.agentStatus}
            businessDate={props.businessDate}
            searchText={props.searchText}
            live={props.live}
            signOutAction={props.signOutAction ?? "/admin/sign-out"}
            here={props.here ?? "/admin"}
          />
          {props.demoBar && (
            <aside class="demo-bar" aria-label={t("shell.demo_controls")}>{props.demoBar}</aside>
          )}
          <main class="content stack" id="content" tabindex={-1}>{props.children}</main>
        </div>
      </div>
      <BottomBar items={nav} current={current} counts={counts} />
      {props.frame}
    </>
  );
}
