import { EngineError, plainLine } from '@nx-image-matrix/engine';
import { isObject } from '@nx-image-matrix/engine/unknown';
import { severityOfLevel, severityOfScore, severityOfWords, type Severity } from './severity.ts';

/** A JSON object. */
type Fields = Readonly<Record<string, unknown>>;

/** One result of a scan. Its texts come from the image: they are one line each, and safe to print. */
export interface Finding {
  /** The vulnerability, `CVE-2024-1234`. */
  id: string;
  severity: Severity;
  package?: string;
  /** The version in the image. */
  installed?: string;
  /** The version that does not have it; absent if there is none. */
  fixed?: string;
}

/** What a scanner says of an image. */
export interface ScanLog {
  /** Its name and version: `Trivy 0.57.1`. */
  tool: string;
  findings: Finding[];
  /** The SARIF document. */
  document: SarifDocument;
  /** The result of each finding, in that document. */
  results: Fields[];
}

type SarifDocument = Fields & { readonly runs: readonly Fields[] };

/** Most results in one document; GitHub takes fewer. */
const MOST_RESULTS = 200_000;

/**
 * Reads a SARIF document: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @throws EngineError `scan-failed` if it is not SARIF 2.1.0 with at least one run
 */
export function readSarif(text: string, scanner: string): ScanLog {
  const document = parse(text, scanner);
  const log: ScanLog = { tool: toolOf(document.runs[0] ?? {}, scanner), findings: [], document, results: [] };
  for (const run of document.runs) {
    const rules = rulesOf(run);
    const results = listIn(run, 'results');
    if (log.results.length + results.length > MOST_RESULTS) throw failed(scanner, `more than ${MOST_RESULTS} results`);
    for (const result of results) {
      // A result of another kind says that a check has passed, or does not apply (section 3.27.9).
      const kind = result['kind'] ?? 'fail';
      if (kind !== 'fail' && kind !== 'open' && kind !== 'review') continue;
      log.findings.push(findingOf(result, ruleOf(result, rules)));
      log.results.push(result);
    }
  }
  return log;
}

function parse(text: string, scanner: string): SarifDocument {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw failed(scanner, text.trim() === '' ? 'nothing' : 'something that is not JSON');
  }
  if (!isObject(document) || typeof document['version'] !== 'string' || !Array.isArray(document['runs'])) {
    throw failed(scanner, 'something that is not SARIF');
  }
  if (document['version'] !== '2.1.0') throw failed(scanner, `SARIF ${plainLine(document['version'], 20)}`);
  const runs = listIn(document, 'runs');
  if (runs.length === 0) throw failed(scanner, 'SARIF without a run');
  return { ...document, runs };
}

function failed(scanner: string, found: string): EngineError {
  return new EngineError('scan-failed', `${scanner} wrote ${found}, not SARIF 2.1.0 with a run`, {
    hint: 'see whether it works by hand, and whether its version is current',
  });
}

function toolOf(run: Fields, scanner: string): string {
  const driver = objectIn(objectIn(run, 'tool'), 'driver');
  const name = textIn(driver, 'fullName') ?? textIn(driver, 'name') ?? scanner;
  const version = textIn(driver, 'version') ?? textIn(driver, 'semanticVersion');
  return plainLine([name, version].filter(Boolean).join(' '), 100);
}

interface Rules {
  list: Fields[];
  byId: Map<unknown, Fields>;
}

function rulesOf(run: Fields): Rules {
  const list = listIn(objectIn(objectIn(run, 'tool'), 'driver'), 'rules');
  return { list, byId: new Map(list.map((rule) => [rule['id'], rule])) };
}

/** Section 3.52: by index, if that is the rule of that ID, else by ID. */
function ruleOf(result: Fields, { list, byId }: Rules): Fields {
  const reference = objectIn(result, 'rule');
  const id = textIn(result, 'ruleId') ?? textIn(reference, 'id');
  const index = result['ruleIndex'] ?? reference['index'];
  const indexed = typeof index === 'number' ? list[index] : undefined;
  if (indexed && (id === undefined || indexed['id'] === id)) return indexed;
  return byId.get(id) ?? {};
}

