/** The Linya mark: a line that goes down, round the corner and stays up. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 28 28" aria-hidden="true" focusable="false">
      <rect width="28" height="28" rx="7" />
      <path d="M8 7v10.5A3.5 3.5 0 0 0 11.5 21H20M14.5 15.5 17 13l3 3" />
    </svg>
  );
}
