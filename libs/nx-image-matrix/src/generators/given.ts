/** An option that is text or a list of texts, as Nx passes it: with numbers where a text looks like one. */
export type Given = string | number | readonly (string | number)[] | undefined;

/**
 * The values of an option that takes several: a list, comma-separated text, or a JSON list as typed into a prompt.
 * Without empty values and duplicates.
 * @throws Error if Nx has read a version as a number and the text is lost
 */
export function listOf(given: Given, name: string, args: readonly string[] = process.argv): string[] {
  const values = textsOf(given, name, args)
    .flatMap((text) => jsonList(text) ?? text.split(','))
    .map((value) => value.trim());
  return [...new Set(values.filter((value) => value !== ''))];
}

/**
 * A text option as typed. If it is given several times, the last one counts.
 * @throws Error if Nx has read a version as a number and the text is lost
 */
export function textOf(given: Given, name: string, args: readonly string[] = process.argv): string | undefined {
  return textsOf(given, name, args).at(-1);
}

/** Without JavaScript's numbers, 3.10 stays 3.10. */
function jsonList(text: string): string[] | undefined {
  if (!text.trim().startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text.replaceAll(/(?<=[[,]\s*)-?[\d.]+(?=\s*[\],])/g, '"$&"'));
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** Nx passes `--addToTags=3.10` as the number 3.1; the original text is in the arguments of this process. */
function textsOf(given: Given, name: string, args: readonly string[]): string[] {
  if (given === undefined) return [];
  const values = typeof given === 'object' ? [...given] : [given];
  if (values.every((value) => typeof value === 'string')) return values;
  const typed = typedAs(name, args);
  if (values.length === typed.length && values.every((value, at) => isSame(value, typed[at] ?? ''))) return typed;
  return values.map((value) => (typeof value === 'string' ? value : textOfNumber(value, name, args)));
}

function textOfNumber(value: number, name: string, args: readonly string[]): string {
  const positional = args.slice(2).find((arg) => !arg.startsWith('-') && isSame(value, arg));
  if (positional !== undefined) return positional;
  if (Number.isSafeInteger(value)) return String(value);
  throw new Error(
    `"${name}" is the number ${value}, and may have been another text, as 3.10 becomes 3.1. ` +
      `Pass it as text: --${name}=${value} on the command line, "${value}" elsewhere.`,
  );
}

function isSame(value: string | number, text: string): boolean {
  return typeof value === 'string' ? value === text : text.trim() !== '' && Number(text) === value;
}

/** The values of an option in the arguments: `--pythonVersions=3.10`, `--python-versions 3.10`. */
function typedAs(name: string, args: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    const [, option = '', value] = /^--([\w-]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (option.toLowerCase().replaceAll('-', '') !== name.toLowerCase()) return [];
    const typed = value ?? args[at + 1];
    return typed === undefined ? [] : [typed];
  });
}
