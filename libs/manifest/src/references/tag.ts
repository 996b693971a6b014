const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Whether a registry accepts this as a tag (OCI distribution specification, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return tag.test(text);
}

/** Whether a text can be any part of a tag. */
export function isPartOfTag(text: string): boolean {
  return /^[A-Za-z0-9_.-]*$/.test(text);
}
