import { z } from "zod";
import { appendPrivateLine } from "../durable_file/mod.ts";

export { erasedName } from "./erased_name.ts";

const instant = z.string().transform((text) => Temporal.Instant.from(text));
const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)).transform((text) => Uint8Array.fromHex(text));

const lineShape = z.object({
  format: z.literal("linya-erasure-v1"),
  company_id: z.uuid(),
  erasure: z.uuid(),
  subscriber: z.uuid(),
  account: z.string().max(60),
  erased_at: instant,
  entries: z.number().int().min(0),
  digest: hex(32),
  public_key: hex(32),
  signature: hex(64),
});

/** An erasure as the list keeps it: who by number, when, and that this installation did it. No name. */
export type ListedErasure = z.output<typeof lineShape>;

/** The erasures of an installation, kept outside of its database so that a restored one learns of them. */
export interface ErasureList {
  /** Adds those that are not in it. */
  add(erasures: readonly ListedErasure[]): Promise<void>;
  /** Every one that is in it. Throws when a line is none: nobody may be forgotten silently. */
  read(): Promise<ListedErasure[]>;
}

/** The list as a file with a line for each, only added to. */
export function openErasureList(path: string): ErasureList {
  const read = () => readErasureFile(path);
  return {
    read,
    async add(erasures) {
      const known = new Set((await read()).map(({ erasure }) => erasure));
      for (const erasure of erasures) {
        if (!known.has(erasure.erasure)) await appendPrivateLine(path, erasureLine(erasure));
      }
    },
  };
}

/** Reads such a file; one that is not there is empty. */
export async function readErasureFile(path: string): Promise<ListedErasure[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new Error(`Cannot read the list of erasures: "${path}" is not readable`, { cause: error });
  }
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const parsed = parseLine(line);
    if (parsed !== null) return [parsed];
    // A crash while the last line was written: it was written again behind it, or the database has it.
    if (i === lines.length - 1) return [];
    throw new Error(`Cannot read the list of erasures: line ${i + 1} of "${path}" is damaged`);
  });
}

/** An erasure as a line of the file. */
export function erasureLine(erasure: ListedErasure): string {
  return JSON.stringify({
    ...erasure,
    erased_at: erasure.erased_at.toString({ fractionalSecondDigits: 3 }),
    digest: erasure.digest.toHex(),
    public_key: erasure.public_key.toHex(),
    signature: erasure.signature.toHex(),
  });
}

function parseLine(line: string): ListedErasure | null {
  try {
    return lineShape.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
