import { countResults, type ImageResults, type TestResult } from './results.ts';

/** The results of an image as JUnit XML: one test suite for each file. */
export function formatJUnit({ project, results }: ImageResults): string {
  const files = byFile(results);
  const suites = [...files].map(([file, tests]) => suite(`${project}: ${file}`, file, tests));
  const attributes = `name="${escape(project)}" ${counts(results)}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${attributes}>\n${suites.join('')}</testsuites>\n`;
}

function byFile(results: readonly TestResult[]): Map<string, TestResult[]> {
  const files = new Map<string, TestResult[]>();
  for (const result of results) files.set(result.file, [...(files.get(result.file) ?? []), result]);
  return files;
}

function suite(name: string, file: string, results: readonly TestResult[]): string {
  const tests = results.map((result) => testCase(name, result)).join('');
  return `  <testsuite name="${escape(name)}" file="${escape(file)}" ${counts(results)}>\n${tests}  </testsuite>\n`;
}

function testCase(suiteName: string, { kind, name, file, failures, skipped, duration }: TestResult): string {
  const head = `name="${escape(`${kind}: ${name}`)}" classname="${escape(suiteName)}" file="${escape(file)}" time="${seconds(duration)}"`;
  const body = [
    ...(skipped === undefined ? [] : [`      <skipped message="${escape(skipped)}"/>\n`]),
    ...failures.map((text) => `      <failure message="${escape(firstLine(text))}">${escape(text)}</failure>\n`),
  ].join('');
  return body === '' ? `    <testcase ${head}/>\n` : `    <testcase ${head}>\n${body}    </testcase>\n`;
}

function counts(results: readonly TestResult[]): string {
  const { tests, failed, skipped, duration } = countResults(results);
  return `tests="${tests}" failures="${failed}" errors="0" skipped="${skipped}" time="${seconds(duration)}"`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}

function firstLine(text: string): string {
  return text.split('\n', 1).join().slice(0, 300);
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** XML 1.0 has no place for most control characters and for halves of a surrogate pair (production [2], Char). */
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function escape(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
