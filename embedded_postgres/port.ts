const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;

/** A port of 127.0.0.1 that is free now, below the range that outgoing connections take theirs from (32768 up). */
export function freePort(): number {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    if (isFree(port)) return port;
  }
  throw new Error(`Cannot find a free port: 200 ports between ${FIRST_PORT} and ${LAST_PORT} are taken`);
}

/** Whether nothing listens on that port of 127.0.0.1. */
export function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
