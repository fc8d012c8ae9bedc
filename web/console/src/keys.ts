/** Whether a key belongs to a word that is being composed (as Japanese is). Safari tells of the last such key, Enter, only
 * after the composition, with the key code that all of them have. */
export const composing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;
