/**
 * The least that reading rows of the RouterOS API takes: every word in one pass, an object of texts for each row. It
 * believes whatever it is sent: no limits, no tags, no refusals, no words over 16 KB.
 */
export class RawParser {
  readonly rows: Record<string, string>[] = [];
  #rest: Uint8Array = new Uint8Array(0);
  #row: Record<string, string> = {};

  /** True when a `!done` has come. */
  push(chunk: Uint8Array): boolean {
    const bytes = this.#rest.length === 0 ? chunk : join(this.#rest, chunk);
    const text = latin1.decode(bytes);
    let offset = 0;
    while (offset < bytes.length) {
      const first = bytes[offset] ?? 0;
      const isLong = first >= 0x80;
      const start = offset + (isLong ? 2 : 1);
      const end = start + (isLong ? ((first & 0x3f) << 8) | (bytes[offset + 1] ?? 0) : first);
      if (end > bytes.length || start > bytes.length) break;
      if (bytes[start] === EQUALS && end > start) this.#addWord(text, bytes, start, end);
      else if (bytes[start] === MARK && end === start + DONE) return true;
      else if (end === start && first === 0) this.#endRow();
      offset = end;
    }
    this.#rest = bytes.slice(offset);
    return false;
  }

  #addWord(text: string, bytes: Uint8Array, start: number, end: number): void {
    const equals = text.indexOf("=", start + 1);
    const name = text.substring(start + 1, equals);
    for (let i = equals; i < end; i++) {
      if ((bytes[i] ?? 0) > 0x7f) {
        this.#row[name] = utf8.decode(bytes.subarray(equals + 1, end));
        return;
      }
    }
    this.#row[name] = text.substring(equals + 1, end);
  }

  #endRow(): void {
    this.rows.push(this.#row);
    this.#row = {};
  }
}

const EQUALS = 0x3d;
const MARK = 0x21;
const DONE = "!done".length;
const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder();

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
