/**
 * A tiny shell loop that outlives us: when the process `watchedPid` ends without having stopped the server (SIGKILL, a
 * crash), it shuts the server down, so that no server runs on for a program that is gone.
 */
const SCRIPT = `
watched=$1; server=$2; rubbish=$3
trap 'kill -9 $nap 2>/dev/null; exit 0' USR1
while kill -0 "$watched" 2>/dev/null; do
  kill -0 "$server" 2>/dev/null || exit 0
  sleep 1 & nap=$!
  wait $nap
done
kill -INT "$server" 2>/dev/null
if [ -n "$rubbish" ]; then
  tries=0
  while kill -0 "$server" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL "$server" 2>/dev/null
  rm -rf "$rubbish"
fi
`;

/** What to watch. */
export interface WatchdogOptions {
  watchedPid: number;
  serverPid: number;
  /** Folder to remove after the server has ended that way (tests). */
  removeAfterwards?: string | undefined;
}

/** Starts the watchdog; the returned function ends it. */
export function startWatchdog(options: WatchdogOptions): () => Promise<void> {
  const child = new Deno.Command("/bin/sh", {
    args: [
      "-c",
      SCRIPT,
      "sh",
      String(options.watchedPid),
      String(options.serverPid),
      options.removeAfterwards ?? "",
    ],
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  let hasExited = false;
  const exited = child.status.then(() => {
    hasExited = true;
  });
  return async () => {
    child.ref();
    if (!hasExited) tellToEnd(child);
    await exited;
  };
}

function tellToEnd(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGUSR1");
  } catch (error) {
    // It saw the server's end first, and has ended by itself since we looked.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}
