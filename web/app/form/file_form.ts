import { Refused, refused } from "@/web/app/errors/refused.ts";
import { coded, says } from "@/shared/codes/mod.ts";
import { HttpError } from "fresh";
import { toRawInput } from "./input.ts";

/** The files of a form, and what is wrong with those that cannot be taken. */
export interface FormFiles {
  files: Record<string, Uint8Array<ArrayBuffer>>;
  problems: Record<string, string>;
}

/**
 * Reads a `multipart/form-data` form whose size the pipeline has bounded. Files count only in the fields that are
 * listed, up to their sizes; their names and the types that the browser gives them are not used.
 *
 * @throws {HttpError} 400 when it is no such form, or has a file where none belongs
 */
export async function readFileForm(
  req: Request,
  limits: Readonly<Record<string, number>>,
): Promise<FormFiles & { values: unknown; token: string }> {
  const form = await parseForm(req);
  const pairs = new URLSearchParams();
  const files: FormFiles["files"] = {};
  const problems: FormFiles["problems"] = {};
  for (const [name, value] of form) {
    if (typeof value === "string") {
      pairs.append(name, value);
      continue;
    }
    // A file field that nothing was chosen for is sent as an empty file.
    if (value.size === 0) continue;
    const bytesMax = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (bytesMax === undefined || name in files) {
      throw refused("file_not_expected");
    }
    if (value.size > bytesMax) {
      problems[name] = says("file_too_large", { kilobytes: Math.floor(bytesMax / 1024) });
    } else files[name] = new Uint8Array(await value.arrayBuffer());
  }
  return { values: toRawInput(pairs), token: pairs.get("_csrf") ?? "", files, problems };
}

async function parseForm(req: Request): Promise<FormData> {
  try {
    return await req.formData();
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new Refused(coded("form_unreadable"), { cause });
  }
}
