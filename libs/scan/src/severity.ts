/** Severities of findings, most severe first; `other`: the scanner gives another one, or none. */
export const severities = ['critical', 'high', 'medium', 'low', 'other'] as const;

export type Severity = (typeof severities)[number];

/** The most severe of some words that a scanner uses; `undefined` if none is a severity. */
export function severityOfWords(words: readonly unknown[]): Severity | undefined {
  const known = new Set(words.map((word) => (typeof word === 'string' ? severityOfWord(word.trim()) : undefined)));
  return severities.find((severity) => known.has(severity));
}

function severityOfWord(word: string): Severity | undefined {
  const lower = word.toLowerCase();
  // Of Grype and Docker Scout.
  if (['negligible', 'unknown', 'unspecified', 'none'].includes(lower)) return 'other';
  return severities.find((severity) => severity === lower);
}

/**
 * The severity of a CVSS score: https://www.first.org/cvss/v3.1/specification-document, table 14. SARIF has it as text.
 */
export function severityOfScore(score: unknown): Severity | undefined {
  const value = typeof score === 'string' && score.trim() !== '' ? Number(score) : score;
  if (typeof value !== 'number' || Number.isNaN(value)) return undefined;
  if (value >= 9) return 'critical';
  if (value >= 7) return 'high';
  if (value >= 4) return 'medium';
  return value > 0 ? 'low' : 'other';
}

/** The severity of a SARIF level. */
export function severityOfLevel(level: unknown): Severity | undefined {
  if (level === 'error') return 'high';
  if (level === 'warning') return 'medium';
  if (level === 'note') return 'low';
  return level === 'none' ? 'other' : undefined;
}

/** Whether a severity reaches a threshold; `none` is never reached. */
export function reaches(severity: Severity, threshold: Exclude<Severity, 'other'> | 'none'): boolean {
  return threshold !== 'none' && severities.indexOf(severity) <= severities.indexOf(threshold);
}
