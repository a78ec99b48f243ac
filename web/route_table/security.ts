import { z } from "zod";
import { SECURITY_KINDS } from "@/web/domain/access/mod.ts";
import { pageQuery, queryText, queryWord } from "./fields.ts";
import { listQuery } from "./lists.ts";

export const securityQuery = z.object({
  kind: queryWord(SECURITY_KINDS),
  q: queryText(120),
  ...listQuery,
  ...pageQuery,
});
