import { useState } from "preact/hooks";

export default function Counter({ start, label }: { start: number; label: string }) {
  const [count, setCount] = useState(start);
  return (
    <tr>
      <td>{label}</td>
      <td>
        <button type="button" onClick={() => setCount(count + 1)}>{count}</button>
      </td>
    </tr>
  );
}
