import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";

/** The text of a PDF as a reader copies it; null where pdftotext (poppler-utils) is not installed. */
export async function pdfText(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  const answer = await run("pdftotext", ["-layout", "-enc", "UTF-8", "-", "-"], bytes);
  if (answer === null) return null;
  assert.equal(answer.code, 0, answer.errors);
  return answer.text;
}

/** Has qpdf look at the syntax; without it this check is left out. */
export async function assertSoundPdf(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".pdf" });
  try {
    await Deno.writeFile(file, bytes);
    const answer = await run("qpdf", ["--check", file], new Uint8Array());
    if (answer !== null) assert.equal(answer.code, 0, answer.text + answer.errors);
  } finally {
    await Deno.remove(file);
  }
}

/** Streams of operators, unpacked, and the syntax around all streams: what a hostile name would have to get into. */
export function pdfParts(bytes: Uint8Array): { drawn: string; syntax: string } {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  let drawn = "";
  const syntax = text.replace(/stream\n([\s\S]*?)\nendstream/g, (_, packed: string) => {
    const unpacked = inflateSync(Uint8Array.from(packed, (letter) => letter.charCodeAt(0))).toString(
      "latin1",
    );
    if (unpacked.includes(" Tj")) drawn += unpacked;
    return "";
  });
  return { drawn, syntax };
}

/** How many pages there are. */
export function pageCount(bytes: Uint8Array): number {
  return [...pdfParts(bytes).syntax.matchAll(/\/Type \/Page /g)].length;
}

const missing = new Set<string>();

async function run(program: string, args: string[], input: Uint8Array<ArrayBuffer>) {
  try {
    const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
    const writer = child.stdin.getWriter();
    const [output] = await Promise.all([child.output(), writer.write(input).then(() => writer.close())]);
    const decoder = new TextDecoder();
    return {
      code: output.code,
      text: decoder.decode(output.stdout),
      errors: decoder.decode(output.stderr),
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // deno-lint-ignore no-console -- a skipped check must be seen
    if (!missing.has(program)) console.log(`skipped: ${program} is not installed`);
    missing.add(program);
    return null;
  }
}
