import { crc32 } from "node:zlib";

/** A file of an archive; its text is read once, a piece at a time. */
export interface ZipFile {
  /** Of ASCII letters, digits, dots and dashes. */
  name: string;
  text: AsyncIterable<string>;
}

interface Written {
  name: Uint8Array;
  crc: number;
  size: number;
  at: number;
}

/** Sizes and sums follow the file; its name is UTF-8. */
const FLAGS = 0x0808;
/** 1 January 1980: what a file was made at stands within it. */
const DOS_DATE = 0x21;
const U32_MAX = 0xffff_ffff;

/** An archive of files as they come, not packed, in bounded memory. Below 4 GB, or it throws. */
export async function* zipOf(files: readonly ZipFile[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const written: Written[] = [];
  let at = 0;
  for (const { name, text } of files) {
    const file: Written = { name: encoder.encode(name), crc: 0, size: 0, at };
    yield fields([[4, 0x04034b50], ...headOf(file, false), [2, file.name.length], [2, 0]], file.name);
    at += 30 + file.name.length;
    for await (const piece of text) {
      const bytes = encoder.encode(piece);
      file.crc = crc32(bytes, file.crc);
      file.size += bytes.length;
      yield bytes;
    }
    at += file.size;
    yield fields([[4, 0x08074b50], [4, file.crc], [4, file.size], [4, file.size]]);
    at += 16;
    if (at > U32_MAX) throw new Error("Cannot make an archive: it is larger than 4 GB");
    written.push(file);
  }
  const begin = at;
  for (const file of written) {
    yield fields(
      [
        [4, 0x02014b50],
        [2, 20],
        ...headOf(file, true),
        [2, file.name.length],
        [2, 0],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [
          4,
          file.at,
        ],
      ],
      file.name,
    );
    at += 46 + file.name.length;
  }
  const count = written.length;
  yield fields([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, at - begin], [4, begin], [
    2,
    0,
  ]]);
}

type Field = readonly [bytes: 2 | 4, value: number];

function headOf({ crc, size }: Written, isKnown: boolean): Field[] {
  const [sum, length] = isKnown ? [crc, size] : [0, 0];
  return [[2, 20], [2, FLAGS], [2, 0], [2, 0], [2, DOS_DATE], [4, sum], [4, length], [4, length]];
}

function fields(list: readonly Field[], behind: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const size = list.reduce((sum, [bytes]) => sum + bytes, 0);
  const out = new Uint8Array(size + behind.length);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [bytes, value] of list) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  out.set(behind, size);
  return out;
}
