/**
 * `deno task keys:rotate [--data DIR]`: makes a new master key and wraps with it what the old one wraps. It may be stopped
 * anywhere and run again. Ends with 1 when something could not be wrapped anew, with 2 when there is no installation.
 */
import { readConfig } from "@/web/config.ts";
import { findMasterKeys, MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { rotateKeys, type Rotation } from "@/web/services/secrets/rotate_keys.ts";
import { assertSchemaCurrent } from "@/web/store/db/migrate.ts";
import { noInstallation, openInstallation } from "../installation.ts";

async function main(): Promise<number> {
  const config = readConfig(Deno.args, Deno.env.toObject());
  const masterKeys = config.masterKeys === null
    ? await findMasterKeys(config.masterKeysFile)
    : new MasterKeys(config.masterKeys);
  if (masterKeys === null) {
    console.log(
      `There are no master keys in "${config.masterKeysFile}": Linya makes them at its first start`,
    );
    return 2;
  }
  await using installation = await openInstallation(config, "linya-keys-rotate");
  if (installation === null) {
    console.log(noInstallation(config));
    return 2;
  }
  await assertSchemaCurrent(installation.db);
  const rotation = await rotateKeys(installation.db, masterKeys);
  const place = masterKeys.areInFile ? config.masterKeysFile : null;
  for (const line of describeRotation(rotation, place)) console.log(line);
  return rotation.left.length === 0 ? 0 : 1;
}

/**
 * What was done, line by line; of keys only their names.
 *
 * @param path of the file of the keys; null: they come from the environment
 */
export function describeRotation(rotation: Rotation, path: string | null): string[] {
  const { kekId, isNew, tenants, dataKeys, secrets, left, unneeded, needed } = rotation;
  const dropped = path === null
    ? `Nothing needs ${unneeded.join(", ")} any more: take it out of LINYA_MASTER_KEYS on every node`
    : `Took ${
      unneeded.join(", ")
    } out of the file: nothing needs it. Keep it with the backups that were made with it`;
  return [
    isNew
      ? `Made master key ${kekId}. Back up "${path}" now: what is saved from now on needs it`
      : path === null
      ? `Master key ${kekId}, the first of LINYA_MASTER_KEYS`
      : `Master key ${kekId} is of a rotation that had not come to its end; going on with it`,
    `Wrapped anew: ${count(dataKeys, "data key")} and ${count(secrets, "secret")} of ${
      count(tenants, "company", "companies")
    }`,
    ...left.map((what) => `Left as it is: ${what}`),
    ...unneeded.length > 0 ? [dropped] : [],
    ...needed.length > 0 ? [`Still needed: ${needed.join(", ")}`] : [],
  ];
}

function count(n: number, one: string, several = `${one}s`): string {
  return `${n} ${n === 1 ? one : several}`;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
