/** Whether a script asks for the data of a page; a browser that opens it asks for HTML. */
export function wantsJson({ headers }: Request): boolean {
  return headers.get("accept")?.startsWith("application/json") ?? false;
}
