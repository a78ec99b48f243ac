import { Csrf } from "./Csrf.tsx";
import { Icon } from "./Icon.tsx";
import { Mark } from "./Mark.tsx";
import { Pill } from "./Pill.tsx";
import type { Tone } from "./tone.ts";
import { formatInitials } from "@/web/format.ts";
import { formatDate } from "@/shared/calendar/mod.ts";

/** How many agents hold a live link, of all that are enrolled. */
export interface AgentStatus {
  online: number;
  total: number;
}

interface TopBarProps {
  tenantName: string;
  staffName: string;
  csrfToken: string;
  agentStatus: AgentStatus;
  businessDate: Temporal.PlainDate;
  searchText: string | undefined;
  signOutAction: string;
}

/** Search, business date, agents and the signed-in person; stays in view. */
export function TopBar(props: TopBarProps) {
  return (
    <header class="topbar">
      <a class="tenant" href="/admin" aria-label={`${props.tenantName}, Today`}>
        <Mark />
      </a>
      <form class="search" role="search" method="get" action="/admin/subscribers">
        <Icon name="search" />
        <input
          type="search"
          id="global-search"
          name="q"
          value={props.searchText}
          placeholder="Find a name, account, PPPoE user, phone"
          aria-label="Find a subscriber"
          autocomplete="off"
        />
      </form>
      <div class="topbar-end">
        <span class="topbar-date">{formatDate(props.businessDate)}</span>
        <AgentPill {...props.agentStatus} />
        <UserMenu {...props} />
      </div>
    </header>
  );
}

function AgentPill({ online, total }: AgentStatus) {
  const { tone, words } = describeAgents(online, total);
  return (
    <Pill tone={tone} href="/admin/sites">
      <span class="only-wide">{words}</span>
      <span class="only-narrow" aria-hidden="true">{`${online}/${total}`}</span>
      <span class="only-narrow sr-only">{words}</span>
    </Pill>
  );
}

function describeAgents(online: number, total: number): { tone: Tone; words: string } {
  if (total === 0) return { tone: "mute", words: "No agent yet" };
  if (online === 0) return { tone: "bad", words: total === 1 ? "Agent offline" : "All agents offline" };
  if (online < total) return { tone: "warn", words: `${online} of ${total} agents online` };
  return { tone: "ok", words: total === 1 ? "Agent online" : `${total} agents online` };
}

function UserMenu({ staffName, tenantName, csrfToken, signOutAction }: TopBarProps) {
  return (
    <details class="menu user-menu" name="menu">
      <summary>
        <span class="avatar" aria-hidden="true">{formatInitials(staffName)}</span>
        <span class="sr-only">{`Signed in as ${staffName}`}</span>
      </summary>
      <div class="menu-panel">
        <div class="menu-who">
          <b>{staffName}</b>
          <div class="note">{tenantName}</div>
        </div>
        <form class="action-form" method="post" action={signOutAction}>
          <Csrf token={csrfToken} />
          <button class="menu-item" type="submit">
            <Icon name="out" />
            Sign out
          </button>
        </form>
      </div>
    </details>
  );
}
