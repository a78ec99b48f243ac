import fontkit from "@cantoo/fontkit";
import { PDFDocument, type PDFObject } from "@cantoo/pdf-lib";
import type { Cut, Faces } from "./faces.ts";
import { embedLogo, type LogoPicture } from "./logo.ts";

/** An object of a file, ready to be written. */
export interface StoredObject {
  number: number;
  /** From `n 0 obj` through `endobj`. */
  bytes: Uint8Array;
}

/** A font as it stands in each file that uses it. */
export interface StoredFont {
  cut: Cut;
  /** Number of its dictionary. */
  number: number;
  objects: readonly StoredObject[];
}

/** A logo as it stands in each file of its company. */
export interface StoredLogo {
  number: number;
  width: number;
  height: number;
  objects: readonly StoredObject[];
}

/** What the statements of a company have in common, written out once. */
export interface Template {
  faces: Faces;
  fonts: readonly StoredFont[];
  /** Null: none, or a picture that cannot be read. */
  logo: StoredLogo | null;
  /** The first number that is free. */
  nextNumber: number;
}

/** Embeds fonts and logo; the same ones give the same bytes. */
export async function makeTemplate(faces: Faces, picture: LogoPicture | null): Promise<Template> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.registerFontkit(fontkit);
  const { context } = document;
  let written = context.largestObjectNumber;
  const takeNew = (): StoredObject[] => {
    const added = context.enumerateIndirectObjects().filter(([ref]) => ref.objectNumber > written);
    written = context.largestObjectNumber;
    return added.map(([ref, object]) => ({
      number: ref.objectNumber,
      bytes: bytesOf(ref.objectNumber, object),
    }));
  };
  const fonts: StoredFont[] = [];
  for (const cut of faces.cuts) {
    const font = await document.embedFont(cut.bytes, { subset: false, customName: `LINYA+${cut.file}` });
    await font.embed();
    fonts.push({ cut, number: font.ref.objectNumber, objects: takeNew() });
  }
  const embedded = picture === null ? null : await embedLogo(document, picture);
  const logo = embedded === null ? null : { ...embedded, objects: takeNew() };
  return { faces, fonts, logo, nextNumber: written + 1 };
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
