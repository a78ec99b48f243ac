import type { Cut, Face } from "./faces.ts";
import { lineOf } from "./text.ts";

/** A4, in points. */
export const PAGE = { width: 595.28, height: 841.89 } as const;

/** Red, green and blue, each 0 to 1, as they are written: `0.08 0.13 0.17`. */
export type Colour = string;

/** How text is set. */
export interface TextStyle {
  face: Face;
  size: number;
  colour: Colour;
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
  /** What was set last and still holds: it is not said again. */
  #colour: Colour = "";
  #font = "";
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
    const { runs, width } = lineOf(face, text);
    if (runs.length === 0) return;
    const left = align === "left" ? x : x - width * size / 1000;
    let drawn = `${this.#inColour(colour)}BT ${num(left)} ${num(PAGE.height - y)} Td`;
    for (const { cut, hex } of runs) {
      const font = `/${cut.name} ${num(size)}`;
      drawn += font === this.#font ? ` <${hex}> Tj` : ` ${font} Tf <${hex}> Tj`;
      this.#font = font;
      this.#used.add(cut);
    }
    this.#operators += `${drawn} ET\n`;
  }

  line(x: number, y: number, width: number, colour: Colour, thickness = 0.6): void {
    this.box(x, y - thickness / 2, width, thickness, colour);
  }

  box(x: number, y: number, width: number, height: number, colour: Colour): void {
    this.#operators += `${this.#inColour(colour)}${rectangle(x, y, width, height)} f\n`;
  }

  #inColour(colour: Colour): string {
    if (colour === this.#colour) return "";
    this.#colour = colour;
    return `${colour} rg `;
  }

  /** A picture of one bit a dot, the rows as hexadecimal bytes; what is set is black. */
  bits(hex: string, dots: number, place: { x: number; y: number; side: number }): void {
    const side = num(place.side);
    this.#operators +=
      `q 0 0 0 rg ${side} 0 0 ${side} ${num(place.x)} ${num(PAGE.height - place.y - place.side)} cm ` +
      `BI /W ${dots} /H ${dots} /IM true /D [1 0] /F /AHx ID ${hex}> EI Q\n`;
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

/** As few digits as the eye can tell. */
function num(value: number): string {
  return String(Math.round(value * 100) / 100);
}
