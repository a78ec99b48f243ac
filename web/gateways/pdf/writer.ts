import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { type Canvas, type Link, PAGE } from "./canvas.ts";
import type { Cut } from "./faces.ts";
import type { Template } from "./template.ts";

/** What a file says of itself. */
export interface FileTitle {
  title: string;
  /** BCP 47. */
  language: string;
}

const encoder = new TextEncoder();
/** Drawn pages repeat themselves so much that trying harder saves next to nothing. */
const LEVEL = 3;

/**
 * Writes files of pages around a template: of each statement only what is drawn, its pages and the table of offsets are
 * made anew. Nothing in it tells when it was written, so that the same pages are the same bytes. What is finished can
 * be taken away before the next pages come: a file of a thousand statements is never held whole.
 */
export class PdfWriter {
  readonly #template: Template;
  readonly #title: FileTitle;
  readonly #digest = createHash("sha256");
  readonly #offsets = new Map<number, number>();
  readonly #pages: number[] = [];
  readonly #used = new Set<Cut>();
  readonly #catalog: number;
  readonly #pageTree: number;
  readonly #info: number;
  readonly #resources: number;
  #next: number;
  #length = 0;
  #parts: Uint8Array[] = [];
  #pending = "";

  constructor(template: Template, title: FileTitle) {
    this.#template = template;
    this.#title = title;
    const { nextNumber } = template;
    [this.#catalog, this.#pageTree, this.#info, this.#resources] = [
      nextNumber,
      nextNumber + 1,
      nextNumber + 2,
      nextNumber + 3,
    ];
    this.#next = nextNumber + 4;
    this.#say("%PDF-1.7\n");
    // Letters above ASCII in the second line tell programs that move files about that this one is not text.
    this.#write(encoder.encode("%âãÏÓ\n"));
  }

  /** Fonts that pages were drawn with; a canvas is made with it. */
  get used(): Set<Cut> {
    return this.#used;
  }

  add(canvas: Canvas): void {
    const [page, contents, ...links] = [this.#take(), this.#take(), ...canvas.links.map(() => this.#take())];
    const drawn = deflateSync(encoder.encode(canvas.operators), { level: LEVEL });
    this.#object(
      contents,
      `<< /Filter /FlateDecode /Length ${drawn.length} >>\nstream\n`,
      drawn,
      "\nendstream",
    );
    const annotations = links.length === 0 ? "" : ` /Annots [${links.map((n) => `${n} 0 R`).join(" ")}]`;
    this.#object(
      page,
      `<< /Type /Page /Parent ${this.#pageTree} 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] ` +
        `/Resources ${this.#resources} 0 R /Contents ${contents} 0 R${annotations} >>`,
    );
    links.forEach((number, at) => this.#object(number, annotationOf(canvas.links[at]!)));
    this.#pages.push(page);
  }

  /** Between two objects, for whoever receives the file in parts. */
  remark(text: string): void {
    this.#say(`%${text}\n`);
  }

  /** Writes what all pages share, and the end. */
  finish(): void {
    const { fonts, logo } = this.#template;
    const drawnWith = fonts.filter(({ cut }) => this.#used.has(cut));
    for (const { bytes, offsets } of [...drawnWith, ...(logo === null ? [] : [logo])]) {
      for (const [number, offset] of offsets) this.#offsets.set(number, this.#length + offset);
      this.#write(bytes, { isOfDigest: false });
    }
    this.#digest.update(this.#template.mark);
    const fontNames = drawnWith.map(({ cut, number }) => `/${cut.name} ${number} 0 R`).join(" ");
    const pictures = logo === null ? "" : ` /XObject << /Logo ${logo.number} 0 R >>`;
    this.#object(this.#resources, `<< /Font << ${fontNames} >>${pictures} >>`);
    const kids = this.#pages.map((number) => `${number} 0 R`).join(" ");
    this.#object(this.#pageTree, `<< /Type /Pages /Count ${this.#pages.length} /Kids [${kids}] >>`);
    this.#object(
      this.#info,
      `<< /Title ${textString(this.#title.title)} /Producer ${textString("Linya")} >>`,
    );
    this.#object(
      this.#catalog,
      `<< /Type /Catalog /Pages ${this.#pageTree} 0 R /Lang ${textString(this.#title.language)} ` +
        "/ViewerPreferences << /DisplayDocTitle true >> >>",
    );
    this.#writeEnd();
  }

  /** What was written since it was last taken. */
  take(): Uint8Array<ArrayBuffer> {
    this.#flush();
    const bytes = new Uint8Array(this.#parts.reduce((total, part) => total + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    return bytes;
  }

  #writeEnd(): void {
    const startsAt = this.#length;
    const numbers = [...this.#offsets.keys()].sort((a, b) => a - b);
    let table = "xref\n0 1\n0000000000 65535 f \n";
    for (let from = 0; from < numbers.length;) {
      let to = from + 1;
      while (to < numbers.length && numbers[to] === numbers[to - 1]! + 1) to++;
      table += `${numbers[from]} ${to - from}\n`;
      for (const number of numbers.slice(from, to)) {
        table += `${String(this.#offsets.get(number)).padStart(10, "0")} 00000 n \n`;
      }
      from = to;
    }
    this.#flush();
    const id = this.#digest.digest("hex").slice(0, 32);
    const end = encoder.encode(
      `${table}trailer\n<< /Size ${this.#next} /Root ${this.#catalog} 0 R /Info ${this.#info} 0 R ` +
        `/ID [<${id}> <${id}>] >>\nstartxref\n${startsAt}\n%%EOF\n`,
    );
    this.#parts.push(end);
    this.#length += end.length;
  }

  #take(): number {
    return this.#next++;
  }

  #object(number: number, ...parts: (string | Uint8Array)[]): void {
    this.#offsets.set(number, this.#length);
    for (const part of [`${number} 0 obj\n`, ...parts, "\nendobj\n"]) {
      if (typeof part === "string") this.#say(part);
      else this.#write(part);
    }
  }

  /** Syntax: ASCII, so that its letters are its bytes. */
  #say(syntax: string): void {
    this.#pending += syntax;
    this.#length += syntax.length;
  }

  #write(bytes: Uint8Array, { isOfDigest } = { isOfDigest: true }): void {
    this.#flush();
    if (isOfDigest) this.#digest.update(bytes);
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  #flush(): void {
    if (this.#pending === "") return;
    const bytes = encoder.encode(this.#pending);
    this.#pending = "";
    this.#digest.update(bytes);
    this.#parts.push(bytes);
  }
}

/** Text of people as hexadecimal UTF-16: nothing in it can end the string. */
function textString(text: string): string {
  let hex = "<FEFF";
  for (let at = 0; at < text.length; at++) hex += text.charCodeAt(at).toString(16).padStart(4, "0");
  return `${hex}>`;
}

function annotationOf({ x, y, width, height, address }: Link): string {
  const corners = [x, PAGE.height - y - height, x + width, PAGE.height - y].map((n) => n.toFixed(2)).join(
    " ",
  );
  return `<< /Type /Annot /Subtype /Link /Rect [${corners}] /Border [0 0 0] ` +
    `/A << /S /URI /URI <${encoder.encode(address).toHex()}> >> >>`;
}
