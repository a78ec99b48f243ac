import { list } from "./plans/index.tsx";

export const { handler, route } = list.csv;
