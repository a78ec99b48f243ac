import type { AgentMessageOf } from "./agent_records.ts";

type Report = AgentMessageOf<"state.report">;

/** A report that is on its way. */
export interface OpenReport {
  /** Under this time all its rows are written. */
  atMs: number;
  /** Names that Linya does not manage on that router. */
  unknownNames: number;
  /** A part could not be kept, so its end does not mean that everything was told. */
  isBroken: boolean;
}

interface Progress extends OpenReport {
  next: number;
  first: Pick<Report, "router_id" | "lineage" | "parts" | "complete">;
}

/** Reports that may be in progress at once; the oldest is forgotten. */
const OPEN_REPORTS_MAX = 8;

/** Which parts of which reports have come: a report counts only whole, in order, and once. */
export class ReportParts {
  readonly #open = new Map<string, Progress>();
  #lastMs = 0;

  /** @returns null when the part belongs to no report that is on its way, or is not its next one */
  take(part: Report, nowMs: number): OpenReport | null {
    if (part.part === 1 && !this.#open.has(part.report_id) && part.parts >= 1) {
      return this.#begin(part, nowMs);
    }
    const known = this.#open.get(part.report_id);
    if (known === undefined || known.next !== part.part || !isSameReport(known.first, part)) {
      this.#open.delete(part.report_id);
      return null;
    }
    known.next++;
    if (part.part === part.parts) this.#open.delete(part.report_id);
    return known;
  }

  #begin(part: Report, nowMs: number): OpenReport {
    this.#lastMs = Math.max(nowMs, this.#lastMs + 1);
    const { router_id, lineage, parts, complete } = part;
    const begun = {
      atMs: this.#lastMs,
      unknownNames: 0,
      isBroken: false,
      next: 2,
      first: { router_id, lineage, parts, complete },
    };
    if (parts > 1) this.#open.set(part.report_id, begun);
    if (this.#open.size > OPEN_REPORTS_MAX) this.#open.delete(this.#open.keys().next().value!);
    return begun;
  }
}

function isSameReport(first: Progress["first"], part: Report): boolean {
  return first.router_id === part.router_id && first.lineage === part.lineage && first.parts === part.parts &&
    first.complete === part.complete;
}
