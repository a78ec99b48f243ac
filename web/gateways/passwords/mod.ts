import { hash, verify } from "@node-rs/argon2";

/** Cost of a password hash; decision D9: 64 MiB and 3 passes take 62 ms and stall nothing. */
const OPTIONS = { memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;

/** Hashes at the same time: bounds what a burst of sign-ins can take to 256 MiB. */
const MOST_AT_ONCE = 4;

let running = 0;
const waiting: (() => void)[] = [];

/** Argon2id hash as a PHC string. */
export function hashPassword(password: string): Promise<string> {
  return withPlace(() => hash(password, OPTIONS));
}

/** Whether the password belongs to the hash. */
export function verifyPassword(phc: string, password: string): Promise<boolean> {
  return withPlace(() => verify(phc, password));
}

/** Whether a hash was made at another cost than today's, so that it is made anew while the password is at hand. */
export function needsRehash(phc: string): boolean {
  return !phc.startsWith(
    `$argon2id$v=19$m=${OPTIONS.memoryCost},t=${OPTIONS.timeCost},p=${OPTIONS.parallelism}$`,
  );
}

/** A hash of 32 random bytes that nobody kept, at the cost above. */
const DECOY =
  "$argon2id$v=19$m=65536,t=3,p=1$ZrMt426gSuax+7f/E/m0lQ$L2GNX2p9qYJ6zMU84Ov7hstAPSY0/c8I+PNdNjB16Nk";

/**
 * Takes as long as a real verification, so that an unknown e-mail address cannot be told from a wrong password.
 */
export async function verifyAgainstNobody(password: string): Promise<false> {
  await verifyPassword(DECOY, password);
  return false;
}

async function withPlace<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    // The place passes straight to the next in line, so that `running` never exceeds the bound.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
