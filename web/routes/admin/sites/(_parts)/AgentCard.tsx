import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { ActionForm, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CopyBlock } from "@/web/components/CopyBlock.tsx";
import { InstantText, RelativeTime } from "@/web/components/DateText.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { Stack } from "@/web/components/Layout.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import { formatTime } from "@/web/format.ts";
import { may } from "@/web/app/page_context.ts";
import type { SiteView } from "./load_site.ts";

interface Props {
  view: SiteView;
  state: AppState;
}

/** The agent of a site: how to connect one, or how it is. */
export function AgentCard({ view, state }: Props) {
  if (view.agent === null) return <Enrol view={view} state={state} />;
  const { site, agent, now, zone } = view;
  const { t } = state;
  return (
    <Card
      title={t("network.agent")}
      foot={may(state, "agent:revoke") && (
        <div class="cluster">
          {may(state, "agent:enrol") && (
            <LinkButton small href={`/admin/agents/${agent.id}/revoke?then=enrol`} dialog>
              {t("network.replace")}
            </LinkButton>
          )}
          <LinkButton small kind="quiet" href={`/admin/agents/${agent.id}/revoke`} dialog>
            {t("network.revoke")}
          </LinkButton>
        </div>
      )}
    >
      <Stack>
        {view.state === "frozen" && (
          <Banner tone="bad" title={t("network.frozen")}>
            {t("network.frozen_what")}
          </Banner>
        )}
        {view.state === "refused" && (
          <Banner tone="bad" title={state.t("live.refused_title")}>
            <span lang="en">{site.refused_reason}</span> {state.t("live.refused_next")}
          </Banner>
        )}
        {view.state === "offline" && (
          <Banner tone="warn" title={t("network.agent_away")}>
            {t("network.away", { url: state.agentUrl })}
          </Banner>
        )}
        <FactList
          facts={[
            {
              label: t("network.seen_label"),
              value: site.heartbeat_at && <RelativeTime at={site.heartbeat_at} now={now} timeZone={zone} />,
            },
            {
              label: t("network.round_trip"),
              value: view.state === "online" && site.round_trip_ms !== null
                ? `${site.round_trip_ms} ms`
                : undefined,
            },
            { label: t("network.version"), value: site.agent_version },
            { label: t("network.enrolled"), value: <InstantText at={agent.enrolled_at} timeZone={zone} /> },
          ]}
        />
      </Stack>
    </Card>
  );
}

function Enrol({ view, state }: Props) {
  const { site, openCode, code, zone } = view;
  const { t } = state;
  const mayEnrol = may(state, "agent:enrol");
  const action = `/admin/sites/${site.id}/code`;
  if (openCode === null) {
    return (
      <Card title={t("network.connect")}>
        <Stack>
          <p>
            {t("network.connect_what")}
          </p>
          {mayEnrol
            ? (
              <ActionForm kind="primary" action={action} csrfToken={state.csrfToken}>
                {t("network.make_command")}
              </ActionForm>
            )
            : <p class="note">{t("network.ask_connect")}</p>}
        </Stack>
      </Card>
    );
  }
  return (
    <Card
      title={t("network.connect")}
      foot={mayEnrol && (
        <ActionForm small action={action} csrfToken={state.csrfToken}>{t("network.new_code")}</ActionForm>
      )}
    >
      <Stack>
        {code === null
          ? (
            <Banner
              tone="info"
              title={t("network.code_made", { time: formatTime(openCode.created_at, zone) })}
            >
              {t("network.code_once")}
            </Banner>
          )
          : (
            <CopyBlock
              label={t("network.run_this")}
              text={`deno task agent --server ${state.agentUrl} --code ${code}`}
              hint={t("network.code_until", { time: formatTime(openCode.expires_at, zone) })}
            />
          )}
        <div class="cluster" role="status">
          <Pill tone="info">{t("network.waiting")}</Pill>
          <span class="note">{t("network.waiting_what")}</span>
        </div>
      </Stack>
    </Card>
  );
}
