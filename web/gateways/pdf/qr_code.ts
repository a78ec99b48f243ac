import { encode } from "uqr";
import type { Canvas, Rgb } from "./canvas.ts";

/** Any of the eight masks can be read; trying all of them would take longer than the rest of the statement. */
const MASK = 3;
const BLACK: Rgb = [0, 0, 0];

/** Draws a QR code; the quiet zone around it is for the caller to leave free. */
export function drawQrCode(
  canvas: Canvas,
  text: string,
  place: { x: number; y: number; side: number },
): void {
  const { data, size } = encode(text, { ecc: "M", border: 0, maskPattern: MASK });
  const module = place.side / size;
  const boxes = data.flatMap((row, at) =>
    runsOf(row).map(({ from, length }) => ({
      x: place.x + from * module,
      y: place.y + at * module,
      width: length * module,
      height: module,
    }))
  );
  canvas.boxes(boxes, BLACK);
}

function runsOf(row: readonly boolean[]): { from: number; length: number }[] {
  const runs: { from: number; length: number }[] = [];
  for (let at = 0; at < row.length; at++) {
    if (row[at] !== true) continue;
    const from = at;
    while (row[at + 1] === true) at++;
    runs.push({ from, length: at - from + 1 });
  }
  return runs;
}
