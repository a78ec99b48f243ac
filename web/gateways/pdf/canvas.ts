import type { Cut, Face } from "./faces.ts";
import { glyphsOf, widthOf } from "./text.ts";

/** A4, in points. */
export const PAGE = { width: 595.28, height: 841.89 } as const;

/** Red, green and blue, each 0 to 1. */
export type Rgb = readonly [number, number, number];

/** How text is set. */
export interface TextStyle {
  face: Face;
  size: number;
  colour: Rgb;
}

/** A place that leads somewhere. */
export interface Link {
  x: number;
  y: number;
  width: number;
  height: number;
  address: string;
}

/** What is drawn on one page. `y` counts down from the upper edge, as one reads; text stands on it. */
export class Canvas {
  readonly links: Link[] = [];
  #operators = "";
  readonly #used: Set<Cut>;

  /** @param used takes up the fonts that are drawn with */
  constructor(used: Set<Cut>) {
    this.#used = used;
  }

  /** Everything drawn so far, as a content stream. */
  get operators(): string {
    return this.#operators;
  }

  /** A line of text that begins, or ends, at x. Text only ever gets in as numbers of glyphs. */
  text(text: string, x: number, y: number, style: TextStyle, align: "left" | "right" = "left"): void {
    const { face, size, colour } = style;
    const left = align === "left" ? x : x - widthOf(face, size, text);
    let drawn = `BT ${rgb(colour)} rg ${num(left)} ${num(PAGE.height - y)} Td`;
    let cut: Cut | null = null;
    for (const glyph of glyphsOf(face, text)) {
      if (glyph.cut !== cut) {
        drawn += `${cut === null ? "" : "> Tj"} /${glyph.cut.name} ${num(size)} Tf <`;
        cut = glyph.cut;
        this.#used.add(cut);
      }
      drawn += glyph.hex;
    }
    if (cut !== null) this.#operators += `${drawn}> Tj ET\n`;
  }

  line(x: number, y: number, width: number, colour: Rgb, thickness = 0.6): void {
    this.box(x, y - thickness / 2, width, thickness, colour);
  }

  box(x: number, y: number, width: number, height: number, colour: Rgb): void {
    this.#operators += `${rgb(colour)} rg ${rectangle(x, y, width, height)} f\n`;
  }

  /** Squares of one colour, filled at once so that none shows a seam. */
  boxes(boxes: readonly { x: number; y: number; width: number; height: number }[], colour: Rgb): void {
    const path = boxes.map(({ x, y, width, height }) => rectangle(x, y, width, height)).join(" ");
    this.#operators += `${rgb(colour)} rg ${path} f\n`;
  }

  frame(x: number, y: number, width: number, height: number, colour: Rgb, thickness = 0.8): void {
    this.#operators += `${rgb(colour)} RG ${num(thickness)} w ${rectangle(x, y, width, height)} S\n`;
  }

  /** The logo of the template. */
  logo(x: number, y: number, width: number, height: number): void {
    this.#operators += `q ${num(width)} 0 0 ${num(height)} ${num(x)} ${
      num(PAGE.height - y - height)
    } cm /Logo Do Q\n`;
  }

  link(link: Link): void {
    this.links.push(link);
  }
}

function rectangle(x: number, y: number, width: number, height: number): string {
  return `${num(x)} ${num(PAGE.height - y - height)} ${num(width)} ${num(height)} re`;
}

function rgb(colour: Rgb): string {
  return colour.map((part) => num(part)).join(" ");
}

/** As few digits as the eye can tell. */
function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}
