/**
 * The two-step login that RouterOS removed in 6.45. Linya does not log in with it; the response is only computed to
 * recognise such routers and to check recorded conversations.
 */
export function challengeResponse(password: string, challengeHex: string): string {
  if (!/^(?:[0-9a-f]{2})*$/i.test(challengeHex)) {
    throw new TypeError("Cannot answer the login challenge: it is not hexadecimal");
  }
  const challenge = Uint8Array.from(challengeHex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const secret = new TextEncoder().encode(password);
  return `00${toHex(md5(Uint8Array.of(0, ...secret, ...challenge)))}`;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]] as const;
const SINES = Uint32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** RFC 1321. WebCrypto has no MD5, and this one is used for nothing that needs a strong hash. */
export function md5(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor((message.length + 8) / 64) + 1) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n, true);
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let offset = 0; offset < padded.length; offset += 64) md5Block(state, view, offset);
  return new Uint8Array(state.buffer);
}

function md5Block(state: Uint32Array, view: DataView, offset: number): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const { mix, word } = step(round, i, b, c, d);
    const sum = (a + mix + (SINES[i] ?? 0) + view.getUint32(offset + word * 4, true)) >>> 0;
    const shift = SHIFTS[round]?.[i & 3] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) >>> 0];
  }
  [a, b, c, d].forEach((value, i) => state[i] = ((state[i] ?? 0) + value) >>> 0);
}

function step(round: number, i: number, b: number, c: number, d: number): { mix: number; word: number } {
  if (round === 0) return { mix: (b & c) | (~b & d), word: i };
  if (round === 1) return { mix: (d & b) | (~d & c), word: (5 * i + 1) & 15 };
  if (round === 2) return { mix: b ^ c ^ d, word: (3 * i + 5) & 15 };
  return { mix: c ^ (b | ~d), word: (7 * i) & 15 };
}
