import { type Coded, coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  accountFinder,
  type BoughtFileCode,
  type BoughtTime,
  type DateOrder,
  isBlocked,
  nameFarDays,
  readBoughtTime,
} from "@/web/domain/imports/mod.ts";
import { BOUGHT_TIME_MAX, IMPORT_MAX } from "@/web/domain/imports/limits.ts";
import { replaceImportBought } from "@/web/store/imports/import_bought.ts";
import { lockImportBatch } from "@/web/store/imports/import_batches.ts";
import { listImportRows } from "@/web/store/imports/import_rows.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { recordNetworkAudit } from "../network/network_audit.ts";
import { runUseCase } from "../use_case.ts";

/** A file of another system, as it was sent. */
export interface BoughtTimeFile {
  batchId: string;
  /** Undefined: none was chosen. */
  bytes: Uint8Array<ArrayBuffer> | undefined;
  order: DateOrder;
}

/** Why nothing is taken from a file. */
export type BoughtTimeCode =
  | BoughtFileCode
  | "import_not_found"
  | "import_not_in_review"
  | "bought_file_missing"
  | "bought_file_not_text"
  | "bought_file_refused";

/**
 * Keeps what a file says of prepaid connections with an import that is reviewed, all of it or nothing. It takes the place
 * of the file before, and the same file again changes nothing. Nobody gets anything before the import is confirmed.
 */
export async function saveBoughtTime(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { batchId, bytes, order }: BoughtTimeFile,
): Promise<Result<{ taken: number }, BoughtTimeCode>> {
  if (bytes === undefined) return err("bought_file_missing");
  const text = decode(bytes);
  if (text === null) return err("bought_file_not_text");
  // Before the import is locked: a long file takes a moment, and nobody shall wait for it.
  const read = readBoughtTime(text, order);
  if (!read.ok) return read;
  return await runUseCase<{ taken: number }, BoughtTimeCode>(
    context,
    tenantId,
    actor,
    async ({ trx, business: { today } }) => {
      const batch = await lockImportBatch(trx, batchId);
      if (batch === null) return err("import_not_found");
      if (batch.status !== "review") return err("import_not_in_review");
      const said = nameFarDays(read.value, today);
      const rows = await listImportRows(trx, batch.id, { limit: IMPORT_MAX.rows });
      const issues = new Map(rows.map((row) => [row.account_key, row.issue]));
      const { accounts, wrong } = matchRows(said.rows, accountFinder(rows));
      const bad = [...said.bad, ...wrong].toSorted((a, b) => lineOf(a) - lineOf(b));
      if (bad.length > 0) {
        const named = bad.slice(0, BOUGHT_TIME_MAX.rowsNamed);
        return err("bought_file_refused", { count: bad.length, rows: named });
      }
      // Who is a subscriber already has the time that the earlier import brought, and gets nothing twice.
      const taken = [...accounts].filter(([account]) => !isBlocked(issues.get(account) ?? null));
      await replaceImportBought(
        trx,
        batch.id,
        taken.map(([account_key, { untilOn, unit, count }]) => ({
          account_key,
          until_on: untilOn.toString(),
          unit,
          count,
        })),
      );
      await recordNetworkAudit(trx, context, actor, {
        action: "import.bought_time",
        subjectKind: "import",
        subjectId: batch.id,
        summary: coded("audit_import_bought", { count: taken.length }),
      });
      return ok({ taken: taken.length });
    },
  );
}

/** Which account each row is about, and the rows of which nobody can tell. */
function matchRows(
  rows: readonly BoughtTime[],
  find: (typed: string) => readonly string[],
): { accounts: Map<string, BoughtTime>; wrong: Coded[] } {
  const accounts = new Map<string, BoughtTime>();
  const wrong: Coded[] = [];
  for (const row of rows) {
    const [account, ...others] = find(row.pppName);
    const first = account === undefined ? undefined : accounts.get(account);
    const why = account === undefined
      ? coded("bought_row_unknown")
      : others.length > 0
      ? coded("bought_row_several")
      : first === undefined
      ? null
      : coded("bought_row_twice", { line: first.line });
    if (account !== undefined && why === null) accounts.set(account, row);
    else if (why !== null) wrong.push(coded("bought_row", { line: row.line, ppp: row.pppName, why }));
  }
  return { accounts, wrong };
}

function lineOf({ values }: Coded): number {
  return Number(values.line);
}

/** Text of a spreadsheet: UTF-8, else the letters of Windows. Null: a workbook or a picture. */
function decode(bytes: Uint8Array<ArrayBuffer>): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
