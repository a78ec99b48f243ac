import process from "node:process";

/** Waits; the embedded server has nothing better than looking again. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether a process runs; a dead one that nobody has collected yet (a zombie) does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  const stat = await readProc(pid, "stat");
  return stat === null || !/^\d+ \(.*\) [ZX]/s.test(stat);
}

/** Command line of a process, arguments separated by spaces; empty where it cannot be read. */
export async function commandLineOf(pid: number): Promise<string> {
  const line = await readProc(pid, "cmdline");
  if (line !== null) return line.replaceAll("\0", " ").trim();
  if (Deno.build.os === "linux") return "";
  const { stdout } = await new Deno.Command("/bin/ps", { args: ["-ww", "-o", "args=", "-p", String(pid)] })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

async function readProc(pid: number, file: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(`/proc/${pid}/${file}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return null;
    // The process ended between opening and reading.
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return null;
    throw error;
  }
}

/** Waits until the process is gone; false when it is still there after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const endsAt = performance.now() + timeoutMs;
  while (await isAlive(pid)) {
    if (performance.now() >= endsAt) return false;
    await pause(20);
  }
  return true;
}

/** Sends a signal; a process that has just ended is what the sender wanted. */
export function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
