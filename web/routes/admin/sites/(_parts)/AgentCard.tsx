import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { describeMoment } from "../../(_network)/agent_state.tsx";
import { endedKey, troubleKey } from "../../(_network)/link_words.ts";
import { CopyBlock } from "@/web/components/facts/CopyBlock.tsx";
import { InstantText, RelativeTime } from "@/web/components/facts/DateText.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Stack } from "@/web/components/frame/Layout.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { formatTime } from "@/web/format.ts";
import { may } from "@/web/app/frame/page_context.ts";
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
            {refusedWords(t, site)} {t("agents.refused_calm")}
          </Banner>
        )}
        {site.trouble_code !== null && (
          <Banner tone="bad" title={t(troubleKey(site.trouble_code, "_title"))}>
            {t(troubleKey(site.trouble_code, "_what"))}
            <MachineWords text={site.trouble_detail} />
          </Banner>
        )}
        {view.state === "offline" && site.trouble_code === null && (
          <Banner tone="warn" title={t("network.agent_away")}>
            {site.ended_code !== null && t("agents.away_reason", { reason: t(endedKey(site.ended_code)) })}
            {" "}
            {t("network.away")}
            <MachineWords text={state.agentUrl} />
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
            ...factIf(t("agents.ended_label"), endedText(view, t)),
            ...factIf(t("agents.clock"), clockText(t, site.clock_ahead_seconds)),
          ]}
        />
        {site.ended_code !== null && <MachineWords text={site.ended_detail} />}
      </Stack>
    </Card>
  );
}

/** What a machine said, in its own words: for whoever mends it. */
function MachineWords({ text }: { text: string | null }) {
  const t = useT();
  if (text === null) return null;
  return (
    <Disclosure label={t("agents.details")}>
      <p class="note wrap" lang="en">{text}</p>
    </Disclosure>
  );
}

/** A fact that is only there when there is something to tell. */
function factIf(label: string, value: string | undefined) {
  return value === undefined ? [] : [{ label, value }];
}

function refusedWords(t: Translate, site: SiteView["site"]): string {
  const detail = site.refused_detail ?? "";
  switch (site.refused_code) {
    case null:
      return "";
    case "too_old":
      return t("agents.refused_too_old", splitVersions(detail));
    default:
      return t(`agents.refused_${site.refused_code}`, { detail });
  }
}

/** `its version, the one that is needed`, as the hub wrote it. */
function splitVersions(detail: string): { version: string; detail: string } {
  const at = detail.lastIndexOf(" ");
  return { version: detail.slice(0, Math.max(0, at)), detail: detail.slice(at + 1) };
}

function endedText({ site, zone, now }: SiteView, t: Translate): string | undefined {
  if (site.ended_at === null || site.ended_code === null) return undefined;
  return t("agents.ended_value", {
    when: describeMoment(t, site.ended_at, now, zone),
    reason: t(endedKey(site.ended_code)),
  });
}

/** Only when it is off by more than any clock that is kept drifts. */
function clockText(t: Translate, ahead: bigint | null): string | undefined {
  if (ahead === null || (ahead < CLOCK_OFF_SECONDS && ahead > -CLOCK_OFF_SECONDS)) return undefined;
  const seconds = Number(ahead < 0n ? -ahead : ahead);
  return t(ahead > 0n ? "agents.clock_ahead" : "agents.clock_behind", { age: describeSpan(t, seconds) });
}

function describeSpan(t: Translate, seconds: number): string {
  if (seconds < 2 * 3_600) return t("agents.clock_minutes", { n: Math.round(seconds / 60) });
  if (seconds < 2 * 86_400) return t("agents.clock_hours", { n: Math.round(seconds / 3_600) });
  return t("agents.clock_days", { n: Math.round(seconds / 86_400) });
}

const CLOCK_OFF_SECONDS = 300n;

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
            <AgentCommand
              command={`task agent --server ${state.agentUrl} --code ${code}`}
              until={formatTime(openCode.expires_at, zone)}
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

/** What starts the agent: with Deno, and with nothing but Node.js. */
function AgentCommand({ command, until }: { command: string; until: string }) {
  const t = useT();
  return (
    <>
      <CopyBlock
        label={t("network.run_this")}
        text={`deno ${command}`}
        hint={t("network.code_until", { time: until })}
      />
      <CopyBlock
        label={t("network.command_npx")}
        text={`npx -y deno@2.9.6 ${command}`}
        hint={t("network.command_npx_hint")}
      />
    </>
  );
}
