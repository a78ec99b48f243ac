/** A process above this one. */
interface Ancestor {
  pid: number;
  command: string;
}

/**
 * The npx that this program was started through, or null. Ending npx ends neither the task runner nor this program, so
 * whoever wants to end with it has to look.
 */
export async function findNpx(): Promise<number | null> {
  let pid = Deno.ppid;
  for (let level = 0; level < 4 && pid > 1; level++) {
    const ancestor = await readProcess(pid);
    if (ancestor === null) return null;
    if (/\bnpx?\b|\bnpm exec\b/.test(ancestor.command)) return pid;
    pid = ancestor.pid;
  }
  return null;
}

/** Whether a process is there; true where that cannot be told. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    return !/^\d+ \(.*\) Z/.test(stat);
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** Parent and command line of a process; null where there is no /proc, or the process has ended. */
async function readProcess(pid: number): Promise<Ancestor | null> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const command = (await Deno.readTextFile(`/proc/${pid}/cmdline`)).replaceAll("\0", " ");
    // After the name in brackets: state, then the parent.
    return { pid: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]), command };
  } catch (error) {
    // Hidden from us, or gone: then there is nobody to look at.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return null;
    throw error;
  }
}

/**
 * Resolves when the npx that this program was started through has ended; never where there was none. npx passes no signal
 * on, and the task runner between outlives it: nobody else would end the program.
 */
export async function launcherEnded(everyMs = 1_000): Promise<void> {
  const launcher = await findNpx();
  if (launcher === null) return await new Promise(() => {});
  while (await isAlive(launcher)) await pause(everyMs);
}

/** Keeps no process alive that has nothing else to do. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, ms)));
}
