import type { AgentProblem } from "@/shared/protocol/mod.ts";
import { FirstSessions } from "./commands/first_sessions.ts";
import { COMMANDS } from "./commands/registry.ts";
import { CommandRunner, type WebPort } from "./commands/runner.ts";
import { CommandStore } from "./journal/command_store.ts";
import { DiskHealth } from "./journal/disk_health.ts";
import { OverrideStore } from "./journal/override_store.ts";
import { SettingsStore } from "./journal/settings_store.ts";
import { PermitRequests } from "./link/permits.ts";
import { ServerClock } from "./link/server_clock.ts";
import { LOOP_TIMING } from "./routers/reconcile/loop_timing.ts";
import { SiteRouters } from "./routers/site_routers.ts";
import type { SupervisorOptions } from "./supervisor.ts";

/** What the daemon is made of besides its link. */
export interface AgentParts {
  disk: DiskHealth;
  settings: SettingsStore;
  overrides: OverrideStore;
  commands: CommandStore;
  permits: PermitRequests;
  serverClock: ServerClock;
  siteRouters: SiteRouters;
  firstSessions: FirstSessions;
  runner: CommandRunner;
}

/** What the parts tell the daemon, and the web as they have it. */
export interface PartEvents {
  web: WebPort;
  onTrouble(problem: AgentProblem | null): void;
  onChange(): void;
}

/** Makes the parts and joins them; nothing is read or started yet. */
export function makeParts(options: SupervisorOptions, events: PartEvents): AgentParts {
  const { folder, log, nowMs, monotonicMs, keys, connect } = options;
  const disk = new DiskHealth(events.onTrouble);
  const settings = new SettingsStore(folder, log, disk);
  const overrides = new OverrideStore(folder, log, disk);
  const commands = new CommandStore(folder, log, disk);
  const permits = new PermitRequests({ nowMs, monotonicMs });
  const serverClock = new ServerClock(monotonicMs);
  const siteRouters = new SiteRouters({
    folder,
    disk,
    sealing: keys.sealing,
    connect,
    send: (message) => events.web.send(message),
    permitsOf: (routerId) => permits.forRouter(routerId),
    allowed: () => overrides.namesAt(nowMs()),
    nowMs,
    monotonicMs,
    random: options.random,
    log,
    timing: options.timing ?? LOOP_TIMING,
    onChange: events.onChange,
  });
  const openRouter = (id: string) => siteRouters.find(id)?.loop?.router ?? null;
  const firstSessions = new FirstSessions({
    openRouter,
    wake: (id) => siteRouters.find(id)?.loop?.wake(),
    monotonicMs,
    log,
  });
  const runner = new CommandRunner({
    store: commands,
    commands: COMMANDS,
    context: {
      settings: (id) => settings.find(id),
      openRouter,
      retryRouter: (id) => siteRouters.find(id)?.loop?.retry(),
      answerRouter: async (id, questionId, answer) =>
        await siteRouters.find(id)?.answer(questionId, answer) ?? "gone",
      awaitSession: (id, name) => firstSessions.watch(id, name),
      sealing: keys.sealing,
      connect,
    },
    web: events.web,
    serverNowMs: () => serverClock.nowMs(),
    nowMs,
    log,
  });
  return { disk, settings, overrides, commands, permits, serverClock, siteRouters, firstSessions, runner };
}
