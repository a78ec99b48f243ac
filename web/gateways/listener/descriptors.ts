/** How many connections each port may have. */
export interface ConnectionShares {
  pages: number;
  agents: number;
}

/**
 * Descriptors that connections may never take: database pools, the embedded server's pipes, logs, files, and what the
 * runtime itself holds (26 when it is idle).
 */
export const RESERVED_DESCRIPTORS = 160;
/** A process that may open fewer than this cannot serve anybody. */
export const DESCRIPTORS_MIN = 256;
/** What one process can look after, however many descriptors it may open. */
const SHARE_MAX = 20_000;

/**
 * Divides what the operating system lets the process open: half for pages, half for agents, after the reserve.
 *
 * @throws {Error} when there is too little to work with
 */
export function shareDescriptors(limit: number): ConnectionShares {
  if (limit < DESCRIPTORS_MIN) {
    throw new Error(
      `Cannot start: this process may open ${limit} files and connections, it needs at least ${DESCRIPTORS_MIN}. ` +
        "Raise the limit (LimitNOFILE in systemd, ulimit -n in a shell)",
    );
  }
  const each = Math.min(SHARE_MAX, Math.floor((limit - RESERVED_DESCRIPTORS) / 2));
  return { pages: each, agents: each };
}

/** How many descriptors this process may have open. The runtime has raised the soft limit to the hard one. */
export async function descriptorLimit(): Promise<number> {
  const text = Deno.build.os === "linux" ? await readOwnLimits() : await askShell();
  const limit = Number(text);
  // "unlimited", and whatever a system says that we do not know.
  return Number.isSafeInteger(limit) && limit > 0 ? limit : Infinity;
}

async function readOwnLimits(): Promise<string | undefined> {
  const limits = await Deno.readTextFile("/proc/self/limits");
  return /^Max open files\s+(\S+)/m.exec(limits)?.[1];
}

async function askShell(): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", "ulimit -n"], stderr: "null" })
    .output();
  return new TextDecoder().decode(stdout).trim();
}
