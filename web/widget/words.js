/** The visitor's language: words, times, numbers. */

/** @type {Record<string, any>} the words of the language; filled by `speak` */
export const W = {};
let formats = "en";

/**
 * Loads the words of a language that widget.js knows. Where the page's own tag is of that language (en-GB), its way of
 * writing dates and numbers is taken.
 * @param {string} language @param {string} locale
 */
export async function speak(language, locale) {
  Object.assign(W, (await import(`./words/${language}.js`)).default);
  formats = locale.split("-")[0] === language ? locale : language;
}

/** @param {string} sentence @param {...unknown} values for {0}, {1} */
export const fill = (sentence, ...values) => sentence.replace(/\{(\d)\}/g, (_, index) => String(values[index]));

/** @param {number} number */
export const count = (number) => number.toLocaleString(formats);

/** A date. @param {string} at RFC 3339 */
export const day = (at) => new Intl.DateTimeFormat(formats, { day: "numeric", month: "long", year: "numeric" }).format(new Date(at));

/** A time, with its date where that is not today's. @param {string} at RFC 3339 */
export function clock(at) {
  const today = new Date(at).toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(formats, {
    hour: "2-digit", minute: "2-digit", ...(!today && { day: "numeric", month: "short" }),
  }).format(new Date(at));
}
