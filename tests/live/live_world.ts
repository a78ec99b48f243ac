import { silentLogger } from "@/shared/log.ts";
import { HubWorld } from "@/tests/network/hub_world.ts";
import { createWebApp, type WebApp } from "@/tests/support/web_app.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import type { RunningServer } from "@/web/app/serve/serve.ts";
import { LiveHub } from "@/web/services/live/live_hub.ts";
import { announceLive, type LiveTopic } from "@/web/store/live/live_topics.ts";

/** Pages on a socket, a hub for agents and the fan-out of news, on one real database. */
export class LiveWorld implements AsyncDisposable {
  readonly #stop = new AbortController();
  #hub: LiveHub;

  private constructor(
    readonly world: HubWorld,
    readonly app: WebApp,
    readonly server: RunningServer,
    private readonly hubOf: { hub: LiveHub },
    stop: AbortController,
  ) {
    this.#hub = hubOf.hub;
    this.#stop = stop;
  }

  static async start(options: { withIslands?: boolean; heartbeatMs?: number } = {}): Promise<LiveWorld> {
    const world = await HubWorld.start();
    const newHub = () =>
      new LiveHub({
        clock: world.clock,
        log: silentLogger,
        databaseUrl: world.database.appUrl,
        heartbeatMs: options.heartbeatMs ?? 25_000,
      });
    const current = { hub: newHub(), newHub };
    // The app keeps one hub for its life; a test puts another in its place.
    const liveHub = new Proxy(current.hub, {
      get: (_target, name) => {
        const value = current.hub[name as keyof LiveHub] as unknown;
        return typeof value === "function" ? value.bind(current.hub) : value;
      },
    });
    const app = await createWebApp(world.context, { liveHub, withIslands: options.withIslands ?? false });
    const stop = new AbortController();
    const server = await listenOnFreePort(app.handler, stop.signal);
    return new LiveWorld(world, app, server, current, stop);
  }

  get hub(): LiveHub {
    return this.hubOf.hub;
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** Ends every stream; from now on none is given. */
  async endStreams(): Promise<void> {
    await this.hub.stop();
  }

  /** Streams are given again. */
  startStreams(): void {
    const current = this.hubOf as { hub: LiveHub; newHub: () => LiveHub };
    current.hub = current.newHub();
  }

  announce(tenantId: string, topics: LiveTopic[]): Promise<void> {
    return this.world.inTenant(tenantId, (trx) => Promise.resolve(announceLive(trx, topics)));
  }

  /** Opens a stream as a browser does. */
  async listen(cookie: string, topics: string, headers: Record<string, string> = {}): Promise<OpenStream> {
    const abort = new AbortController();
    const response = await fetch(`${this.url}/admin/events?topics=${topics}`, {
      headers: { cookie, accept: "text/event-stream", ...headers },
      redirect: "manual",
      signal: abort.signal,
    });
    return new OpenStream(response, abort);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.stop();
    this.#stop.abort();
    await this.server.finished;
    await this.world[Symbol.asyncDispose]();
  }
}

/** What came over a stream so far. */
export class OpenStream {
  text = "";
  isOver = false;

  constructor(readonly response: Response, readonly abort: AbortController) {
    if (response.body !== null) void this.#read(response.body);
  }

  get news(): string[] {
    return [...this.text.matchAll(/event: news\ndata: (.*)/g)].map((match) => match[1] ?? "");
  }

  count(event: string): number {
    return this.text.split(`event: ${event}\n`).length - 1;
  }

  get lastId(): string {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? "";
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) this.text += decoder.decode(chunk, { stream: true });
    } catch (error) {
      // The test's own abort ends the stream too.
      if (!this.abort.signal.aborted) throw error;
    }
    this.isOver = true;
  }
}
