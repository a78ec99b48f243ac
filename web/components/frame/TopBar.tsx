import type { ComponentChildren } from "preact";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { LiveRegion } from "./LiveRegion.tsx";
import { Mark } from "@/web/components/facts/Mark.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import { formatInitials } from "@/web/format.ts";
import { LOCALE_NAMES, LOCALES, type Translate } from "@/web/messages/mod.ts";
import { LocaleContext, useT } from "@/web/components/i18n.ts";
import { useContext } from "preact/hooks";
import { MenuLink } from "./Menu.tsx";
import { formatDate } from "@/shared/calendar/mod.ts";

/** How many agents hold a live link, of all that are enrolled. */
export interface AgentStatus {
  online: number;
  total: number;
}

interface TopBarProps {
  tenantName: string;
  staffName: string;
  canSwitch: boolean;
  csrfToken: string;
  agentStatus: AgentStatus;
  businessDate: Temporal.PlainDate;
  searchText: string | undefined;
  signOutAction: string;
  here: string;
  live?: ComponentChildren;
}

/** Search, business date, agents and the signed-in person; stays in view. */
export function TopBar(props: TopBarProps) {
  const t = useT();
  return (
    <header class="topbar">
      <a class="tenant" href="/admin" aria-label={t("shell.today", { name: props.tenantName })}>
        <Mark />
      </a>
      <form class="search" role="search" method="get" action="/admin/find">
        <Icon name="search" />
        <input
          type="search"
          id="global-search"
          name="q"
          value={props.searchText}
          placeholder={t("shell.search")}
          aria-label={t("shell.search_label")}
          autocomplete="off"
        />
        <kbd class="needs-script" aria-hidden="true">Ctrl K</kbd>
      </form>
      <div class="topbar-end">
        <a class="search-link" href="/admin/find" aria-label={t("shell.search_label")} data-find>
          <Icon name="search" />
        </a>
        <span class="topbar-date">{formatDate(props.businessDate, t.locale)}</span>
        {props.live}
        <LiveRegion id="live-agents">
          <AgentPill {...props.agentStatus} />
        </LiveRegion>
        <UserMenu {...props} />
      </div>
    </header>
  );
}

function AgentPill({ online, total }: AgentStatus) {
  const { tone, words } = describeAgents(useT(), online, total);
  return (
    <Pill tone={tone} href="/admin/sites">
      <span class="only-wide">{words}</span>
      <span class="only-narrow" aria-hidden="true">{`${online}/${total}`}</span>
      <span class="only-narrow sr-only">{words}</span>
    </Pill>
  );
}

function describeAgents(t: Translate, online: number, total: number): { tone: Tone; words: string } {
  if (total === 0) return { tone: "mute", words: t("shell.agents_none") };
  if (online === 0) return { tone: "bad", words: t("shell.agents_offline", { total }) };
  if (online < total) return { tone: "warn", words: t("shell.agents_some", { online, total }) };
  return { tone: "ok", words: t("shell.agents_online", { total }) };
}

function UserMenu({ staffName, canSwitch, tenantName, csrfToken, signOutAction, here }: TopBarProps) {
  const t = useT();
  const spoken = useContext(LocaleContext);
  return (
    <details class="menu user-menu" name="menu">
      <summary>
        <span class="avatar" aria-hidden="true">{formatInitials(staffName)}</span>
        <span class="sr-only">{t("shell.signed_in_as", { name: staffName })}</span>
      </summary>
      <div class="menu-panel">
        <div class="menu-who">
          <b>{staffName}</b>
          <div class="note">{tenantName}</div>
        </div>
        <form class="menu-languages" method="post" action="/admin/preferences">
          <Csrf token={csrfToken} />
          <input type="hidden" name="back" value={here} />
          <span class="note" id="language">{t("shell.language")}</span>
          <span class="cluster" role="group" aria-labelledby="language">
            {LOCALES.map((locale) => (
              <button
                type="submit"
                key={locale}
                class="chip"
                name="locale"
                value={locale}
                lang={locale}
                aria-current={locale === spoken ? "true" : undefined}
              >
                {LOCALE_NAMES[locale]}
              </button>
            ))}
          </span>
        </form>
        {canSwitch && <MenuLink href="/admin/companies" icon="site">{t("shell.switch_company")}</MenuLink>}
        <MenuLink href="/admin/settings/me" icon="settings">{t("settings.section_me")}</MenuLink>
        <MenuLink href="/admin/help/shortcuts" icon="list" dialog>{t("shell.shortcuts")}</MenuLink>
        <form class="action-form" method="post" action={signOutAction} data-sign-out>
          <Csrf token={csrfToken} />
          <button class="menu-item" type="submit">
            <Icon name="out" />
            {t("shell.sign_out")}
          </button>
        </form>
      </div>
    </details>
  );
}
