/** What a started web process prints. The demo and the tests read it, so its form is kept in one place. */
export interface Announcement {
  url: string;
  agentUrl: string;
  /** Null when there is an owner already. */
  setupCode: string | null;
  /** What works, and not as it was meant. */
  warnings: readonly string[];
}

/** Line that carries the set-up code. */
export const SETUP_CODE_LINE = /^Set-up code \(works once\): (\S+)/;
/** The last line: the process is ready. */
export const READY_LINE = /^Agents connect to /;

/** The lines, in one text so that they arrive together. */
export function announcement({ url, agentUrl, setupCode, warnings }: Announcement): string {
  const setup = setupCode === null
    ? []
    : [`Make the owner account at ${url}/setup`, `Set-up code (works once): ${setupCode}`];
  return [
    `Linya is at ${url}`,
    ...warnings.map((text) => `Warning: ${text}`),
    ...setup,
    `Agents connect to ${agentUrl}`,
  ].join("\n");
}
