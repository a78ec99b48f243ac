import { list } from "./memos/index.tsx";

export const { handler, route } = list.csv;
