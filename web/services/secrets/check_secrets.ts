import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listSealedRows, SEALED_COLUMNS } from "@/web/store/secrets/sealed_columns.ts";
import { openSecret, SecretError } from "./mod.ts";

/** Opens everything that is sealed for the tenant and forgets it. @returns how many, and what does not open */
export async function checkSecrets(
  trx: TenantTransaction,
  masterKeys: MasterKeys | null,
): Promise<{ sealed: number; problems: string[] }> {
  let sealed = 0;
  const problems: string[] = [];
  for (const column of SEALED_COLUMNS) {
    for (const row of await listSealedRows(trx, column)) {
      sealed++;
      const place = { table: column.table, column: column.column, rowId: row.row_id };
      const problem = await problemOf(trx, masterKeys, { place, sealed: row.sealed });
      if (problem !== null) problems.push(problem);
    }
  }
  return { sealed, problems };
}

async function problemOf(
  trx: TenantTransaction,
  masterKeys: MasterKeys | null,
  { place, sealed }: { place: Parameters<typeof openSecret>[2]; sealed: string },
): Promise<string | null> {
  if (masterKeys === null) return `Cannot open ${place.table}.${place.column}: there are no master keys`;
  try {
    await openSecret(trx, masterKeys, place, sealed);
    return null;
  } catch (error) {
    if (error instanceof SecretError) return error.message;
    throw error;
  }
}
