import { z } from "zod";

/** What a control may say of its field before it is sent; the schema says it again on the server. */
export interface FieldRules {
  required: boolean;
  /** Of a text. */
  maxLength: number | undefined;
  /** Of a whole number. */
  min: number | undefined;
  max: number | undefined;
}

/** The rules of each field of a form, read from its schema: lengths and limits have no other owner. */
export function fieldRules(input: z.ZodObject): Readonly<Record<string, FieldRules>> {
  const { properties = {} } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  return Object.fromEntries(
    Object.entries(input.shape).map(([name, field]) => {
      const said = properties[name];
      const { maxLength, minimum, maximum } = typeof said === "object" ? said : {};
      // Empty is what an untouched control sends.
      const required = !(field as z.ZodType).safeParse("").success;
      return [name, { required, maxLength, min: minimum, max: maximum }];
    }),
  );
}
