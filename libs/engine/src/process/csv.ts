/** Quotes one field of the comma-separated values that engines take (`--secret id=x,src=...`). */
export function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
