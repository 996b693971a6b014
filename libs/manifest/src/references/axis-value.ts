/** Why a value cannot be in project names, folders and tags; `undefined` if it can. */
export function axisValueProblem(value: string): string | undefined {
  if (value === '') return 'an empty value cannot tell images apart';
  if (value.length > 100) return 'a value that tells images apart may have 100 characters at most';
  if (/^[A-Za-z0-9_.-]+$/.test(value) && !value.includes('..') && !value.endsWith('.')) return undefined;
  return 'a value that tells images apart may only hold letters, digits, `_`, `.` and `-`, with no dot at its end';
}
