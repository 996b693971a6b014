/** A YAML mapping, in order. Keys are text, as the manifest reads them. */
export type Mapping = Map<string, Value>;

/** `{ anchor }` marks a value for reuse, `{ alias }` reuses it; a mapping's `<<` contains an alias to merge. */
export type Value = string | null | Value[] | Mapping | { anchor: string; value: Value } | { alias: string };

/** How to write the same values. */
export interface YamlStyle {
  quotes: 'plain' | 'single' | 'double';
  indent: 2 | 4;
  /** Whether lists of scalars are on one line. */
  flow: boolean;
  /** Appended to the name of every anchor and alias. */
  anchorSuffix: string;
  /** Path of a key (`releases/debian/12`) -> comment above it. */
  comments: Map<string, string>;
}

export const plainStyle: YamlStyle = {
  quotes: 'plain',
  indent: 2,
  flow: false,
  anchorSuffix: '',
  comments: new Map(),
};

export function mapping(entries: Record<string, Value> | [string, Value][]): Mapping {
  return new Map(Array.isArray(entries) ? entries : Object.entries(entries));
}

export function copyOfMapping(entries: Mapping): Mapping {
  return new Map([...entries].map(([key, value]) => [key, copyOfValue(value)]));
}

function copyOfValue(value: Value): Value {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Map) return copyOfMapping(value);
  if (Array.isArray(value)) return value.map(copyOfValue);
  return 'alias' in value ? { ...value } : { anchor: value.anchor, value: copyOfValue(value.value) };
}

/** The text of a YAML document. */
export function yamlText(document: Mapping, style: YamlStyle): string {
  return `${mappingLines(document, '', style).join('\n')}\n`;
}

function mappingLines(entries: Mapping, path: string, style: YamlStyle): string[] {
  return [...entries].flatMap(([key, value]) => {
    const place = path === '' ? key : `${path}/${key}`;
    const comment = style.comments.get(place);
    return [...(comment === undefined ? [] : [`# ${comment}`]), ...entryLines(`${keyText(key)}:`, value, place, style)];
  });
}

function entryLines(head: string, value: Value, path: string, style: YamlStyle): string[] {
  if (value === null) return [head];
  if (typeof value === 'string' && value.includes('\n')) return [`${head} |`, ...indented(value.trimEnd(), style)];
  if (typeof value === 'string') return [`${head} ${scalar(value, style)}`];
  if (value instanceof Map) return [head, ...mappingLines(value, path, style).flatMap((line) => indented(line, style))];
  if (Array.isArray(value)) return listLines(head, value, path, style);
  if ('alias' in value) return [`${head} *${value.alias}${style.anchorSuffix}`];
  return entryLines(`${head} &${value.anchor}${style.anchorSuffix}`, value.value, path, style);
}

function listLines(head: string, items: Value[], path: string, style: YamlStyle): string[] {
  const scalars = items.filter((item) => typeof item === 'string');
  if (items.length === 0 || (style.flow && scalars.length === items.length)) {
    return [`${head} [${scalars.map((item) => scalar(item, style)).join(', ')}]`];
  }
  return [
    head,
    ...items.flatMap((item) => entryLines('-', item, path, style)).flatMap((line) => indented(line, style)),
  ];
}

function indented(text: string, { indent }: YamlStyle): string[] {
  return text.split('\n').map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
}

function keyText(key: string): string {
  return /^[\w.<-]+$/.test(key) ? key : JSON.stringify(key);
}

function scalar(text: string, { quotes }: YamlStyle): string {
  if (/^(true|false|null)$/i.test(text)) return text;
  const plain = /^[A-Za-z0-9_./=][\w./=+:-]*$/.test(text) && !text.endsWith(':');
  if (quotes === 'single') return `'${text.replaceAll("'", "''")}'`;
  return quotes === 'plain' && plain ? text : JSON.stringify(text);
}
