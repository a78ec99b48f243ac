import { list } from "./disputes/index.tsx";

export const { handler, route } = list.csv;
