import { list } from "./import/index.tsx";

export const { handler, route } = list.csv;
