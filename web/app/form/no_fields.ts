import { z } from "zod";

/** The input of a question that only needs a yes. */
export const noFields = z.object({});
