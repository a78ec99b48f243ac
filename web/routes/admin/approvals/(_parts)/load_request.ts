import type { Coded } from "@/shared/codes/mod.ts";
import { codedOf } from "@/shared/codes/mod.ts";
import { found, type PageMoment } from "@/web/app/frame/page_context.ts";
import { EXPORT_HOURS, isApprovalKind } from "@/web/domain/approvals/mod.ts";
import { type Actor, staffIdOf } from "@/web/services/context.ts";
import { previewFor } from "@/web/services/approvals/kind.ts";
import { fullExportKind } from "@/web/services/approvals/kinds/full_export.ts";
import { decidableOf, findDecider, isOwn, refuseDecider } from "@/web/services/approvals/people.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import { findRequest, type RequestRow } from "@/web/store/approvals/requests.ts";
import { listEntriesOfRequest, type RequestEntry } from "@/web/store/approvals/history.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** A request with what it would do now, and whether this person decides it. */
export interface RequestView {
  row: RequestRow;
  /** What is asked for, of the frozen input alone; none where this version cannot read it. */
  words: readonly Coded[];
  /** What it does to money and to the router: now while it is open, else as it was asked. */
  effects: readonly Coded[];
  /** Hash of what is shown; empty where it is not possible now. */
  seen: string;
  /** Why it is not possible now; null where it is, or nobody decides any more. */
  problem: Coded | null;
  /** Why this person does not decide it; null where they do. */
  refusal: Coded | null;
  /** An approved export of this person, while it can be fetched; null for all else. */
  file: { href: string; until: Temporal.Instant } | null;
  isOwn: boolean;
  isOpen: boolean;
  history: readonly RequestEntry[];
}

/** Reads a request as its page shows it. */
export async function loadRequest(
  trx: TenantTransaction,
  id: string,
  moment: PageMoment,
  actor: Actor,
): Promise<RequestView> {
  const row = found(await findRequest(trx, id));
  const history = await listEntriesOfRequest(trx, row);
  const stored = {
    row,
    words: [],
    effects: effectsOf(row),
    seen: "",
    problem: null,
    refusal: null,
    file: null,
    isOwn: isOwn(actor, row),
    isOpen: row.state === "asked" && Temporal.Instant.compare(moment.now, row.expires_at) < 0,
    history,
  };
  if (!isApprovalKind(row.kind)) return stored;
  const kind = kindOf(row.kind);
  const input = kind.input.safeParse(row.input);
  if (!input.success || row.input_version !== kind.version) return stored;
  const read = { ...stored, words: kind.words(input.data), file: fileOf(row, moment.now, actor) };
  if (!read.isOpen) return read;
  const preview = await previewFor({ trx, ...moment }, kind, input.data);
  const refusal = refuseDecider(await findDecider(trx, actor), await decidableOf(trx, row), kind);
  return {
    ...read,
    refusal: refusal && { code: refusal.code, values: refusal.values },
    ...(preview.ok
      ? { effects: preview.value.effects, seen: preview.value.seen }
      : { effects: [], problem: { code: preview.code, values: preview.values } }),
  };
}

/** The file that an approved request lets its asker fetch. */
function fileOf(row: RequestRow, now: Temporal.Instant, actor: Actor): RequestView["file"] {
  const isApproved = row.kind === "full_export" && row.state === "approved" && row.decided_at !== null;
  if (!isApproved || row.asked_by_id === null || row.asked_by_id !== staffIdOf(actor)) return null;
  const until = row.decided_at?.add({ hours: EXPORT_HOURS }) ?? now;
  if (Temporal.Instant.compare(now, until) >= 0) return null;
  return { href: fullExportKind.input.parse(row.input).href, until };
}

function effectsOf({ effects }: RequestRow): Coded[] {
  return (Array.isArray(effects) ? effects : []).filter((one) => typeof one === "string").map(codedOf);
}
