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
import { may } from "../../(_billing)/page_context.ts";
import type { SiteView } from "./load_site.ts";

interface Props {
  view: SiteView;
  state: AppState;
}

/** The agent of a site: how to connect one, or how it is. */
export function AgentCard({ view, state }: Props) {
  if (view.agent === null) return <Enrol view={view} state={state} />;
  const { site, agent, now, zone } = view;
  return (
    <Card
      title="Agent"
      foot={may(state, "agent:revoke") && (
        <div class="cluster">
          {may(state, "agent:enrol") && (
            <LinkButton small href={`/admin/agents/${agent.id}/revoke?then=enrol`}>Replace agent</LinkButton>
          )}
          <LinkButton small kind="quiet" href={`/admin/agents/${agent.id}/revoke`}>Revoke</LinkButton>
        </div>
      )}
    >
      <Stack>
        {view.state === "frozen" && (
          <Banner tone="bad" title="Two machines use this agent's key">
            Neither may connect. Replace the agent, and start it on one machine only.
          </Banner>
        )}
        {view.state === "refused" && (
          <Banner tone="bad" title={state.t("live.refused_title")}>
            {site.refused_reason} {state.t("live.refused_next")}
          </Banner>
        )}
        {view.state === "offline" && (
          <Banner tone="warn" title="The agent is away">
            Nobody is cut while it is. Check that its computer is on and reaches {state.agentUrl}.
          </Banner>
        )}
        <FactList
          facts={[
            {
              label: "Last seen",
              value: site.heartbeat_at && <RelativeTime at={site.heartbeat_at} now={now} timeZone={zone} />,
            },
            {
              label: "Round trip",
              value: view.state === "online" && site.round_trip_ms !== null
                ? `${site.round_trip_ms} ms`
                : undefined,
            },
            { label: "Version", value: site.agent_version },
            { label: "Enrolled", value: <InstantText at={agent.enrolled_at} timeZone={zone} /> },
          ]}
        />
      </Stack>
    </Card>
  );
}

function Enrol({ view, state }: Props) {
  const { site, openCode, code, zone } = view;
  const mayEnrol = may(state, "agent:enrol");
  const action = `/admin/sites/${site.id}/code`;
  if (openCode === null) {
    return (
      <Card title="Connect the agent">
        <Stack>
          <p>
            The agent is a small program on a computer at this site: a mini PC, a server, anything that
            reaches the routers. It calls Linya; no port has to be opened.
          </p>
          {mayEnrol
            ? (
              <ActionForm kind="primary" action={action} csrfToken={state.csrfToken}>
                Make the command
              </ActionForm>
            )
            : <p class="note">Ask somebody who may connect sites.</p>}
        </Stack>
      </Card>
    );
  }
  return (
    <Card
      title="Connect the agent"
      foot={mayEnrol && (
        <ActionForm small action={action} csrfToken={state.csrfToken}>Make a new code</ActionForm>
      )}
    >
      <Stack>
        {code === null
          ? (
            <Banner tone="info" title={`A code was made at ${formatTime(openCode.created_at, zone)}`}>
              It is shown once, in the browser that made it. If it is lost, make a new one.
            </Banner>
          )
          : (
            <CopyBlock
              label="Run this on the site's computer, in the folder of Linya"
              text={`deno task agent --server ${state.agentUrl} --code ${code}`}
              hint={`The code works once, until ${
                formatTime(openCode.expires_at, zone)
              }. It is not shown again later.`}
            />
          )}
        <div class="cluster" role="status">
          <Pill tone="info">Waiting</Pill>
          <span class="note">This page shows the agent as soon as it connects.</span>
        </div>
      </Stack>
    </Card>
  );
}
