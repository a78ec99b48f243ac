import { requireSession } from "@/web/app/form/input.ts";
import { found, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { accessOf, missingToGive } from "@/web/domain/access/mod.ts";
import { formatCount, formatRelative } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { doneOnly, staffRolesForm } from "@/web/route_table/staff.ts";
import { changeStaffRoles } from "@/web/services/access/change_staff_roles.ts";
import { openAt } from "@/web/services/access/end_sessions.ts";
import { findMember, listMemberLines } from "@/web/store/access/members.ts";
import { listOpenSessions } from "@/web/store/access/open_sessions.ts";
import { listRoles } from "@/web/store/access/roles.ts";
import { listSiteNames } from "@/web/store/network/sites.ts";
import { AccessWords } from "../../roles/(_parts)/AccessWords.tsx";
import { factorWords } from "../(_parts)/factor_words.ts";
import { readLinkCode } from "../(_parts)/link_cookie.ts";
import { OneTimeLink } from "../(_parts)/OneTimeLink.tsx";
import { StaffSessions } from "../(_parts)/StaffSessions.tsx";
import { RoleTicks } from "../../roles/(_parts)/RoleTicks.tsx";

const form = define.form({
  params: idParams,
  query: doneOnly,
  input: staffRolesForm,
  load: async (trx, { state, params: { id }, query: { done }, moment: { now }, headers }) => {
    const member = found(await findMember(trx, id));
    const lines = await listMemberLines(trx, openAt(now));
    const { access = accessOf([]), staffUserId } = requireSession(state);
    return {
      member,
      line: found(lines.find((line) => line.id === id)),
      roles: await listRoles(trx),
      sites: await listSiteNames(trx),
      done,
      sessions: may(state, "staff:write") ? await listOpenSessions(trx, id, openAt(now)) : [],
      hasMore: missingToGive(access, member.roles).length > 0,
      isSelf: id === staffUserId,
      code: may(state, "staff:write") ? readLinkCode(headers) : null,
    };
  },
  permission: "staff:write",
  readers: { permission: "staff:read", summary: "One of the staff: roles, and what they can do" },
  audit: "staff.roles_changed",
  confirm: true,
  summary: "Change the roles of somebody",
  refused: "staff.check",
  title: ({ loaded: { member } }) => member.name,
  lead: ({ loaded: { member } }) => member.email,
  back: ({ t }) => ({ href: "/admin/staff", label: t("staff.title") }),
  actions: ({ t, state, loaded: { member, line, hasMore, isSelf } }) => (
    <>
      {!hasMore && !isSelf && member.state === "active" && (
        <ActionForm action={`/admin/staff/${member.id}/see`} csrfToken={state.csrfToken}>
          {t("staff.see_as_person")}
        </ActionForm>
      )}
      {isSelf && member.state === "active" && (
        <LinkButton href="/admin/staff/leave" dialog>{t("staff.leave")}</LinkButton>
      )}
      {may(state, "staff:write") && !hasMore && !isSelf && member.state === "active" && (
        <LinkButton href={`/admin/staff/${member.id}/password`} dialog>{t("staff.password_link")}</LinkButton>
      )}
      {may(state, "staff:write") && !hasMore && !isSelf && member.state === "active" &&
        (line.hasApp || line.passkeys > 0) && (
        <LinkButton href={`/admin/staff/${member.id}/factors`} dialog>{t("factors.reset")}</LinkButton>
      )}
      {may(state, "staff:write") && !hasMore && !isSelf && member.state === "active" && (
        <LinkButton kind="danger" href={`/admin/staff/${member.id}/disable`} dialog>
          {t("staff.disable")}
        </LinkButton>
      )}
      {may(state, "staff:write") && !hasMore && member.state === "disabled" && (
        <ActionForm action={`/admin/staff/${member.id}/enable`} csrfToken={state.csrfToken} kind="primary">
          {t("staff.enable")}
        </ActionForm>
      )}
    </>
  ),
  labels: { role: "staff.role" },
  values: ({ member }) => ({ role: member.roles.map(({ id }) => id) }),
  edits: {
    subject: ({ member }) => member.id,
    version: ({ member }) => member.roles.map(({ id }) => id).join(" "),
  },
  fields: ({ t, state, many, problems, loaded: { roles } }) => (
    <RoleTicks
      label={t("staff.role_hint")}
      roles={roles}
      chosen={many("role")}
      giver={requireSession(state).access}
      error={problems.role}
    />
  ),
  verb: ({ t }) => t("staff.save_roles"),
  page: ({ t, state, moment: { now, zone }, loaded }, { header, form }) => {
    const { member, line, sites, sessions, done, hasMore, code } = loaded;
    const { name } = member;
    const isBlocked = !may(state, "staff:write") || hasMore || member.state === "left";
    return (
      <>
        {header}
        <Flash
          done={done}
          messages={{
            roles: t("staff.done_roles"),
            disabled: t("staff.done_disabled"),
            enabled: t("staff.done_enabled"),
            factors: t("factors.reset_done"),
            sessions: t("staff.done_sessions"),
            link_queued: t("staff.link_mailed", { email: member.email }),
            link_mail_stopped: t("staff.link_stopped"),
            link_no_mail_server: t("staff.link_not_mailed"),
          }}
        />
        {code !== null && (
          <OneTimeLink
            label={t("staff.password_shown", { name })}
            hint={t("staff.password_hint", { name })}
            path={`/reset/${code}`}
            state={state}
          />
        )}
        <Card>
          <FactList
            facts={[
              { label: t("staff.state"), value: t(`staff.state_${member.state}`) },
              {
                label: t("staff.last_seen"),
                value: line.lastSeenAt === null ? t("staff.never") : formatRelative(line.lastSeenAt, now, t),
              },
              { label: t("staff.sessions"), value: formatCount(line.sessions) },
              { label: t("factors.staff_head"), value: factorWords(t, line).text },
              ...isBlocked
                ? [{
                  label: t("staff.role"),
                  value: member.roles.length === 0
                    ? t("staff.no_roles")
                    : member.roles.map((role) => role.name).join(", "),
                }]
                : [],
            ]}
          />
        </Card>
        {isBlocked
          ? hasMore && may(state, "staff:write") && (
            <Banner tone="info">{t("staff.no_more_than_you", { name })}</Banner>
          )
          : <Card title={t("staff.person_roles")}>{form}</Card>}
        {sessions.length > 0 && (
          <StaffSessions
            staffUserId={member.id}
            sessions={sessions}
            ownSessionId={requireSession(state).sessionId}
            mayEnd={!hasMore}
            csrfToken={state.csrfToken}
            moment={{ now, zone }}
          />
        )}
        <Card title={t("staff.can", { name })}>
          <AccessWords roles={member.roles} sites={sites} />
        </Card>
      </>
    );
  },
  submit: ({ role }, { call, seen, loaded: { member } }) =>
    changeStaffRoles(...call, {
      staffUserId: member.id,
      roleIds: role,
      seen: seen?.split(" ").filter((id) => id !== ""),
    }),
  done: (_value, { loaded: { member } }) => `/admin/staff/${member.id}?done=roles`,
});

export default form.page;
export const { handler, route } = form;
