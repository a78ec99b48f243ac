import { actorText } from "@/web/app/words/actor_words.ts";
import { parseCoded } from "@/shared/codes/mod.ts";
import { StoredDetails, StoredText } from "@/web/components/facts/StoredText.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CommandStatus } from "@/web/components/facts/CommandStatus.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { RelativeTime } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import { CommandPill, Pill } from "@/web/components/facts/Pill.tsx";
import type { CommandState } from "@/web/components/words/state_words.ts";
import { formatCount } from "@/web/format.ts";
import { isCommandKind } from "@/shared/protocol/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { CommandRow } from "@/web/store/network/commands.ts";
import type { RouterFiguresRow } from "@/web/store/network/sites_page.ts";
import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { StaleFigures } from "../../(_network)/agent_state.tsx";
import { answerOf, outcomeOf } from "./answer_words.ts";
import type { RouterPageView } from "./load_router.ts";

/** What the books want and what the router has, in figures. */
export function StateCard({ view }: { view: RouterPageView }) {
  const t = useT();
  const { figures, now, zone } = view;
  if (figures === null || figures.managed === 0) {
    return (
      <section class="card">
        <EmptyState icon="import" title={t("network.manages_nothing")}>
          {t("network.manages_what")}
        </EmptyState>
      </section>
    );
  }
  const isKnown = deliveryOf(view) !== "unknown";
  return (
    <Card
      title={t("network.books_router")}
      aside={<StandingPill view={view} figures={figures} />}
    >
      {!isKnown && (
        <StaleFigures
          from={view.agent === "online" ? "router" : "agent"}
          at={view.agent === "online" ? figures.observed_at : view.site.heartbeat_at}
          now={now}
          zone={zone}
        />
      )}
      <FactList
        facts={[
          { label: t("network.managed"), value: formatCount(figures.managed) },
          { label: t("network.should_on"), value: formatCount(figures.managed - figures.disabled) },
          { label: t("network.should_off"), value: formatCount(figures.disabled) },
          {
            label: t("network.online_now"),
            value: isKnown ? formatCount(figures.online) : t("words.link_unknown"),
          },
          {
            label: t("network.last_read"),
            value: figures.observed_at && <RelativeTime at={figures.observed_at} now={now} timeZone={zone} />,
          },
        ]}
      />
    </Card>
  );
}

/** How many secrets differ; where none does, how far the newest state has come. */
function StandingPill({ view, figures }: { view: RouterPageView; figures: RouterFiguresRow }) {
  const t = useT();
  const delivery = deliveryOf(view);
  if (delivery !== "unknown" && figures.drift > 0) {
    return <Pill tone="warn">{t("network.differ", { n: figures.drift })}</Pill>;
  }
  if (delivery !== "unknown" && figures.without_profile > 0) {
    return <Pill tone="warn">{t("network.profile_is_missing")}</Pill>;
  }
  return (
    <CommandStatus
      state={delivery}
      detail={delivery === "queued" || delivery === "sent" ? t("live.on_way") : undefined}
      readAt={figures.observed_at}
      now={view.now}
      timeZone={view.zone}
    />
  );
}

/** How far the newest desired state has come; Unknown while the router cannot be asked. */
function deliveryOf({ agent, router, state }: RouterPageView): CommandState | "unknown" {
  if (agent !== "online" || router.status !== "online") return "unknown";
  if (state === null || state.applied_generation >= state.generation) return "done";
  return state.stored_generation >= state.generation ? "sent" : "queued";
}

/** What the router says of itself. */
export function FactsCard({ view, mayWrite }: { view: RouterPageView; mayWrite: boolean }) {
  const t = useT();
  const { router } = view;
  const canArchive = mayWrite && router.archived_at === null;
  return (
    <Card
      title={t("tables.router")}
      foot={canArchive && (
        <a href={`/admin/routers/${router.id}/archive`} data-dialog>{t("network.archive_link")}</a>
      )}
    >
      <FactList
        facts={[
          { label: t("network.identity"), value: router.identity },
          { label: "RouterOS", value: router.version },
          { label: t("network.board"), value: router.board_name },
          { label: t("network.serial"), value: serialOf(router.serial_number, router.software_id) },
          { label: t("network.address"), value: <CodeText>{`${router.host}:${router.port}`}</CodeText> },
          { label: t("network.user"), value: <CodeText>{router.username}</CodeText> },
          {
            label: t("network.last_contact"),
            value: <LastContact view={view} />,
          },
        ]}
      />
    </Card>
  );
}

/** When the router last answered, by its agent's word or by what was read from it. */
function LastContact({ view: { router, figures, now, zone } }: { view: RouterPageView }) {
  const t = useT();
  const moments = [router.answered_at, figures?.observed_at ?? null].filter((at) => at !== null);
  const [last] = moments.toSorted(Temporal.Instant.compare).reverse();
  return last === undefined ? <>{t("agents.never")}</> : <RelativeTime at={last} now={now} timeZone={zone} />;
}

function serialOf(serial: string | null, softwareId: string | null) {
  const text = serial ?? softwareId;
  return text === null ? undefined : <CodeText>{text}</CodeText>;
}

/** What the agent was asked to do on the router. */
export function CommandsCard({ view }: { view: RouterPageView }) {
  const t = useT();
  return (
    <TitledTable title={t("network.commands")}>
      <DataTable
        caption={t("network.commands")}
        rows={view.commands}
        rowNote={(command) => actorText(t, command.requested_by)}
        columns={[
          {
            head: t("network.command"),
            cell: (command) => commandName(t, command),
          },
          { head: t("tables.state"), cell: (command) => <StatePill command={command} />, phone: "corner" },
          {
            head: t("network.message"),
            cell: (command) =>
              outcomeOf(command) === "gone" ? t("network.answer_gone_what") : command.error_message && (
                <>
                  <StoredText text={command.error_message} isSentence />
                  {parseCoded(command.error_message) !== null && (
                    <StoredDetails text={command.error_message} />
                  )}
                </>
              ),
            phone: "full",
          },
          {
            head: t("network.when"),
            cell: (command) => <RelativeTime at={command.requested_at} now={view.now} timeZone={view.zone} />,
            fit: true,
          },
        ]}
        empty={<EmptyState title={t("network.no_commands")}>{t("network.no_commands_what")}</EmptyState>}
      />
    </TitledTable>
  );
}

/** A kind of a newer version has only its own word. */
function commandName(t: Translate, command: CommandRow): string {
  const { kind } = command;
  const answer = answerOf(command);
  if (answer !== null) return t(`network.answered_${answer}`);
  return isCommandKind(kind) ? t(WEB_COMMANDS[kind].words) : kind;
}

function StatePill({ command }: { command: CommandRow }) {
  const t = useT();
  return command.status === "outcome_unknown"
    ? <Pill tone="mute">{t("words.link_unknown")}</Pill>
    : <CommandPill state={command.status} />;
}
