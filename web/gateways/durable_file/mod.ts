import { dirname } from "node:path";

/**
 * Writes a file that only its owner may read, where there is none yet. It is built whole beside its place and then linked
 * there, which fails where a file is: a crash leaves no half file, and of two nodes that start together on one folder
 * the second finds what the first made. False: a file is there.
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const building = `${path}.${crypto.randomUUID()}`;
  try {
    await writeDurably(building, text);
    await Deno.link(building, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  } finally {
    await removeIfThere(building);
  }
  await syncFolder(dirname(path));
  return true;
}

/** Puts a new text in the place of a file: whoever reads meanwhile, or after a crash, finds the old one or the new one. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const building = `${path}.${crypto.randomUUID()}`;
  try {
    await writeDurably(building, text);
    await Deno.rename(building, path);
  } finally {
    await removeIfThere(building);
  }
  await syncFolder(dirname(path));
}

/** Adds a line to a file that only its owner may read, in one piece: a line of another process stands before or behind it. */
export async function appendPrivateLine(path: string, line: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { read: true, append: true, create: true, mode: 0o600 });
  try {
    // What a crash has left of a line becomes a line of its own.
    const { size } = await file.stat();
    const isCut = size > 0 && await lastByte(file, size) !== 10;
    await file.write(new TextEncoder().encode(`${isCut ? "\n" : ""}${line}\n`));
    await file.sync();
  } finally {
    file.close();
  }
  await syncFolder(dirname(path));
}

async function lastByte(file: Deno.FsFile, size: number): Promise<number | undefined> {
  const byte = new Uint8Array(1);
  await file.seek(size - 1, Deno.SeekMode.Start);
  await file.read(byte);
  return byte[0];
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  try {
    const bytes = new TextEncoder().encode(text);
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
  } finally {
    file.close();
  }
}

/** A name is only durable once its folder is. Windows has no such call. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const folder = await Deno.open(path, { read: true });
  try {
    await folder.sync();
  } finally {
    folder.close();
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
