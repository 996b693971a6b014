/** Most characters of a text that a message shows. */
const LONGEST = 600;
const HEAD = 200;

/** A text for a message: in quotes, with its last line ends as `\n`, and with the middle left out if it is long. */
export function excerpt(text: string): string {
  if (text === '') return 'nothing';
  const trimmed = text.replace(/[\r\n]+$/, (ends) => ends.replaceAll('\r', '\\r').replaceAll('\n', '\\n'));
  if (trimmed.length <= LONGEST) return `"${trimmed}"`;
  const left = trimmed.length - LONGEST;
  return `"${trimmed.slice(0, HEAD)}\n... (${left} characters left out) ...\n${trimmed.slice(HEAD - LONGEST)}"`;
}

/** A list of words for a message. */
export function words(list: readonly string[]): string {
  return JSON.stringify(list);
}
