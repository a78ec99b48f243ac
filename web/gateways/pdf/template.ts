import { createHash } from "node:crypto";
import fontkit from "@cantoo/fontkit";
import { PDFDocument, type PDFObject } from "@cantoo/pdf-lib";
import type { Cut, Faces } from "./faces.ts";
import { embedLogo, type LogoPicture } from "./logo.ts";

/** Objects of a file as they follow each other, ready to be written. */
export interface StoredObjects {
  bytes: Uint8Array;
  /** Where each begins, by its number. */
  offsets: readonly (readonly [number: number, offset: number])[];
}

/** A font as it stands in each file that uses it. */
export interface StoredFont extends StoredObjects {
  cut: Cut;
  /** Number of its dictionary. */
  number: number;
}

/** A logo as it stands in each file of its company. */
export interface StoredLogo extends StoredObjects {
  number: number;
  width: number;
  height: number;
}

/** What the statements of a company have in common, written out once. */
export interface Template {
  faces: Faces;
  fonts: readonly StoredFont[];
  /** Null: none, or a picture that cannot be read. */
  logo: StoredLogo | null;
  /** The first number that is free. */
  nextNumber: number;
  /** Of all its bytes: other fonts or another logo make another file. */
  mark: Uint8Array;
}

/** Embeds fonts and logo; the same ones give the same bytes. */
export async function makeTemplate(faces: Faces, picture: LogoPicture | null): Promise<Template> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.registerFontkit(fontkit);
  const { context } = document;
  let written = context.largestObjectNumber;
  const takeNew = (): StoredObjects => {
    const added = context.enumerateIndirectObjects().filter(([ref]) => ref.objectNumber > written);
    written = context.largestObjectNumber;
    return stored(added.map(([ref, object]) => [ref.objectNumber, bytesOf(ref.objectNumber, object)]));
  };
  const fonts: StoredFont[] = [];
  for (const cut of faces.cuts) {
    const font = await document.embedFont(cut.bytes, { subset: false, customName: `LINYA+${cut.file}` });
    await font.embed();
    fonts.push({ cut, number: font.ref.objectNumber, ...takeNew() });
  }
  const embedded = picture === null ? null : await embedLogo(document, picture);
  const logo = embedded === null ? null : { ...embedded, ...takeNew() };
  const mark = createHash("sha256");
  for (const { bytes } of [...fonts, ...(logo === null ? [] : [logo])]) mark.update(bytes);
  return { faces, fonts, logo, nextNumber: written + 1, mark: mark.digest() };
}

function stored(objects: readonly (readonly [number, Uint8Array])[]): StoredObjects {
  const bytes = new Uint8Array(objects.reduce((total, [, object]) => total + object.length, 0));
  let at = 0;
  const offsets = objects.map(([number, object]) => {
    const offset = at;
    bytes.set(object, offset);
    at += object.length;
    return [number, offset] as const;
  });
  return { bytes, offsets };
}

function bytesOf(number: number, object: PDFObject): Uint8Array {
  const content = new Uint8Array(object.sizeInBytes());
  object.copyBytesInto(content, 0);
  const encoder = new TextEncoder();
  const [start, end] = [encoder.encode(`${number} 0 obj\n`), encoder.encode("\nendobj\n")];
  const bytes = new Uint8Array(start.length + content.length + end.length);
  bytes.set(start);
  bytes.set(content, start.length);
  bytes.set(end, start.length + content.length);
  return bytes;
}
