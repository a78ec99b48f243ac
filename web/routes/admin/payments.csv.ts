import { list } from "./payments/index.tsx";

export const { handler, route } = list.csv;
