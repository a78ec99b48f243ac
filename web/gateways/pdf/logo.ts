import { deflateSync, inflateSync } from "node:zlib";
import { type PDFDocument, PDFName, PDFRawStream, PDFRef } from "@cantoo/pdf-lib";
import { averages, logoStep, type Sides, smaller } from "./averages.ts";

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

/**
 * Puts a logo into a document, a large PNG made smaller; a JPEG was, when it was stored. Null for a picture that cannot be
 * read: a statement without its logo is still a statement.
 */
export async function embedLogo(document: PDFDocument, picture: LogoPicture): Promise<EmbeddedLogo | null> {
  try {
    const image = picture.type === "png"
      ? await document.embedPng(picture.bytes)
      : await document.embedJpg(picture.bytes);
    await image.embed();
    const { width, height, ref } = image;
    const step = logoStep({ width, height });
    if (picture.type === "png" && step > 1) shrink(document, ref, { width, height }, step);
    return { number: ref.objectNumber, width, height };
  } catch {
    return null;
  }
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
    const { width, height } = smaller(sides, step);
    for (
      const [name, value] of [
        ["Width", width],
        ["Height", height],
        ["Length", contents.length],
      ] as const
    ) stream.dict.set(PDFName.of(name), context.obj(value));
    context.assign(at, PDFRawStream.of(stream.dict, contents));
  }
}
