import { list } from "./logs/index.tsx";

export const { handler, route } = list.csv;
