import { err, ok, type Result } from "@/shared/result.ts";

/** Kinds of picture that a logo may be. SVG is none: it can carry scripts. */
export type LogoType = "png" | "jpeg";

/** A picture that was looked at, not only named. */
export interface Logo {
  type: LogoType;
  bytes: Uint8Array<ArrayBuffer>;
}

export type LogoProblem = "logo_too_large" | "logo_not_picture" | "logo_is_svg" | "logo_dimensions";

/** 128 KiB: a logo of 600 pixels has 10 to 40. */
export const LOGO_BYTES_MAX = 131_072;
/** Pixels a side: what a small file unpacks to is bounded too. */
export const LOGO_SIDE_MAX = 2000;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Reads the kind and the size from the bytes; what the browser says a file is does not count. */
export function readLogo(bytes: Uint8Array<ArrayBuffer>): Result<Logo, LogoProblem> {
  if (bytes.length > LOGO_BYTES_MAX) return err("logo_too_large", { kilobytes: LOGO_BYTES_MAX / 1024 });
  const size = PNG.every((byte, at) => bytes[at] === byte) ? pngSize(bytes) : jpegSize(bytes);
  if (size === null) {
    const start = new TextDecoder().decode(bytes.subarray(0, 400)).toLowerCase();
    return start.includes("<svg") || start.includes("<?xml") ? err("logo_is_svg") : err("logo_not_picture");
  }
  const isFit = size.sides.every((side) => side >= 1 && side <= LOGO_SIDE_MAX);
  if (!isFit) return err("logo_dimensions", { max: LOGO_SIDE_MAX });
  return ok({ type: size.type, bytes });
}

interface PictureSize {
  type: LogoType;
  sides: number[];
}

function pngSize(bytes: Uint8Array): PictureSize | null {
  if (bytes.length < 33 || text(bytes, 12, 4) !== "IHDR") return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { type: "png", sides: [view.getUint32(16), view.getUint32(20)] };
}

/** Walks the segments up to the frame header, which holds the size. */
function jpegSize(bytes: Uint8Array): PictureSize | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const word = (at: number) => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (isFrame(marker)) return { type: "jpeg", sides: [word(at + 5), word(at + 7)] };
    at += 2 + Math.max(2, word(at + 2));
  }
  return null;
}

/** SOF0 to SOF15, without the three markers of that range that are none. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
