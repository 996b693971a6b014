/** Keys before a credential, in `.npmrc`, INI, YAML, dotenv, TOML, JSON and XML. */
const credentialKey =
  /(?:pass(?:word|wd|phrase|code)?|pwd|auth|key|key-data)$|secret|token|credential|bearer|oauth|authorization|cookie|signature|api_?key/i;
const passwordKey = /(?:pass(?:word|wd|phrase|code)?|pwd)$/i;

/** Placeholders of tools for a missing value. */
const noValue = /^(?:true|false|yes|no|on|off|null|none|nil|~|\d{1,5})$/i;

const longestKey = 100;
const longestLine = 4096;
/** The end of a value that another key may follow. */
const endOfWord = /[\s,;&<>{}[\]"'`]/;

interface Found {
  tokens: Set<string>;
  /** Only keys named like a password. */
  passwordsOnly: boolean;
}

/**
 * The credentials in a text that contains other things too: a `.netrc`, `.npmrc`, `pip.conf`, `.pypirc`, `.env`, a
 * `config.json` of docker, a key of a service account, a URL with a password. Linear in its length.
 */
export function tokensOf(value: string, { passwordsOnly = false } = {}): string[] {
  const found: Found = { tokens: new Set(), passwordsOnly };
  inJson(value, found);
  inNetrc(value, found);
  for (const line of value.split(/\r?\n/)) inLine(line, found);
  inXml(value, found);
  inUrls(value, found);
  if (!passwordsOnly) {
    inPair(value.trim(), found);
    for (const word of value.split(/[\s"'`,;=:<>(){}[\]|&@]+/)) if (looksRandom(word)) found.tokens.add(word);
  }
  return [...found.tokens];
}

/** Adds the value of a key, and its base64-decoded form. */
function take(key: string, written: string, { tokens, passwordsOnly }: Found): void {
  if (!(passwordsOnly ? passwordKey : credentialKey).test(key)) return;
  const value = written.trim().replace(/^(?:Bearer|Basic|token)\s+/i, '');
  if (value === '' || noValue.test(value)) return;
  tokens.add(value);
  const decoded = decodeBase64(value);
  if (decoded === undefined) return;
  const colon = decoded.indexOf(':');
  tokens.add(colon < 0 ? decoded : decoded.slice(colon + 1));
}

/** `auth` of docker and `_auth`, `_password` of npm are base64 of `user:password` and of the password. */
function decodeBase64(value: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(value)) return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  // Control characters, and invalid UTF-8: then it was not base64 either.
  return /[^\P{C}\t\r\n]|\uFFFD/u.test(text) ? undefined : text;
}

function inJson(text: string, found: Found): void {
  if (!/^\s*[[{"]/.test(text)) return;
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return;
  }
  // Uses a list instead of recursion, because JSON may be nested more deeply than the call stack.
  const open: { key: string; value: unknown }[] = [{ key: '', value: root }];
  for (let entry = open.pop(); entry; entry = open.pop()) {
    const { key, value } = entry;
    if (typeof value === 'string') {
      take(key, value, found);
      if (value.includes('\n')) for (const line of value.split(/\r?\n/)) take(key, line, found);
    } else if (Array.isArray(value)) {
      for (const element of value) open.push({ key, value: element });
    } else if (value !== null && typeof value === 'object') {
      // `{"github-oauth": {"github.com": "..."}}`: nested values take the name of the key.
      const above = credentialKey.test(key) ? key : undefined;
      for (const [name, element] of Object.entries(value)) {
        open.push({ key: credentialKey.test(name) || isUserName(name) ? name : (above ?? name), value: element });
      }
    }
  }
}

function isUserName(key: string): boolean {
  return /^(?:user(?:name)?|login|e?mail|url|type|host)$/i.test(key);
}

/** https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html */
function inNetrc(text: string, { tokens }: Found): void {
  if (!/(?:^|\s)(?:machine|default)\s/.test(text)) return;
  const words = text.split(/\s+/);
  for (const [index, word] of words.entries()) {
    if (word === 'password' || word === 'account') {
      const value = words[index + 1]?.replace(/^(["'])(.*)\1$/, '$2');
      if (value) tokens.add(value);
    }
  }
}

/** `key = value`, `key: "value"`, `//registry/:_authToken=value`, `export KEY='value'`, also several on one line. */
function inLine(line: string, found: Found): void {
  const separators = /[:=]/g;
  for (let match = separators.exec(line); match; match = separators.exec(line)) {
    const key = keyBefore(line, match.index);
    if (!credentialKey.test(key)) continue;
    const behind = line.slice(match.index + 1, match.index + 1 + longestKey);
    const start = match.index + 1 + (/^=?[ \t]*/.exec(behind)?.[0].length ?? 0);
    const quote = line[start];
    if (quote === '"' || quote === "'") {
      const end = line.indexOf(quote, start + 1);
      take(key, line.slice(start + 1, end < 0 ? undefined : end), found);
      separators.lastIndex = end < 0 ? line.length : end + 1;
      continue;
    }
    const rest = line.slice(start);
    // A password may contain anything up to the end of its line; nobody writes longer lines by hand.
    if (line.length <= longestLine) take(key, rest.replace(/\s#.*$/, ''), found);
    const scheme = /^(?:Bearer|Basic|token)\s+/i.exec(rest)?.[0].length ?? 0;
    const end = rest.slice(scheme).search(endOfWord);
    if (end < 0) return;
    take(key, rest.slice(scheme, scheme + end), found);
    separators.lastIndex = start + scheme + end;
  }
}

function keyBefore(line: string, end: number): string {
  const before = line.slice(Math.max(0, end - longestKey), end);
  return /([\w.-]+)["']?[ \t]*$/.exec(before)?.[1] ?? '';
}

/** `<password>value</password>` of Maven, `key="ClearTextPassword" value="..."` of NuGet. */
function inXml(text: string, found: Found): void {
  for (const [, key = '', value = ''] of text.matchAll(/<([\w.:-]{1,100})>([^<>]+)<\//g)) take(key, value, found);
  const attributes = /\b(?:key|name)="([^"]{1,100})"\s{1,20}value="([^"]+)"/gi;
  for (const [, key = '', value = ''] of text.matchAll(attributes)) take(key, value, found);
}

/** The password of `scheme://user:password@host`, as written and as sent; without one, the user is a token. */
function inUrls(text: string, { tokens, passwordsOnly }: Found): void {
  for (const [, user = '', password] of text.matchAll(/:\/\/([^/\s:@"'<>]+)?(?::([^/\s@"'<>]+))?@/g)) {
    const value = password ?? (looksRandom(user) ? user : '');
    if (value === '' || (passwordsOnly && password === undefined)) continue;
    tokens.add(value);
    try {
      tokens.add(decodeURIComponent(value));
    } catch {
      // Then it is sent as written.
    }
  }
}

/** `user:password`, as in curl and htpasswd. */
function inPair(text: string, { tokens }: Found): void {
  const [, password] = /^[^\s:/]{1,100}:([^\s/]+)$/.exec(text) ?? [];
  if (password) tokens.add(password);
}

/** Letters and digits of generated values: `ghp_...`, a UUID, a JSON Web Token; not a path, a host or a version. */
function looksRandom(word: string): boolean {
  if (word.length < 16 || !/^[\w+~.-]+$/.test(word)) return false;
  if (/^eyJ[\w-]+\.[\w-]+\./.test(word)) return true;
  return !word.includes('.') && /\d/.test(word) && /[A-Za-z]/.test(word);
}
