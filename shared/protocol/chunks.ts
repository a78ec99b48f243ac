import { MAX_CHUNK_BYTES } from "./constants.ts";

/** Splits rows into lists whose JSON stays under the frame limit. An empty list still makes one chunk. */
export function chunkRows<T>(rows: readonly T[], maxBytes: number = MAX_CHUNK_BYTES): T[][] {
  const encoder = new TextEncoder();
  let chunk: T[] = [];
  const chunks = [chunk];
  let bytes = 0;
  for (const row of rows) {
    const size = encoder.encode(JSON.stringify(row, asText)).length + 1;
    if (bytes + size > maxBytes && chunk.length > 0) {
      chunk = [];
      chunks.push(chunk);
      bytes = 0;
    }
    chunk.push(row);
    bytes += size;
  }
  return chunks;
}

/** As frames write it: generations travel as text. */
function asText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
