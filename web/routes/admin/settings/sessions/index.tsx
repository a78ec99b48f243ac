import { page } from "fresh";
import { readInput, requireSession } from "@/web/app/form/input.ts";
import { momentOf } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { doneQuery } from "@/web/route_table/settings.ts";
import { listOwnSessions, type OwnSession } from "@/web/services/access/end_sessions.ts";
import { SessionTable } from "../(_parts)/SessionTable.tsx";
import { SettingsFrame } from "../(_parts)/SettingsFrame.tsx";

const PATH = "/admin/settings/sessions";

export default define.page<typeof handler>(function SessionsPage({ data: { sessions, done }, state }) {
  const { t, csrfToken } = state;
  const { companies = 1 } = requireSession(state);
  return (
    <SettingsFrame section="sessions" state={state}>
      <Flash
        done={done}
        messages={{ ended: t("access.session_done"), others: t("access.sessions_done") }}
      />
      <p class="note">{t("access.sessions_note")}</p>
      <SessionTable
        title={t("access.sessions")}
        sessions={sessions}
        moment={momentOf(state)}
        company={companies > 1 ? ({ company }) => company : undefined}
        note={({ isThis }) => isThis && <Pill tone="ok">{t("access.session_this")}</Pill>}
        end={({ id, tenantId, isThis }: OwnSession) =>
          isThis ? null : (
            <ActionForm
              action={`${PATH}/end`}
              csrfToken={csrfToken}
              values={{ session: id, company: tenantId }}
              small
            >
              {t("access.session_end")}
            </ActionForm>
          )}
        aside={sessions.length > 1 && (
          <ActionForm action={`${PATH}/end-others`} csrfToken={csrfToken} kind="danger" small>
            {t("access.sessions_end_others")}
          </ActionForm>
        )}
      />
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    input: doneQuery,
    summary: "One's own open sessions, at all companies",
  },
};

export const handler = define.handlers({
  async GET({ state }) {
    const { done } = readInput(state, doneQuery);
    state.title = state.t("access.sessions");
    return page({ sessions: await listOwnSessions(state.services, requireSession(state)), done });
  },
});
