import { list } from "./runs/index.tsx";

export const { handler, route } = list.csv;
