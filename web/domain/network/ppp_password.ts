/** 14 signs of 31: 69 bits. */
export const PASSWORD_LENGTH = 14;

/** Small letters and digits without those that look alike (0 o, 1 l i): it is read from a screen and typed into a box. */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
/** Bytes from here on would favour the first letters. */
const FAIR_BELOW = 256 - 256 % ALPHABET.length;

/**
 * A PPP password out of random bytes, each sign as likely as the others.
 *
 * @param randomBytes gives fresh random bytes
 */
export function pppPassword(randomBytes: (count: number) => Uint8Array): string {
  let password = "";
  while (password.length < PASSWORD_LENGTH) {
    for (const byte of randomBytes(PASSWORD_LENGTH)) {
      if (byte < FAIR_BELOW && password.length < PASSWORD_LENGTH) {
        password += ALPHABET[byte % ALPHABET.length];
      }
    }
  }
  return password;
}
