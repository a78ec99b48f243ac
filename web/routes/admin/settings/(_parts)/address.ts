/** An address with fields as its query; a list gives its name once for each value. */
export function address(path: string, fields: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = new URLSearchParams();
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) pairs.append(name, value);
  }
  const text = pairs.toString();
  return text === "" ? path : `${path}?${text}`;
}
