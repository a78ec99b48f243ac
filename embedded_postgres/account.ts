/** The operating system account that PostgreSQL runs as; PostgreSQL refuses to run as root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** What a finished program left. */
export interface ProgramResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Nothing of our environment (PG* variables, secrets, locale) reaches PostgreSQL. */
export const CLEAN_ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
  HOME: "/",
};

/**
 * The account to drop to: none for an ordinary user; as root the owner of an existing cluster, else `postgres`, else
 * `nobody`.
 *
 * @param clusterOwnerUid owner of the cluster folder where there is one already
 */
export async function chooseAccount(clusterOwnerUid?: number): Promise<Account | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const accounts = parseAccounts(await Deno.readTextFile("/etc/passwd"));
  const owner = accounts.find((account) => account.uid === clusterOwnerUid && account.uid !== 0);
  const chosen = owner ?? accounts.find((account) => account.name === "postgres" && account.uid !== 0) ??
    accounts.find((account) => account.name === "nobody" && account.uid !== 0);
  if (chosen === undefined) {
    throw new Error(
      'Cannot start embedded PostgreSQL as root: there is no account "postgres" or "nobody" to run it as',
    );
  }
  return chosen;
}

/** Reads the accounts of an /etc/passwd. */
export function parseAccounts(passwd: string): Account[] {
  return passwd.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || uid === undefined || gid === undefined) return [];
    return /^\d+$/.test(uid) && /^\d+$/.test(gid) ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** `uid` and `gid` for Deno.Command, nothing where we stay who we are. */
export function identityOf(account: Account | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

/** Runs a short program as the account, in `/`, since our own folder may be closed to it. */
export async function runAs(
  account: Account | undefined,
  program: string,
  args: readonly string[],
): Promise<ProgramResult> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd: "/",
    clearEnv: true,
    env: CLEAN_ENVIRONMENT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...identityOf(account),
  });
  try {
    const output = await command.output();
    const decoder = new TextDecoder();
    return {
      code: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  } catch (error) {
    // A program that the account cannot reach never starts; to the caller that is one more way to fail.
    return { code: 127, stdout: "", stderr: error instanceof Error ? error.message : String(error) };
  }
}

/** Gives a path to the account; nothing to do where we stay who we are. */
export async function giveTo(account: Account | undefined, path: string): Promise<void> {
  if (account !== undefined) await Deno.chown(path, account.uid, account.gid);
}
