import { HttpError } from "fresh";
import { coded } from "@/shared/codes/mod.ts";
import { Refused, refused } from "@/web/app/errors/refused.ts";
import { type FormFiles, readFileForm } from "@/web/app/form/file_form.ts";
import { refuseNul, toRawInput } from "@/web/app/form/input.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";

/** A request's body before its schema has seen it. */
export interface Body extends Partial<FormFiles> {
  values: unknown;
  token: string;
}

/** Reads what was sent, as a form, a form with files or JSON; refuses every other kind. */
export async function readBody(req: Request, entry: RouteEntry): Promise<Body> {
  const type = (req.headers.get("content-type") ?? "").split(";")[0]?.trim();
  if (type === "multipart/form-data" && entry.files !== undefined) {
    return await readFileForm(req, entry.files);
  }
  const text = await req.text();
  if (type === "application/json") return { values: parseJson(text), token: "" };
  if (type !== "application/x-www-form-urlencoded" && text !== "") {
    throw refused("body_not_taken");
  }
  const pairs = new URLSearchParams(text);
  return { values: toRawInput(pairs), token: pairs.get("_csrf") ?? "" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      refuseNul(typeof value === "string" ? key + value : key);
      return value;
    });
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new Refused(coded("json_invalid"), { cause });
  }
}
