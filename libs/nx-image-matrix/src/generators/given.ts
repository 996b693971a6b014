/**
 * The values of an option that takes several: a list, comma-separated text, or a JSON list as typed into a prompt.
 * Without empty values and duplicates.
 */
export function listOf(given: string | readonly string[] | undefined): string[] {
  const texts = typeof given === 'string' ? [given] : (given ?? []);
  const values = texts.flatMap((text) => jsonList(text) ?? text.split(',')).map((value) => value.trim());
  return [...new Set(values.filter((value) => value !== ''))];
}

function jsonList(text: string): string[] | undefined {
  if (!text.trim().startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A text option as typed. Nx passes `--addToTags=3.10` as the number 3.1; the original text is in the arguments of this
 * process.
 */
export function textOf(given: string | number | undefined, args: readonly string[] = process.argv): string | undefined {
  if (typeof given !== 'number') return given;
  const typed = args.map((arg) => arg.replace(/^--[^=]+=/, '')).filter((arg) => arg !== '' && Number(arg) === given);
  return typed.length > 0 ? typed[0] : String(given);
}
