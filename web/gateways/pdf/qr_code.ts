import { encode } from "uqr";
import type { Canvas } from "./canvas.ts";

/** Any of the eight masks can be read; trying all of them would take longer than the rest of the statement. */
const MASK = 3;

/** Draws a QR code; the quiet zone around it is for the caller to leave free. */
export function drawQrCode(
  canvas: Canvas,
  text: string,
  place: { x: number; y: number; side: number },
): void {
  const { data, size } = encode(text, { ecc: "M", border: 0, maskPattern: MASK });
  const rows = new Uint8Array(Math.ceil(size / 8) * size);
  data.forEach((row, at) =>
    row.forEach((isDark, column) => {
      if (isDark) rows[at * Math.ceil(size / 8) + (column >> 3)]! |= 0x80 >> (column & 7);
    })
  );
  canvas.bits(rows.toHex(), size, place);
}
