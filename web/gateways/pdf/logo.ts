import { deflateSync, inflateSync } from "node:zlib";
import { type PDFDocument, PDFName, PDFRawStream, PDFRef } from "@cantoo/pdf-lib";

/** A logo as the company uploaded it. */
export interface LogoPicture {
  type: "png" | "jpeg";
  bytes: Uint8Array;
}

interface EmbeddedLogo {
  number: number;
  width: number;
  height: number;
}

/** Sharp in print at the size that it has on a statement; more would only travel with each of them. */
const WIDTH_MAX = 400;
const HEIGHT_MAX = 128;

/**
 * Puts a logo into a document, a large PNG made smaller; a JPEG stays as it is. Null for a picture that cannot be
 * read: a statement without its logo is still a statement.
 */
export async function embedLogo(document: PDFDocument, picture: LogoPicture): Promise<EmbeddedLogo | null> {
  try {
    const image = picture.type === "png"
      ? await document.embedPng(picture.bytes)
      : await document.embedJpg(picture.bytes);
    await image.embed();
    const { width, height, ref } = image;
    const step = Math.ceil(Math.max(width / WIDTH_MAX, height / HEIGHT_MAX));
    if (picture.type === "png" && step > 1) shrink(document, ref, { width, height }, step);
    return { number: ref.objectNumber, width, height };
  } catch {
    return null;
  }
}

interface Sides {
  width: number;
  height: number;
}

/** Averages squares of pixels, of the picture and of the mask behind it. */
function shrink(document: PDFDocument, ref: PDFRef, sides: Sides, step: number): void {
  const { context } = document;
  const image = context.lookup(ref);
  if (!(image instanceof PDFRawStream)) return;
  const mask = image.dict.get(PDFName.of("SMask"));
  const behind = context.lookup(mask);
  replace(ref, image, 3);
  if (mask instanceof PDFRef && behind instanceof PDFRawStream) replace(mask, behind, 1);

  function replace(at: PDFRef, stream: PDFRawStream, channels: number) {
    const small = averages(inflateSync(stream.contents), sides, step, channels);
    const contents = deflateSync(small, { level: 9 });
    for (
      const [name, value] of [
        ["Width", Math.ceil(sides.width / step)],
        ["Height", Math.ceil(sides.height / step)],
        ["Length", contents.length],
      ] as const
    ) stream.dict.set(PDFName.of(name), context.obj(value));
    context.assign(at, PDFRawStream.of(stream.dict, contents));
  }
}

function averages(pixels: Uint8Array, { width, height }: Sides, step: number, channels: number): Uint8Array {
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const small = new Uint8Array(columns * rows * channels);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let channel = 0; channel < channels; channel++) {
        let total = 0;
        let count = 0;
        for (let y = row * step; y < Math.min(height, (row + 1) * step); y++) {
          for (let x = column * step; x < Math.min(width, (column + 1) * step); x++) {
            total += pixels[(y * width + x) * channels + channel] ?? 0;
            count++;
          }
        }
        small[(row * columns + column) * channels + channel] = Math.round(total / count);
      }
    }
  }
  return small;
}
