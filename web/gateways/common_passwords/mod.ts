let loading: Promise<ReadonlySet<string>> | null = null;

/**
 * The 49,233 passwords that turned up most often in leaks, as `@zxcvbn-ts/language-common` (MIT) collects them, in lower
 * case. Loaded once, when somebody chooses a password for the first time: it takes half a megabyte.
 */
export function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  return loading ??= read();
}

async function read(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary.passwords.map((password) => password.toLowerCase()));
}
