/** The two colours that text on a brand colour may have. */
const WHITE = "#ffffff";
const INK = "#15202b";
/** WCAG 2.2 AA for text. */
export const CONTRAST_MIN = 4.5;

/** How text is shown on a brand colour. */
export interface BrandColour {
  colour: string;
  /** Colour of the text on it. */
  onColour: string;
  /** Contrast of the two, 1 to 21. */
  contrast: number;
  /** False: neither white nor black can be read on it well enough, so Linya's own colour is used in its place. */
  isReadable: boolean;
}

/** Chooses the text colour of a brand colour, `#rrggbb`. */
export function brandColour(colour: string): BrandColour {
  const onWhite = contrast(colour, WHITE);
  const onInk = contrast(colour, INK);
  const [onColour, best] = onWhite >= onInk ? [WHITE, onWhite] : [INK, onInk];
  return { colour, onColour, contrast: best, isReadable: best >= CONTRAST_MIN };
}

/** Contrast of two colours, WCAG 2: 1 is none, 21 is black on white. */
export function contrast(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

/** `#RRGGBB` or `RRGGBB` in any case as `#rrggbb`; null for anything else. */
export function parseColour(text: string): string | null {
  const [, hex] = /^#?([0-9a-f]{6})$/i.exec(text.trim()) ?? [];
  return hex === undefined ? null : `#${hex.toLowerCase()}`;
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255)
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
