import { uuidv7 } from "@/shared/ids.ts";
import {
  type AgentMessage,
  chunkRows,
  type HandChange,
  keyOfSecret,
  MAX_MESSAGE_CHANGES,
  type ObservedSecret,
  type RouterIdentityMessage,
  type RouterQuestion,
  type RouterRemark,
  type RouterStatus,
  type Unnumbered,
} from "@/shared/protocol/mod.ts";
import { LinkClosedError } from "../../link/link.ts";
import type { OpenQuestion } from "../../journal/marks_store.ts";
import type { PassOutcome } from "./outcome.ts";

/** Sends one message over the present link, when its window has room; rejects when there is no link. */
export type SendToWeb = (message: Unnumbered<AgentMessage>) => Promise<void>;

export interface StatusReport {
  status: RouterStatus;
  /** Of the error, for the web to say in the reader's language. */
  code?: string | undefined;
  message: string | null;
  identity: RouterIdentityMessage | null;
  /** All of it, the worst first. */
  remarks?: RouterRemark[];
}

type ToldStatus = StatusReport & { question: RouterQuestion | null };

const COMPLETE_EVERY_MS = 5 * 60_000;

export interface ReporterOptions {
  routerId: string;
  send: SendToWeb;
  nowMs: () => number;
  /** Changes made by hand that the web has not confirmed. */
  unreported: () => readonly HandChange[];
  /** What waits for a person's answer, whatever the status is. */
  question: () => OpenQuestion | null;
  onStatus?: () => void;
}

/**
 * Tells the web what one router looks like. Only the newest outcome waits to be sent, so that a web that stopped reading
 * costs no memory and holds up no pass.
 */
export class Reporter {
  readonly #routerId: string;
  readonly #send: SendToWeb;
  readonly #nowMs: () => number;
  readonly #unreported: () => readonly HandChange[];
  readonly #question: () => OpenQuestion | null;
  readonly #onStatus: () => void;
  readonly #sent = new Map<string, string>();
  #status: ToldStatus | null = null;
  #sentStatus: string | null = null;
  #outcome: PassOutcome | null = null;
  #isOutcomeNew = false;
  /** Enabled accounts, by their keys, that are to be told without waiting for a pass. */
  readonly #restored = new Set<string>();
  #completeAtMs = 0;
  #isSending = false;
  #isLinkUp = false;
  /** Changes that were told over the present connection. */
  readonly #toldChanges = new Set<string>();
  /** Which connection: what an older one rejects says nothing of the present one. */
  #connection = 0;

  constructor(options: ReporterOptions) {
    this.#routerId = options.routerId;
    this.#send = options.send;
    this.#nowMs = options.nowMs;
    this.#unreported = options.unreported;
    this.#question = options.question;
    this.#onStatus = options.onStatus ?? (() => {});
  }

  get status(): StatusReport | null {
    return this.#status;
  }

  /** A new connection knows nothing: status and a complete report go again. */
  linkUp(): void {
    this.#isLinkUp = true;
    this.#connection++;
    this.askComplete();
    this.#sentStatus = null;
    this.#toldChanges.clear();
    void this.#flush();
  }

  linkDown(): void {
    this.#isLinkUp = false;
  }

  /** The next report carries every row. */
  askComplete(): void {
    this.#completeAtMs = 0;
    this.#isOutcomeNew = this.#outcome !== null;
  }

  publishStatus(status: StatusReport): void {
    this.#status = { ...status, question: toldQuestion(this.#question()) };
    this.#onStatus();
    void this.#flush();
  }

  publish(outcome: PassOutcome): void {
    this.#outcome = outcome;
    this.#isOutcomeNew = true;
    void this.#flush();
  }

  /** There are changes that the web has not heard of. */
  publishChanges(): void {
    void this.#flush();
  }

