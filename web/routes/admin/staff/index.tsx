import { wholePage } from "@/web/app/list/define_list.tsx";
import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { fold } from "@/shared/text/mod.ts";
import { formatCount, formatInstant, formatRelative } from "@/web/format.ts";
import { staffQuery } from "@/web/route_table/staff.ts";
import { SESSION_IDLE_MINUTES } from "@/web/services/access/session.ts";
import { listOpenInvites } from "@/web/store/access/invites.ts";
import { listMemberLines, type MemberLine, type MemberState } from "@/web/store/access/members.ts";
import { factorWords } from "./(_parts)/factor_words.ts";
import { Invites } from "./(_parts)/Invites.tsx";

const PATH = "/admin/staff";
const TONES: Record<MemberState, Tone> = { active: "ok", disabled: "bad", left: "mute" };

export const list = define.list({
  name: "staff",
  path: () => PATH,
  query: staffQuery,
  filter: ({ query: { show, q } }) => ({ withAway: show === "away", text: fold(q ?? "") }),
  count: () => Promise.resolve(null),
  more: async (trx) => ({ invites: await listOpenInvites(trx) }),
  read: async (trx, { withAway, text }, { sort }, { moment: { now } }) => {
    const activeSince = now.subtract({ minutes: SESSION_IDLE_MINUTES });
    const lines = (await listMemberLines(trx, { now, activeSince })).filter(({ state, name, email }) =>
      (withAway || state !== "left") && fold(`${name} ${email}`).includes(text)
    );
    return wholePage(sorted(lines, sort));
  },
  permission: "staff:read",
  summary: "Staff with their roles and sessions, and open invitations",
  title: ({ t }) => t("staff.title"),
  lead: ({ t, rows }) => {
    const n = rows.filter(({ state }) => state === "active").length;
    return n === 0 ? undefined : t("staff.lead", { n });
  },
  actions: ({ t, state }) => (
    <>
      <LinkButton href="/admin/roles">{t("staff.roles")}</LinkButton>
      {may(state, "staff:write") && (
        <LinkButton kind="primary" icon="plus" href={`${PATH}/invite`}>{t("staff.invite")}</LinkButton>
      )}
    </>
  ),
  above: ({ t, state, query, rows }) => {
    const alone = rows.filter((person) =>
      person.state === "active" && !person.hasApp && person.passkeys === 0
    );
    return (
      <>
        <Flash done={query.done} messages={{ withdrawn: t("staff.done_withdrawn") }} />
        {may(state, "staff:write") && alone.length > 0 && (
          <Banner
            tone="info"
            title={t("factors.staff_hint_title", { count: alone.length })}
            actions={
              <LinkButton href="/admin/settings/second-factor" small>
                {t("factors.staff_hint_verb")}
              </LinkButton>
            }
          >
            {t("factors.staff_hint")}
          </Banner>
        )}
      </>
    );
  },
  below: ({ state, moment, more: { invites } }) => (
    <Invites invites={invites} mayChange={may(state, "staff:write")} moment={moment} />
  ),
  total: ({ rows }) => rows.length,
  sort: "name",
  columns: ({ t, moment: { now, zone } }) => [
    {
      head: t("staff.name"),
      cell: (person) => person.name,
      csvHead: "Name",
      csv: (person) => person.name,
      sortBy: "name",
    },
    {
      id: "email",
      head: t("staff.email"),
      cell: (person) => <span class="clip" title={person.email}>{person.email}</span>,
      csvHead: "E-mail",
      csv: (person) => person.email,
      phone: "full",
    },
    {
      id: "roles",
      head: t("staff.role"),
      cell: (person) =>
        person.roles.length === 0
          ? <span class="note">{t("staff.no_roles")}</span>
          : person.roles.map(({ name }) => name).join(", "),
      csvHead: "Roles",
      csv: (person) => person.roles.map(({ name }) => name).join(", "),
      phone: "full",
    },
    {
      id: "seen",
      head: t("staff.last_seen"),
      cell: ({ lastSeenAt }) =>
        lastSeenAt === null
          ? <span class="note">{t("staff.never")}</span>
          : <span title={formatInstant(lastSeenAt, zone, t)}>{formatRelative(lastSeenAt, now, t)}</span>,
      csvHead: "Last seen",
      csv: ({ lastSeenAt }) => lastSeenAt?.toString({ smallestUnit: "second" }) ?? "",
      sortBy: "-seen",
    },
    {
      id: "factor",
      head: t("factors.staff_head"),
      cell: (person) => {
        const words = factorWords(t, person);
        return words.isWanting ? <Pill tone="warn">{words.text}</Pill> : words.text;
      },
      csvHead: "Second factor",
      csv: ({ hasApp, passkeys }) => [hasApp && "app", passkeys > 0 && "passkey"].filter(Boolean).join(", "),
    },
    {
      id: "sessions",
      head: t("staff.sessions"),
      kind: "number",
      cell: ({ sessions }) => formatCount(sessions),
      csvHead: "Sessions",
      csv: ({ sessions }) => String(sessions),
    },
    {
      id: "state",
      head: t("staff.state"),
      cell: ({ state }) => <Pill tone={TONES[state]}>{t(`staff.state_${state}`)}</Pill>,
      csvHead: "State",
      csv: ({ state }) => state,
      phone: "corner",
    },
  ],
  table: ({ t, frame, query: { show } }) => ({
    rowHref: (person) => `${PATH}/${person.id}`,
    chips: [
      {
        label: t("staff.show_here"),
        href: listHref(frame, { show: undefined }),
        isCurrent: show === undefined,
      },
      { label: t("staff.show_away"), href: listHref(frame, { show: "away" }), isCurrent: show === "away" },
    ],
    search: t("staff.search"),
    empty: <EmptyState icon="user" title={t("staff.none")}>{t("staff.none_hint")}</EmptyState>,
  }),
});

export default list.page;
export const { handler, route } = list;

function sorted(lines: readonly MemberLine[], sort: string | undefined): readonly MemberLine[] {
  if (sort === "-name") return lines.toReversed();
  if (sort !== "seen" && sort !== "-seen") return lines;
  const at = ({ lastSeenAt }: MemberLine) => lastSeenAt?.epochMilliseconds ?? 0;
  const sign = sort === "-seen" ? -1 : 1;
  return lines.toSorted((a, b) => sign * (at(a) - at(b)));
}
