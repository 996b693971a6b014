/**
 * The values of an option that takes several: a list, texts with commas between them, or a JSON list, as it may be typed
 * into a prompt. Without empty ones, each once.
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
 * A text option as it was typed. Nx hands over `--addToTags=3.10` as the number 3.1; what was typed is in the arguments of
 * this process.
 */
export function textOf(given: string | number | undefined, args: readonly string[] = process.argv): string | undefined {
  if (typeof given !== 'number') return given;
  const typed = args.map((arg) => arg.replace(/^--[^=]+=/, '')).filter((arg) => arg !== '' && Number(arg) === given);
  return typed.length > 0 ? typed[0] : String(given);
}
