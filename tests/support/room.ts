import { statfs } from "node:fs/promises";

/** What all databases of a run take at their most, four times over. */
const ROOM_BYTES = 4 * 1024 ** 3;

/**
 * Memory where there is much of it: a database is 650 files, and a disk's file system spends more on making and removing
 * them than the server on all the tests of a small one.
 */
export async function roomForDatabases(): Promise<string> {
  try {
    const { bavail, bsize } = await statfs("/dev/shm");
    if (bavail * bsize >= ROOM_BYTES) return "/dev/shm";
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  return "/tmp";
}
