/** What a step counted. */
export interface Counts {
  passed: number;
  failed: number;
}

/** How a command is run. */
export interface RunOptions {
  env?: Readonly<Record<string, string>>;
  /** Printed as it comes, or when it is over: of two commands beside each other one has to wait. @default true */
  isShown?: boolean;
  /** Gives way to what runs beside it. @default false */
  isPatient?: boolean;
}

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const RUNNER_LINE = /\| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/g;
const PLAIN_LINE = /^(\d+) passed, (\d+) failed$/gm;

/** Counts of the last closing line of `deno test`. */
export function runnerCounts(output: string): Counts {
  return lastCounts(output, RUNNER_LINE);
}

/** Counts of the last line of the plain form. */
export function plainCounts(output: string): Counts {
  return lastCounts(output, PLAIN_LINE);
}

function lastCounts(output: string, pattern: RegExp): Counts {
  const last = [...output.matchAll(pattern)].at(-1);
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
}

/** Runs deno in the root of the checkout and gives its output back without colours. */
export async function runDeno(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ output: string; code: number }> {
  const deno = Deno.execPath();
  const isPatient = options.isPatient === true && Deno.build.os !== "windows";
  const [command, ...rest] = isPatient ? ["nice", "-n", "5", deno, ...args] : [deno, ...args];
  const process = new Deno.Command(command!, {
    args: rest,
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_JOBS: "2", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const keep = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      output += decoder.decode(chunk, { stream: true });
      if (options.isShown !== false) await Deno.stdout.write(chunk);
    }
  };
  const [{ code }] = await Promise.all([process.status, keep(process.stdout), keep(process.stderr)]);
  return { output, code };
}
