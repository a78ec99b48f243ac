import { page } from "fresh";
import { readInput, readParams } from "@/web/app/form/input.ts";
import { found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { formatInstant } from "@/web/format.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { doneOnly } from "@/web/route_table/staff.ts";
import { findOpenInvite } from "@/web/store/access/invites.ts";
import { OneTimeLink } from "../../(_parts)/OneTimeLink.tsx";
import { readLinkCode } from "../../(_parts)/link_cookie.ts";

export default define.page<typeof handler>(function InvitePage({ data: { invite, code, done }, state }) {
  const { t, csrfToken } = state;
  const { now, zone } = momentOf(state);
  const path = `/admin/staff/invites/${invite.id}`;
  const hasRunOut = Temporal.Instant.compare(invite.expires_at, now) <= 0;
  return (
    <>
      <PageHeader
        title={t("staff.invite_of", { name: invite.name })}
        back={{ href: "/admin/staff", label: t("staff.title") }}
        actions={
          <>
            <ActionForm action={`${path}/renew`} csrfToken={csrfToken}>{t("staff.renew")}</ActionForm>
            <LinkButton kind="danger" href={`${path}/withdraw`} dialog>{t("staff.withdraw")}</LinkButton>
          </>
        }
      />
      <Flash
        done={done}
        messages={{
          queued: t("staff.link_mailed", { email: invite.email }),
          mail_stopped: t("staff.link_stopped"),
          no_mail_server: t("staff.link_not_mailed"),
        }}
      />
      {code === null
        ? <Banner tone={hasRunOut ? "warn" : "info"}>{t("staff.link_gone")}</Banner>
        : (
          <OneTimeLink
            label={t("staff.link", { name: invite.name })}
            hint={t("staff.link_hint")}
            path={`/invite/${code}`}
            state={state}
          />
        )}
      <Card>
        <FactList
          facts={[
            { label: t("staff.email"), value: invite.email },
            {
              label: t("staff.role"),
              value: invite.roles.length === 0
                ? t("staff.no_roles")
                : invite.roles.map(({ name }) => name).join(", "),
            },
            { label: t("staff.invited_by"), value: invite.invited_by_name },
            { label: t("staff.expires"), value: formatInstant(invite.expires_at, zone, t) },
          ]}
        />
      </Card>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "staff:write",
    params: idParams,
    input: doneOnly,
    summary: "An open invitation, with its link for whoever has just made it",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state, req } = ctx;
    const { id } = readParams(state, idParams);
    const invite = found(await readPage(state, (trx) => findOpenInvite(trx, id)));
    state.title = state.t("staff.invite_of", { name: invite.name });
    return page({ done: readInput(state, doneOnly).done, invite, code: readLinkCode(req.headers) });
  },
});