function findingOf(result: Fields, rule: Fields): Finding {
  const ruleId = textIn(result, 'ruleId') ?? textIn(rule, 'id') ?? '';
  const properties = objectIn(rule, 'properties');
  const said = new Said(
    [objectIn(result, 'message'), objectIn(rule, 'help')].map((text) => textIn(text, 'text') ?? ''),
  );
  const purl = readPurl(properties);
  const name = said.first('package', { without: /^pkg:/ }) ?? purl?.name;
  return {
    id: idOf(ruleId, name),
    severity: severityOf(result, rule, said),
    ...optional('package', name),
    ...optional('installed', said.first('installed version') ?? said.first('version') ?? purl?.version),
    ...optional('fixed', fixedIn(said, properties)),
  };
}

/** Grype has one rule for each package, and adds its name to the ID: `CVE-2024-1234-openssl`. */
function idOf(ruleId: string, name: string | undefined): string {
  const id = plainLine(ruleId, 200);
  const suffix = `-${name}`;
  return name !== undefined && id.endsWith(suffix) && id.length > suffix.length ? id.slice(0, -suffix.length) : id;
}

/**
 * What the scanner itself calls the finding goes before its CVSS score: a distribution rates a vulnerability by what it
 * means there. Names in an image may contain anything, so of several words the most severe counts.
 */
function severityOf(result: Fields, rule: Fields, said: Said): Severity {
  const properties = objectIn(rule, 'properties');
  const tags = Array.isArray(properties['tags']) ? properties['tags'] : [];
  const ownScore = severityOfScore(objectIn(result, 'properties')['security-severity']);
  return (
    severityOfWords(said.all('severity')) ??
    specific(severityOfWords([properties['cvssV3_severity'], ...tags])) ??
    ownScore ??
    severityOfScore(properties['security-severity']) ??
    severityOfLevel(result['level'] ?? objectIn(rule, 'defaultConfiguration')['level']) ??
    // The default of a level (section 3.27.10).
    'medium'
  );
}

/** `UNSPECIFIED` of Docker Scout says nothing; its score may. */
function specific(severity: Severity | undefined): Severity | undefined {
  return severity === 'other' ? undefined : severity;
}

function fixedIn(said: Said, properties: Fields): string | undefined {
  const fixed = said.first('fixed version') ?? said.first('fix version') ?? textIn(properties, 'fixed_version');
  return fixed === undefined || /^not fixed$/i.test(fixed) ? undefined : plainLine(fixed, 100);
}

/** The lines `Name: value` of texts. */
class Said {
  readonly #lines: [name: string, value: string][];

  constructor(texts: readonly string[]) {
    this.#lines = texts.flatMap((text) =>
      text.split('\n').flatMap((line): [string, string][] => {
        const [, name, value] = /^\s*([A-Za-z][A-Za-z ]{0,40}?)\s*:(.*)$/.exec(line) ?? [];
        return name === undefined || !value?.trim() ? [] : [[name.toLowerCase(), plainLine(value, 200)]];
      }),
    );
  }

  all(name: string): string[] {
    return this.#lines.filter(([found]) => found === name).map(([, value]) => value);
  }

  first(name: string, { without }: { without?: RegExp } = {}): string | undefined {
    return this.all(name).find((value) => !without?.test(value));
  }
}

/** The package of Docker Scout: https://github.com/package-url/purl-spec */
function readPurl(properties: Fields): { name: string; version?: string } | undefined {
  const purls = Array.isArray(properties['purls']) ? properties['purls'] : [properties['purl']];
  const [, path, version] = /^pkg:([^@?#]+)(?:@([^?#]+))?/.exec(String(purls[0] ?? '')) ?? [];
  const name = path?.split('/').at(-1);
  if (!name) return undefined;
  return { name: plainLine(decoded(name), 200), ...optional('version', version && plainLine(decoded(version), 100)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function optional<Key extends string>(key: Key, value: string | undefined): { [key in Key]?: string } {
  // oxlint-disable-next-line typescript/consistent-type-assertions
  return (value ? { [key]: value } : {}) as { [key in Key]?: string };
}

function objectIn(document: Fields, name: string): Fields {
  const value = Object.hasOwn(document, name) ? document[name] : undefined;
  return isObject(value) ? value : {};
}

function textIn(document: Fields, name: string): string | undefined {
  const value = Object.hasOwn(document, name) ? document[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listIn(document: Fields, name: string): Fields[] {
  const value = Object.hasOwn(document, name) ? document[name] : undefined;
  return Array.isArray(value) ? value.filter((entry) => isObject(entry)) : [];
}
