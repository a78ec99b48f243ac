import { dirname, join } from "node:path";
import * as z from "zod";
import type { Logger } from "@/shared/log.ts";
import type { AgentProblem } from "@/shared/protocol/mod.ts";
import { type DiskHealth, diskProblem } from "./disk_health.ts";

/** The data folder could not be written: full, read-only or gone. Whoever sent what was to be stored is not acknowledged. */
export class JournalError extends Error {
  readonly code = "journal_unwritable";

  /** What is wrong with the disk, in the words that the web knows. */
  get problem(): AgentProblem {
    return diskProblem(this.cause);
  }
}

/** Where a write stands; tests stop at each step as a crash would. */
export type WriteStep = "tmp_opened" | "tmp_half_written" | "tmp_synced" | "renamed";

/** bigint as decimal text: generations go beyond 2^53. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => typeof item === "bigint" ? item.toString() : item,
  );
}

/** One JSON file that is either the old text or the new one, whatever moment the power goes. */
export class JournalFile<T> {
  #writes: Promise<void> = Promise.resolve();

  constructor(
    readonly path: string,
    readonly schema: z.ZodType<T>,
    readonly log: Logger,
    readonly onStep: (step: WriteStep) => void = () => {},
    readonly disk: DiskHealth | null = null,
  ) {}

  /** What was stored, or null. A file that cannot be read as what it should be is set aside, never guessed at. */
  async load(): Promise<T | null> {
    let text: string;
    try {
      text = await Deno.readTextFile(this.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw new JournalError(`Cannot read ${this.path}: ${messageOf(error)}`, { cause: error });
    }
    const parsed = parseJson(this.schema, text);
    if (parsed.ok) return parsed.value;
    await this.setAside(parsed.problem);
    return null;
  }

  /** Moves a damaged file out of the way, so that it can be looked at and is not read again. */
  async setAside(reason: string): Promise<void> {
    const aside = `${this.path}.damaged`;
    this.log.error("journal_file_set_aside", { path: this.path, aside, reason });
    try {
      await Deno.rename(this.path, aside);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        this.log.error("journal_file_not_moved", { path: this.path, error });
      }
    }
  }

  /** Durable when it returns. Writes of one file follow each other in the order asked. */
  save(value: T): Promise<void> {
    const text = toJson(value);
    const write = this.#writes.then(() => this.#write(text));
    this.#writes = write.catch(() => {});
    return write;
  }

  async remove(): Promise<void> {
    await this.#writes;
    try {
      await Deno.remove(this.path);
      await syncFolder(dirname(this.path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw new JournalError(`Cannot remove ${this.path}: ${messageOf(error)}`, { cause: error });
    }
  }

  async #write(text: string): Promise<void> {
    const tmp = `${this.path}.tmp`;
    try {
      const file = await Deno.open(tmp, { write: true, create: true, truncate: true, mode: 0o600 });
      try {
        this.onStep("tmp_opened");
        await writeAll(file, new TextEncoder().encode(text), () => this.onStep("tmp_half_written"));
        await file.sync();
      } finally {
        file.close();
      }
      this.onStep("tmp_synced");
      await Deno.rename(tmp, this.path);
      this.onStep("renamed");
      await syncFolder(dirname(this.path));
      this.disk?.wrote(this.path);
    } catch (error) {
      this.disk?.failed(this.path, error);
      throw new JournalError(`Cannot write ${this.path}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** Makes the data folder, for its owner only. */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o700);
  } catch (error) {
    throw new JournalError(`Cannot use data folder ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Removes what an interrupted write left. */
export async function removeLeftovers(folder: string): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && entry.name.endsWith(".tmp")) await Deno.remove(join(folder, entry.name));
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array, atHalf: () => void): Promise<void> {
  const half = Math.floor(bytes.length / 2);
  let written = 0;
  let isPastHalf = false;
  while (written < bytes.length) {
    const end = isPastHalf || half === 0 ? bytes.length : half;
    written += await file.write(bytes.subarray(written, end));
    if (!isPastHalf && written >= half) {
      isPastHalf = true;
      atHalf();
    }
  }
}

/** A rename is only durable once its folder is. Windows has no such call. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const folder = await Deno.open(path, { read: true });
  try {
    await folder.sync();
  } finally {
    folder.close();
  }
}

type Parsed<T> = { ok: true; value: T } | { ok: false; problem: string };

function parseJson<T>(schema: z.ZodType<T>, text: string): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: "it is not JSON" };
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, problem: z.prettifyError(parsed.error).slice(0, 300) };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
