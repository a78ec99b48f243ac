/** A process that the stack started; its output goes to a file, the last lines are kept for error messages. */
export interface Child {
  pid: number;
  /** Resolves with the exit code. */
  status: Promise<number>;
  isRunning(): boolean;
  /** Resolves with the first line of standard output that matches; rejects when the process ends first. */
  waitForLine(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray>;
  /** The same, or null when no such line comes in time. */
  findLine(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray | null>;
  /** SIGTERM, then SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL, as a power cut. */
  kill(): Promise<void>;
}

export interface SpawnOptions {
  name: string;
  args: string[];
  env?: Record<string, string>;
  /** File that its output is appended to. */
  logFile: string;
  cwd?: string;
}

/** Starts `deno` with these arguments. */
export async function spawnDeno(options: SpawnOptions): Promise<Child> {
  const log = await Deno.open(options.logFile, { create: true, append: true });
  const process = new Deno.Command(Deno.execPath(), {
    args: options.args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
  }).spawn();
  const lines = new LineBook();
  const pumped = Promise.allSettled([pump(process.stdout, log, lines), pump(process.stderr, log, lines)]);
  let running = true;
  const status = process.status.then(async ({ code }) => {
    running = false;
    await pumped;
    log.close();
    lines.end(new Error(`Cannot go on: ${options.name} ended with code ${code}\n${lines.tail()}`));
    return code;
  });
  const signal = (name: Deno.Signal) => {
    if (!running) return;
    try {
      process.kill(name);
    } catch (error) {
      // It ended between the check and the signal.
      if (!(error instanceof Deno.errors.NotFound) && !(error instanceof TypeError)) throw error;
    }
  };
  return {
    pid: process.pid,
    status,
    isRunning: () => running,
    waitForLine: (pattern, timeoutMs) => lines.wait(pattern, timeoutMs, options.name),
    findLine: (pattern, timeoutMs) => lines.wait(pattern, timeoutMs, options.name).catch(() => null),
    stop: async (graceMs = 8_000) => {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), graceMs);
      await status;
      clearTimeout(timer);
    },
    kill: async () => {
      signal("SIGKILL");
      await status;
    },
  };
}

/** Lines of a process, and who waits for one. */
class LineBook {
  #lines: string[] = [];
  #waiting = new Set<
    { pattern: RegExp; resolve(match: RegExpMatchArray): void; reject(error: Error): void }
  >();
  #ended: Error | null = null;

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > 400) this.#lines.splice(0, 200);
    for (const waiter of this.#waiting) {
      const match = line.match(waiter.pattern);
      if (match === null) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(match);
    }
  }

  tail(): string {
    return this.#lines.slice(-15).join("\n");
  }

  end(error: Error): void {
    this.#ended = error;
    for (const waiter of this.#waiting) waiter.reject(error);
    this.#waiting.clear();
  }

  async wait(pattern: RegExp, timeoutMs: number, name: string): Promise<RegExpMatchArray> {
    for (const line of this.#lines) {
      const match = line.match(pattern);
      if (match !== null) return match;
    }
    if (this.#ended !== null) throw this.#ended;
    const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
    const waiter = { pattern, resolve, reject };
    this.#waiting.add(waiter);
    const timer = setTimeout(() => {
      this.#waiting.delete(waiter);
      reject(
        new Error(`Cannot go on: ${name} did not print ${pattern} within ${timeoutMs} ms\n${this.tail()}`),
      );
    }, timeoutMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}

async function pump(stream: ReadableStream<Uint8Array>, log: Deno.FsFile, lines: LineBook): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    await log.write(chunk);
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) lines.add(line);
  }
  if (rest !== "") lines.add(rest);
}
