import { decode, encode } from "jpeg-js";
import { averages, logoStep, smaller } from "./averages.ts";

/** With the fonts and entries of a statement this stays below what a mail should carry. */
const BYTES_MAX = 6_000;
const QUALITIES = [85, 70, 50, 30, 15] as const;
const RGBA = 4;

/**
 * A JPEG as small as it is of use on statements and in mails; null where it is so already, or cannot be read. Up to a
 * second of work for the largest that may be uploaded, so it is done once, when it is stored.
 */
export function shrinkJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (bytes.length <= BYTES_MAX) return null;
  try {
    const { data, ...sides } = decode(bytes, {
      useTArray: true,
      maxResolutionInMP: 5,
      maxMemoryUsageInMB: 256,
    });
    const step = Math.max(1, logoStep(sides));
    const picture = { data: averages(data, sides, step, RGBA), ...smaller(sides, step) };
    let made = new Uint8Array(bytes);
    for (const quality of QUALITIES) {
      made = new Uint8Array(encode(picture, quality).data);
      if (made.length <= BYTES_MAX) break;
    }
    return made.length < bytes.length ? made : null;
  } catch {
    return null;
  }
}
