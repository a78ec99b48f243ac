/** How the page hears news. */
export type LinkState = "live" | "reconnecting" | "polling" | "offline" | "signed_out";

/** What the owner of a link does with it. */
export interface LinkEvents {
  onState(state: LinkState): void;
  /** A sign of life, with the difference between the server's clock and this one in milliseconds if it was told. */
  onHeard(skewMs: number | null): void;
  /** Something changed or may have: read the page again. Resolves false when the server did not answer. */
  onNews(): void;
}

/** The server speaks every 25 s at least. */
const SILENT_MS = 55_000;
/** Time to come back by itself before the page asks instead. */
const PATIENCE_MS = 8_000;
/** A hidden page gives its connection back: over HTTP/1.1 a browser opens six to a server, for all tabs together. */
const HIDDEN_MS = 10_000;
const RETRY_MS = 30_000;

/** The page's end of its event stream, with polling as the net. */
export class LiveLink {
  readonly #address: string;
  readonly #events: LinkEvents;
  readonly #pollMs: number;
  #source: EventSource | null = null;
  #position: string;
  #state: LinkState = "reconnecting";
  #heardMs = 0;
  #openedMs = 0;
  #brokenMs: number | null = null;
  #polledMs = 0;
  #retryMs = 0;
  #hiddenMs: number | null = null;
  #isOver = false;
  #hasBeenAway = false;

  constructor(address: string, options: { position: string; pollMs: number }, events: LinkEvents) {
    this.#address = address;
    this.#position = options.position;
    this.#pollMs = options.pollMs;
    this.#events = events;
  }

  /** Looks after the connection; called every second and whenever the page is shown or hidden. */
  tick(nowMs: number): void {
    if (this.#isOver) return;
    if (document.hidden) return this.#hide(nowMs);
    this.#hiddenMs = null;
    if (this.#source === null && nowMs >= this.#retryMs) this.#open(nowMs);
    if (this.#source?.readyState === EventSource.CLOSED) this.#drop(nowMs);
    if (this.#source !== null && nowMs - Math.max(this.#heardMs, this.#openedMs) > SILENT_MS) {
      this.#drop(nowMs);
    }
    if (this.#brokenMs !== null && nowMs - this.#brokenMs > PATIENCE_MS) this.#poll(nowMs);
  }

  /** The page could not be read: nobody answers, or the person is signed out. */
  failed(why: "offline" | "signed_out"): void {
    if (why === "signed_out") this.stop();
    this.#become(why);
  }

  /** The page was read. */
  worked(): void {
    if (this.#state === "offline") this.#become("polling");
    this.#events.onHeard(null);
  }

  stop(): void {
    this.#isOver = true;
    this.#source?.close();
    this.#source = null;
  }

  #open(nowMs: number): void {
    const source = new EventSource(`${this.#address}&after=${encodeURIComponent(this.#position)}`);
    this.#source = source;
    this.#openedMs = nowMs;
    this.#brokenMs ??= nowMs;
    source.addEventListener("beat", (event) => this.#heard(event, "beat"));
    source.addEventListener("news", (event) => this.#heard(event, "news"));
    source.addEventListener("resync", (event) => this.#heard(event, "news"));
    source.addEventListener("error", () => this.#broken());
  }

  #heard(event: MessageEvent<string>, kind: "beat" | "news"): void {
    if (event.lastEventId !== "") this.#position = event.lastEventId;
    this.#heardMs = Date.now();
    this.#brokenMs = null;
    this.#become("live");
    const at = kind === "beat" ? Date.parse((JSON.parse(event.data) as { at: string }).at) : NaN;
    this.#events.onHeard(Number.isNaN(at) ? null : at - this.#heardMs);
    if (kind === "news" || this.#hasBeenAway) this.#events.onNews();
    this.#hasBeenAway = false;
  }

  #broken(): void {
    this.#brokenMs ??= Date.now();
    if (this.#state === "live") this.#become("reconnecting");
  }

  #drop(nowMs: number): void {
    this.#source?.close();
    this.#source = null;
    this.#broken();
    this.#retryMs = nowMs + RETRY_MS * (0.5 + Math.random() / 2);
  }

  #poll(nowMs: number): void {
    if (this.#state !== "offline") this.#become("polling");
    if (nowMs - this.#polledMs < this.#pollMs) return;
    this.#polledMs = nowMs;
    this.#events.onNews();
  }

  #hide(nowMs: number): void {
    this.#hiddenMs ??= nowMs;
    if (this.#source === null || nowMs - this.#hiddenMs < HIDDEN_MS) return;
    this.#source.close();
    this.#source = null;
    this.#brokenMs = null;
    this.#retryMs = 0;
    this.#hasBeenAway = true;
    this.#become("reconnecting");
  }

  #become(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#events.onState(state);
  }
}
