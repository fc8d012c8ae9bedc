/** 96 bits as text: a page's own id of what it says or does, by which a repeat is known. */
export const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