  /** The router was read back with these accounts enabled: told at once, before the pass that looks at everything. */
  publishRestored(names: readonly string[]): void {
    const outcome = this.#outcome;
    if (outcome === null) return;
    const restored = new Set(names);
    const rows = outcome.rows.map((row) =>
      restored.has(keyOfSecret(row)) ? { ...row, present: true, disabled: false, drift: null } : row
    );
    this.#outcome = { ...outcome, rows };
    for (const name of names) this.#restored.add(name);
    void this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#isSending || !this.#isLinkUp) return;
    this.#isSending = true;
    const connection = this.#connection;
    try {
      while (this.#isLinkUp && this.#connection === connection && await this.#sendNext());
    } catch (error) {
      // The link went away; linkUp starts over with a complete report.
      if (!(error instanceof LinkClosedError)) throw error;
      if (this.#connection === connection) this.#isLinkUp = false;
    } finally {
      this.#isSending = false;
    }
    if (this.#connection !== connection) await this.#flush();
  }

  async #sendNext(): Promise<boolean> {
    const status = this.#status;
    if (status !== null && statusKey(status) !== this.#sentStatus) {
      this.#sentStatus = statusKey(status);
      await this.#send({ t: "router.status", router_id: this.#routerId, ...status });
      return true;
    }
    return await this.#sendReports() || await this.#sendChanges();
  }

  async #sendReports(): Promise<boolean> {
    if (this.#outcome === null) return false;
    const restored = new Set(this.#restored);
    this.#restored.clear();
    if (!this.#isOutcomeNew && restored.size === 0) return false;
    if (this.#isOutcomeNew) await this.#sendPass(this.#outcome);
    else {
      const rows = this.#outcome.rows.filter((row) => restored.has(keyOfSecret(row)));
      await this.#sendReport(this.#outcome, rows, false);
    }
    return true;
  }

  async #sendChanges(): Promise<boolean> {
    const untold = this.#unreported().filter(({ id }) => !this.#toldChanges.has(id));
    const changes = chunkRows(untold.slice(0, MAX_MESSAGE_CHANGES))[0] ?? [];
    if (changes.length === 0) return false;
    for (const { id } of changes) this.#toldChanges.add(id);
    await this.#send({ t: "router.changes", router_id: this.#routerId, changes });
    return true;
  }

  async #sendPass(outcome: PassOutcome): Promise<void> {
    this.#isOutcomeNew = false;
    const isComplete = this.#nowMs() >= this.#completeAtMs;
    if (isComplete) {
      this.#completeAtMs = this.#nowMs() + COMPLETE_EVERY_MS;
      this.#sent.clear();
      // What the web has not confirmed since is told again.
      this.#toldChanges.clear();
    }
    await this.#sendReport(outcome, outcome.rows, isComplete);
  }

  /** Of these rows, those that the web does not know. */
  async #sendReport(
    outcome: PassOutcome,
    looked: readonly ObservedSecret[],
    isComplete: boolean,
  ): Promise<void> {
    const rows = looked.filter((row) => this.#sent.get(keyOfSecret(row)) !== rowKey(row));
    for (const row of rows) this.#sent.set(keyOfSecret(row), rowKey(row));
    const chunks = chunkRows(rows);
    const reportId = uuidv7(this.#nowMs());
    for (const [index, secrets] of chunks.entries()) {
      await this.#send({
        t: "state.report",
        router_id: this.#routerId,
        lineage: outcome.lineage,
        applied_generation: outcome.generation,
        report_id: reportId,
        part: index + 1,
        parts: chunks.length,
        complete: isComplete,
        took_ms: outcome.tookMs,
        secrets,
        drift_count: outcome.driftCount,
        held_count: outcome.heldCount,
      });
    }
  }
}

/** Uptime grows by itself: alone it is no reason to send a row again. */
function rowKey(row: ObservedSecret): string {
  return JSON.stringify({ ...row, uptime_seconds: null });
}

/** Without what is the journal's alone. */
function toldQuestion(question: OpenQuestion | null): RouterQuestion | null {
  if (question === null) return null;
  const { covered: _covered, is_sudden: _isSudden, ...told } = question;
  return told;
}

function statusKey({ identity, ...status }: ToldStatus): string {
  return JSON.stringify([status, identity && { ...identity, uptime_seconds: 0 }]);
}
