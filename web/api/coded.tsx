/** Words in which what stands between backquotes is code. */
export function Coded({ children }: { children: string }) {
  return (
    <>
      {children.split("`").map((piece, place) => (place % 2 ? <code key={place}>{piece}</code> : piece))}
    </>
  );
}
