import { Canvas, type Colour, PAGE, type TextStyle } from "./canvas.ts";
import type { Cut, Face } from "./faces.ts";
import { wrap } from "./text.ts";

export const MARGIN = 48;
export const RIGHT = PAGE.width - MARGIN;
export const WIDTH = RIGHT - MARGIN;
/** Where what flows ends, above the foot of a page. */
const BOTTOM = PAGE.height - 52;
export const FOOT_Y = PAGE.height - 28;

export const INK: Colour = "0.08 0.13 0.17";
export const GREY: Colour = "0.36 0.41 0.46";
export const LINE: Colour = "0.85 0.87 0.89";
export const WHITE: Colour = "1 1 1";

/** The ways in which text is set on a statement. */
export interface Styles {
  body: TextStyle;
  strong: TextStyle;
  small: TextStyle;
  label: TextStyle;
  heading: TextStyle;
  title: TextStyle;
  amount: TextStyle;
}

export function stylesOf(regular: Face, bold: Face, accent: Colour): Styles {
  return {
    body: { face: regular, size: 9.5, colour: INK },
    strong: { face: bold, size: 9.5, colour: INK },
    small: { face: regular, size: 8.5, colour: GREY },
    label: { face: regular, size: 8, colour: GREY },
    heading: { face: bold, size: 10.5, colour: INK },
    title: { face: bold, size: 19, colour: accent },
    amount: { face: bold, size: 23, colour: INK },
  };
}

/** Height of a line of text. */
export function leading({ size }: TextStyle): number {
  return size * 1.4;
}

/** Pages one below the other: what does not fit begins the next one. */
export class Flow {
  readonly pages: Canvas[] = [];
  y = MARGIN;
  readonly #used: Set<Cut>;
  readonly #onNewPage: (flow: Flow) => void;
  #canvas: Canvas;

  /** @param onNewPage draws what stands at the top of each page after the first */
  constructor(used: Set<Cut>, onNewPage: (flow: Flow) => void) {
    this.#used = used;
    this.#onNewPage = onNewPage;
    this.#canvas = new Canvas(used);
    this.pages.push(this.#canvas);
  }

  /** The page that is drawn on. */
  get canvas(): Canvas {
    return this.#canvas;
  }

  /** Makes room; says whether a new page began for it. */
  need(height: number): boolean {
    if (this.y + height <= BOTTOM) return false;
    this.#canvas = new Canvas(this.#used);
    this.pages.push(this.#canvas);
    this.y = MARGIN;
    this.#onNewPage(this);
    return true;
  }

  /** Lines of text below each other, each of them on whatever page it fits. */
  paragraph(text: string, x: number, width: number, style: TextStyle): void {
    for (const line of wrap(style.face, style.size, text, width)) {
      this.need(leading(style));
      this.canvas.text(line, x, this.y + style.size, style);
      this.y += leading(style);
    }
  }
}

/** The same without a change of page: for what was measured before. Says where it ends. */
export function drawLines(
  canvas: Canvas,
  lines: readonly string[],
  place: { x: number; y: number },
  style: TextStyle,
): number {
  lines.forEach((line, at) => canvas.text(line, place.x, place.y + style.size + at * leading(style), style));
  return place.y + lines.length * leading(style);
}
