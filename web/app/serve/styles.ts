const STYLES_DIR = new URL("../../styles/", import.meta.url);

const COMMENTS = /\/\*[^]*?\*\//g;

/**
 * The admin's style sheet: the parts of `web/styles` one after the other in the order of their names. A part is one
 * subject; the number before its name is its place, and `95_small_screens_print.css` stays last. What is written for those
 * who read the parts is not sent: comments, and the space that begins a line.
 */
export async function readAdminStyles(): Promise<string> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(STYLES_DIR)) if (entry.name.endsWith(".css")) names.push(entry.name);
  const parts = await Promise.all(names.sort().map((name) => Deno.readTextFile(new URL(name, STYLES_DIR))));
  return parts.join("\n").replace(COMMENTS, "").replace(/\n\s+/g, "\n");
}
