import { encode } from "jpeg-js";
import { add, type Centavos, centavos, subtract } from "@/shared/money/mod.ts";
import type { PaperLogo, PaperRow, StatementPaper } from "./types.ts";

const day = Temporal.PlainDate.from;

/** No picture. */
export const NO_LOGO: PaperLogo = { key: "none", read: () => Promise.resolve(null) };

/** A statement with so many entries, bills and payments in turn. */
export function paperWith(entries: number, change: Partial<StatementPaper> = {}): StatementPaper {
  const rows: PaperRow[] = [];
  const openingCentavos = change.openingCentavos ?? centavos(50_000n);
  let balance: Centavos = openingCentavos;
  for (let n = 0; n < entries; n++) {
    const isBill = n % 2 === 0;
    const amountCentavos = centavos(isBill ? 149_900n : 150_000n);
    balance = isBill ? add(balance, amountCentavos) : subtract(balance, amountCentavos);
    rows.push({
      on: day("2026-02-02").add({ days: n }),
      kind: isBill ? "charge" : "payment",
      text: isBill ? `Bill SOA-${n}` : `Payment RCPT-${n}, GCash`,
      amountCentavos,
      balanceCentavos: balance,
      lines: isBill ? [{ text: "Fiber 50 → 100, 1–28 Feb 2026", amountCentavos }] : [],
    });
  }
  return {
    locale: "en",
    company: {
      name: "Ilaya Net",
      address: "12 Rizal St., Ilaya, Calamba",
      phone: "0917 555 0101",
      email: "office@ilaya.example",
      registeredName: "Ilaya Net Services",
      tin: "123-456-789-00000",
      brandColour: "#0f766e",
      waysToPay: "GCash 0917 555 0101\nAt the office, Mon–Sat 8:00–17:00",
    },
    subscriber: { name: "Señor Juan Niño", accountNumber: "A-00042", address: "Blk 4 Lot 12, Ilaya" },
    bill: {
      number: "SOA-000123",
      issuedOn: day("2026-03-01"),
      dueOn: day("2026-03-15"),
      periodStart: day("2026-03-01"),
      periodEnd: day("2026-04-01"),
      cutOn: day("2026-03-21"),
      isVoid: false,
      address: "https://isp.example/b/AZrX0mAbcdefghijklmnopqrstuvwx0123",
    },
    from: day("2026-02-02"),
    through: day("2026-03-01"),
    openingCentavos,
    rows,
    closingCentavos: balance,
    tax: null,
    open: [],
    withheld: null,
    ...change,
  };
}

/** A PNG of random-looking stripes in 8-bit RGBA, as large as a logo may be. */
export async function pngOf(width: number, height: number): Promise<Uint8Array> {
  const rows = new Uint8Array((width * 4 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isInk = (Math.floor(x / 40) + Math.floor(y / 40)) % 2 === 0;
      rows.set(isInk ? [15, 118, 110, 255] : [0, 0, 0, 0], y * (width * 4 + 1) + 1 + x * 4);
    }
  }
  const stream = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 6, 0, 0, 0], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", packed),
    chunk("IEND", new Uint8Array()),
  ];
  return new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return (crc ^ -1) >>> 0;
}

/** Red on the left, blue on the right, with noise. */
export function jpegOf(
  { width, height }: { width: number; height: number },
  noise: number,
): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(width * height * 4);
  let seed = 7;
  for (let n = 0; n < width * height; n++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    const by = ((seed >> 16) % 100 / 100 - 0.5) * noise;
    const [red, blue] = n % width < width / 2 ? [200, 30] : [30, 200];
    const pixel = [red + by, 40 + by, blue + by, 255];
    data.set(pixel.map((value) => Math.min(255, Math.max(0, value))), n * 4);
  }
  return new Uint8Array(encode({ data, width, height }, 90).data);
}
