import { list } from "./tonight/index.tsx";

export const { handler, route } = list.csv;
